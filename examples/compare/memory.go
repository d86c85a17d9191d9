package main

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// measureHeap says how much memory this process has in use after a collection, and
// another for what the first has only made ready to go.
func measureHeap() answer {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return answer{Heap: int64(m.HeapAlloc), Stack: int64(m.StackInuse), Count: int64(runtime.NumGoroutine())}
}

// A tally counts what actors were told.
type tally struct {
	mu   sync.Mutex
	more sync.Cond
	n    map[string]int
}

func newTally() *tally {
	t := &tally{n: make(map[string]int)}
	t.more.L = &t.mu
	return t
}

func (t *tally) add(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n[what]++
	t.more.Signal()
}

func (t *tally) await(what string, n int) error {
	late := time.Now().Add(patience)
	clock := time.AfterFunc(patience, t.more.Broadcast)
	defer clock.Stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.n[what] < n {
		if !time.Now().Before(late) {
			return fmt.Errorf("%d %s within %v: %d were to come", t.n[what], what, patience, n)
		}
		t.more.Wait()
	}
	return nil
}

// A holder has the far ends of many sessions.
type holder struct {
	at      string
	systems []system
	*tally
}

func newHolder(at string) (io.Closer, error) {
	h := &holder{at: at, tally: newTally()}
	return h, nil
}

// publish has an actor in a system of its own, which is a process to others,
// publish names that begin so.
func (h *holder) publish(prefix string, names int) error {
	s, err := open(actor.Options{Directory: h.at})
	if err != nil {
		return err
	}
	h.systems = append(h.systems, system{s})
	published := make(chan error, 1)
	s.Spawn(func(self *actor.Self) any {
		var err error
		for i := 0; i < names && err == nil; i++ {
			err = self.Publish(fmt.Sprintf("%s:%06d:%d", prefix, i, len(h.systems)))
		}
		published <- err
		for m := range self.Messages() {
			switch m.(type) {
			case actor.Delivered:
				h.add(prefix + "-delivered")
			case Reading:
				h.add(prefix + "-readings")
			}
		}
		return actor.Aborted{}
	})
	return <-published
}

func (h *holder) obey(words []string) (answer, error) {
	switch words[0] {
	case "publish": // a prefix, so many names
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		return answer{}, h.publish(words[1], n)
	case "await":
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		return answer{}, h.await(words[1], n)
	}
	return answer{}, errUnknown
}

func (h *holder) Close() error {
	for _, s := range h.systems {
		if err := s.Close(); err != nil {
			return err
		}
	}
	return nil
}

// A keeper has the near ends of the sessions, and sends readings in each when it
// begins: what a session has only while it is used must be gone after.
type keeper struct {
	system
	*tally
}

func newKeeper(at string) (io.Closer, error) {
	s, err := open(actor.Options{Directory: at})
	if err != nil {
		return nil, err
	}
	return &keeper{system{s}, newTally()}, nil
}

// subscribe has an actor subscribe to names that begin so.
func (k *keeper) subscribe(prefix string, readings int) error {
	subscribed := make(chan error, 1)
	k.Spawn(func(self *actor.Self) any {
		subscribed <- self.Subscribe(prefix + ":.*")
		for m := range self.Messages() {
			a, ok := m.(actor.Available)
			if !ok {
				continue
			}
			var s source
			for range readings {
				if err := self.SendWait(self.Context(), a.Publisher, Reading(s.next())); err != nil {
					return err
				}
			}
			k.add(prefix + "-available")
		}
		return actor.Aborted{}
	})
	return <-subscribed
}

func (k *keeper) obey(words []string) (answer, error) {
	if len(words) < 3 {
		return answer{}, errUnknown
	}
	n, err := strconv.Atoi(words[2])
	if err != nil {
		return answer{}, err
	}
	switch words[0] {
	case "subscribe": // to a prefix, and send so many readings
		return answer{}, k.subscribe(words[1], n)
	case "await":
		return answer{}, k.await(words[1], n)
	}
	return answer{}, errUnknown
}
