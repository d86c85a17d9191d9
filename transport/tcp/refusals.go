package tcp

import (
	"log/slog"
	"sync"
	"time"
)

// quiet is how long nothing is logged of refused connections after a line was.
const quiet = 10 * time.Second

// Refusals logs connections that are refused: the first at once, those that follow
// as a number, every ten seconds. So who is refused a thousand times a second
// fills no disk, and none goes uncounted.
type refusals struct {
	log *slog.Logger

	mu     sync.Mutex
	timer  *time.Timer // runs while nothing may be logged
	more   int         // since the last line
	remote string      // of the last
	err    error
	total  uint64
}

// add notes one.
func (r *refusals) add(remote string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total++
	if r.timer != nil {
		r.more++
		r.remote, r.err = remote, err
		return
	}
	r.log.Warn("connection refused", "remote", remote, "err", err)
	r.timer = time.AfterFunc(quiet, r.tell)
}

// tell logs how many there were meanwhile; if none, the next is the first again.
func (r *refusals) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.timer == nil: // stop was called
	case r.more == 0:
		r.timer = nil
	default:
		r.flush()
		r.timer.Reset(quiet)
	}
}

// count is how many there were in all.
func (r *refusals) count() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total
}

func (r *refusals) flush() {
	if r.more > 0 {
		r.log.Warn("more connections refused", "count", r.more, "last", r.remote, "err", r.err)
	}
	r.more = 0
}

// stop logs what there is left to log. What is added later is logged at once.
func (r *refusals) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	r.flush()
}
