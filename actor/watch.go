package actor

import (
	"fmt"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// maxWatchers is how many may watch an actor.
const maxWatchers = 1 << 16

var errManyWatchers = fmt.Errorf("%w: %d watch the actor already", ErrOverloaded, maxWatchers)

// Watch has this actor told when the one at a ends, in this process or another, by one
// Ended. It follows at once, as a message, if a has ended already, is nobody, cannot be
// reached, or is watched by too many (65536; Value is Undelivered then, and says so).
// What a sent before, outside of sessions, comes before. Watching it twice is watching
// it once, until Ended is taken. An actor that is restarted has not ended.
//
// Between processes the link counts as the actor: when it is lost, Ended says so, with
// Undelivered as Value, though the actor may live.
func (s *Self) Watch(a Address) {
	s.mine("Watch")
	watches := s.tied().watches
	if watches[a.at] != nil {
		return
	}
	w := &watch{self: s, of: a}
	watches[a.at] = w
	w.stop = s.sys.follow(a, w)
}

// Unwatch takes Watch back: no Ended of a is taken any more, also if one waits in the
// mailbox already.
func (s *Self) Unwatch(a Address) {
	s.mine("Unwatch")
	if w := s.tied().watches[a.at]; w != nil {
		delete(s.watches, a.at)
		w.off = true // what waits in the mailbox is stepped over
		w.cancel()
	}
	if s.aside == nil {
		return
	}
	for _, kept := range [][]item{s.saved, s.again} {
		for _, it := range kept {
			if w, ok := it.message.(*watch); ok && w.of.at == a.at {
				w.off = true
			}
		}
	}
}

// told notes that the actor is given the Ended of a watch.
func (s *Self) told(w *watch) {
	if s.tied().watches[w.of.at] == w {
		delete(s.watches, w.of.at)
	}
}

// A watch is one actor's of another. It waits in the mailbox once the other has ended.
//
//	watches ──(the other ended)──► waits ──(taken)──► told
//	   └────────────┴──(Unwatch, or the end)──► cancelled: it is stepped over
type watch struct {
	self  *Self
	of    Address
	over  atomic.Bool // the other has ended, or nobody is to be told
	ended any         // the value; written by who made it over

	// The owner's.
	stop func()
	off  bool // it was taken back
}

// End notes that the other has ended with value, once.
func (w *watch) End(value any) {
	if !w.over.Swap(true) {
		w.ended = value
		w.self.box.put(item{message: w})
	}
}

// cancel has nobody told any more.
func (w *watch) cancel() {
	if !w.over.Swap(true) {
		w.stop()
	}
}

// A watcher is told of the end of an actor: a *watch or an *httpStream here, a
// *node.Watcher for another process.
type watcher interface{ End(value any) }

// follow has w told when the actor at a ends, here or in another process. Where nothing
// can be known of it the value is Undelivered, and says why. Stop takes that back.
func (sys *System) follow(a Address, w watcher) (stop func()) {
	lost := func(reason string) { w.End(Undelivered{To: a, Reason: reason}) }
	switch {
	case a.IsZero():
		lost("there is nobody to watch")
	case a.at.Process == sys.process:
		err := sys.watch(a.at, w)
		if err == nil {
			return func() { sys.unwatch(a.at, w) }
		}
		lost(err.Error())
	default:
		remote, err := sys.net.Watch(a.at, func(value any, reason string) {
			if reason != "" {
				lost(reason)
			} else {
				w.End(value)
			}
		})
		if err == nil {
			return remote.Cancel
		}
		lost(err.Error())
	}
	return func() {}
}

// watch has w told when an actor of this process ends. The error is ErrEnded if it has,
// and its result is not known any more, or ErrOverloaded.
func (sys *System) watch(at transport.Address, w watcher) error {
	if s := sys.find(Address{at: at}); s != nil {
		return s.watchedBy(w)
	}
	sys.mu.Lock()
	value, known := sys.results.get(at)
	sys.mu.Unlock()
	if !known {
		return ErrEnded
	}
	w.End(value)
	return nil
}

func (sys *System) unwatch(at transport.Address, w watcher) {
	if s := sys.find(Address{at: at}); s != nil {
		s.mu.Lock()
		delete(s.watchers, w)
		s.mu.Unlock()
	}
}

// watchedBy adds a watcher, or tells him of the end.
func (c *cell) watchedBy(w watcher) error {
	c.mu.Lock()
	gone, value, full := c.gone, c.value, len(c.watchers) >= maxWatchers
	if !gone && !full {
		if c.watchers == nil {
			c.watchers = make(map[watcher]struct{})
		}
		c.watchers[w] = struct{}{}
	}
	c.mu.Unlock()
	switch {
	case gone:
		w.End(value)
	case full:
		return errManyWatchers
	}
	return nil
}

// Watch has an actor of another process told of the end of one here.
func (sys office) Watch(actor transport.Address, w *node.Watcher) error { return sys.watch(actor, w) }

// Unwatch takes that back.
func (sys office) Unwatch(actor transport.Address, w *node.Watcher) { sys.unwatch(actor, w) }
