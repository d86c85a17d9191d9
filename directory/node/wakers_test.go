package node

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type dreamer struct{ woken int }

func (s *dreamer) Wake() { s.woken++ }

// Who got messages is woken once for several, and not later than is allowed.
func TestWakers(t *testing.T) {
	var w wakers
	a, b := new(dreamer), new(dreamer)
	w.list = append(w.list, a)
	for range maxUnwoken - 1 {
		w.heed()
	}
	w.list = append(w.list, b)
	if a.woken+b.woken > 0 {
		t.Error("woken too early")
	}
	w.heed()
	w.heed()
	w.wake()
	if d := cmp.Diff([]int{1, 1, 0}, []int{a.woken, b.woken, len(w.list)}); d != "" {
		t.Errorf("woken, left (-want +got):\n%s", d)
	}
	w.list = append(w.list, a)
	w.heed()
	w.wake()
	if a.woken != 2 {
		t.Errorf("woken %d times, want 2", a.woken)
	}
}
