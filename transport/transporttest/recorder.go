package transporttest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// patience is how long a test waits for what must come. It is no measure of
// speed: a test that reaches it has failed.
const patience = 20 * time.Second

// A Frame is a frame that was received.
type Frame struct {
	Kind transport.Kind
	Body string
}

// A Recorder is a transport.Receiver that keeps what it is told.
type Recorder struct {
	// Take is called for each frame before it is kept; its error is what
	// Received returns. Nil: no error. It must be set before the Recorder is
	// used.
	Take func(kind transport.Kind, body []byte) error

	mu      sync.Mutex
	frames  []Frame
	lost    []error
	late    []Frame // received after Lost
	changed chan struct{}
}

// Received keeps a copy of the frame.
func (r *Recorder) Received(kind transport.Kind, body []byte) error {
	var err error
	if r.Take != nil {
		err = r.Take(kind, body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f := Frame{kind, string(body)}
	if len(r.lost) > 0 {
		r.late = append(r.late, f)
	}
	r.frames = append(r.frames, f)
	r.tell()
	return err
}

// Lost keeps the reason.
func (r *Recorder) Lost(reason error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost = append(r.lost, reason)
	r.tell()
}

func (r *Recorder) tell() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Frames returns the first n frames. It waits for them, and fails the test if
// they do not come.
func (r *Recorder) Frames(t testing.TB, n int) []Frame {
	t.Helper()
	var frames []Frame
	r.wait(t, func() (bool, string) {
		frames = slices.Clone(r.frames[:min(n, len(r.frames))])
		return len(frames) == n, fmt.Sprintf("%d of %d frames came; lost: %v", len(r.frames), n, r.lost)
	})
	return frames
}

// Reason returns the reason for which the link was lost. It waits for it, and
// fails the test if it does not come, or came twice, or had frames after it.
func (r *Recorder) Reason(t testing.TB) error {
	t.Helper()
	r.wait(t, func() (bool, string) { return len(r.lost) > 0, "the link was not lost" })
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lost) > 1 {
		t.Errorf("Lost was called %d times: %v", len(r.lost), r.lost)
	}
	if len(r.late) > 0 {
		t.Errorf("%d frames came after Lost, first %v", len(r.late), r.late[0])
	}
	return r.lost[0]
}

// wait waits until ready, which is called with the lock held and says what is
// missing.
func (r *Recorder) wait(t testing.TB, ready func() (bool, string)) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		r.mu.Lock()
		ok, missing := ready()
		if r.changed == nil {
			r.changed = make(chan struct{})
		}
		changed := r.changed
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			t.Fatal(missing)
		}
	}
}
