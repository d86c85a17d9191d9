package node

import (
	"errors"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// R11: once its actor was told of the end nothing more is taken in a session,
// however late it comes.
func TestNothingAfterTheEnd(t *testing.T) {
	p := open(t, directory.Process, "")
	p.publish(1, "a", directory.Process)
	p.subscribe(2, "a", directory.Process)
	_, out := next[directory.Available](p, 2)
	_, back := next[directory.Delivered](p, 1)
	p.Unpublish(1, "a")
	next[directory.Dropped](p, 1)
	next[directory.Unpublished](p, 1)
	next[directory.Dropped](p, 2)
	for _, s := range []*Session{out, back} {
		if err := s.take(s.Remote(), "late", Due{}, nil); !errors.Is(err, transport.ErrEnded) {
			t.Errorf("taken after the end: %v", err)
		}
		if n := len(p.box(s.Local().Actor)); n > 0 {
			t.Errorf("actor %v got %d things after the end", s.Local(), n)
		}
	}
}
