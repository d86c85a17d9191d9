package actor

import (
	"testing"
	"unsafe"
)

// TestSelfIsSmall sees that an idle State does not take more memory than it is said to:
// with the runtime's 8 bytes of header a Self of 696 bytes is in the class of 704, the
// next is 768. What few actors have belongs behind a pointer, as agenda and aside are.
func TestSelfIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(Self{}) - unsafe.Sizeof(owner{}); size > 696 {
		t.Errorf("a Self has %d bytes, want at most 696", size)
	}
}
