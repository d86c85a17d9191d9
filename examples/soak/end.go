package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
)

// What actors say to each other, in the order of Seq.
type (
	note struct {
		Key uint64 // of the end that sent it
		Seq int
	}
	// A letter does not fit a frame, or only just.
	letter struct {
		Key  uint64
		Seq  int
		Text []byte
	}
	question struct{ N int }
	reply    struct{ N int }
)

var types = actor.Types{
	actor.Type[note]("soak.note"),
	actor.Type[letter]("soak.letter"),
	actor.Type[question]("soak.question"),
	actor.Type[reply]("soak.reply"),
}

// A turn asks an actor to renew its session.
type turn struct{}

const (
	notes     = 3         // that each end sends in a session
	long      = 200 << 10 // bytes of a letter; one in longEvery sessions has one
	longEvery = 64
	vast      = 3 << 20 // one in vastEvery sessions
	vastEvery = 1024
	// One in hastyEvery sessions ends as it begins, while the other end still sends.
	hastyEvery = 16
)

// An end is the actor of a slot: its publisher or its subscriber.
type end struct {
	party *party
	slot  slot
	n     int // of the last name of the slot
	*actor.Self

	talks  map[actor.Address]*talk // by who is at the other end
	from   uint64                  // the key of who sent last
	seq    int                     // of what it sent
	recent []recent                // sessions, the last ones, the newest first
	asks   int64                   // that wait
	ending bool                    // the session is to end: it is the subscriber's
}

// A talk is a session as this end sees it.
type talk struct {
	key   uint64
	epoch int64 // when it began
	seq   int
}

func (e *end) name() string    { return fmt.Sprintf("soak:%d:%d", e.slot, e.n) }
func (e *end) pattern() string { return fmt.Sprintf("soak:%d:.*", e.slot) }

// publish is the actor that publishes.
func (e *end) publish(self *actor.Self) any {
	e.begin(self)
	defer e.leave()
	if err := self.Publish(e.name()); err != nil {
		return e.fails(err)
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Delivered:
			e.ending = false
			e.open(m.Subscriber)
		case turn:
			if len(e.talks) != 1 || e.ending {
				continue // it has been renewed already
			}
			e.party.has(e.slot, false)
			if e.slot.kind() == publisherRenewed {
				e.party.fill(e.slot, e.n+1)
				return nil
			}
			self.Unpublish(e.name())
			e.n++
			e.ending = true
			if err := self.Publish(e.name()); err != nil {
				return e.fails(err)
			}
		default:
			e.take(m)
		}
	}
	return nil
}

// subscribe is the actor that subscribes.
func (e *end) subscribe(self *actor.Self) any {
	e.begin(self)
	defer e.leave()
	if err := self.Subscribe(e.pattern()); err != nil {
		return e.fails(err)
	}
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Available:
			e.party.tally.sessions.Add(1)
			e.open(m.Publisher)
			e.ask(m.Publisher)
		case turn:
			if len(e.talks) != 1 || e.ending {
				continue // it has been renewed already
			}
			e.party.has(e.slot, false)
			if e.slot.kind() == subscriberRenewed {
				e.party.fill(e.slot, e.n)
				return nil
			}
			e.ending = true
			self.Unsubscribe(e.pattern())
		case actor.Unsubscribed:
			e.ending = false
			if err := self.Subscribe(e.pattern()); err != nil {
				return e.fails(err)
			}
		default:
			e.take(m)
		}
	}
	return nil
}

func (e *end) begin(self *actor.Self) {
	e.Self, e.talks = self, make(map[actor.Address]*talk)
}

// fails tells the driver why an actor cannot go on.
func (e *end) fails(err error) error {
	select {
	case e.party.failure <- fmt.Errorf("slot %d: %w", e.slot, err):
	default: // one is enough
	}
	return err
}

// leave closes the books of an actor that ends: its sessions do, too.
func (e *end) leave() {
	for with := range e.talks {
		e.close(with)
	}
	e.party.tally.unfounded.Add(e.asks)
}

// open begins a session, and says in it what there is to say.
func (e *end) open(to actor.Address) {
	k := e.party.keys.Add(1)
	t := &talk{key: k*parties + uint64(e.party.number), epoch: e.party.epoch.Load()}
	e.talks[to] = t
	e.recent = append([]recent{{to.String(), t.key}}, e.recent[:min(len(e.recent), recents-1)]...)
	e.settle()
	for range notes {
		t.seq++
		e.send(t, to, note{t.key, t.seq})
	}
	for size, every := range map[int]uint64{long: longEvery, vast: vastEvery} {
		if k%every == 0 {
			t.seq++
			e.send(t, to, letter{t.key, t.seq, filled(size, t.key)})
		}
	}
	if k%hastyEvery == 0 && e.slot.turner() == e.party.number {
		e.Send(e.Address(), turn{})
	}
}

// A recent session is one of which something may still come back.
type recent struct {
	to  string
	key uint64
}

const recents = 16

// sentTo returns the keys of the recent sessions with an actor, the newest first.
func (e *end) sentTo(to actor.Address) (keys []uint64) {
	for _, r := range e.recent {
		if r.to == to.String() {
			keys = append(keys, r.key)
		}
	}
	return keys
}

// settle tells whether the slot has its session, and no other.
func (e *end) settle() { e.party.has(e.slot, len(e.talks) == 1 && !e.ending) }

func (e *end) send(t *talk, to actor.Address, message any) {
	switch err := e.Send(to, message); {
	case err == nil:
		e.party.ledger.add(entry{Key: t.key, Sent: 1})
	default:
		e.party.tally.refused.Add(1)
	}
}

func (e *end) ask(to actor.Address) {
	e.asks++
	e.party.tally.asked.Add(1)
	n, t := e.n, e.talks[to]
	e.Ask(to, question{n}, func(answer any, err error) {
		e.asks--
		switch r, ok := answer.(reply); {
		case errors.As(err, new(actor.TimedOut)) && e.wasCut(t):
			e.party.tally.cutOff.Add(1)
		case errors.As(err, new(actor.TimedOut)):
			e.party.tally.timedOut.Add(1)
		case err != nil:
			e.party.tally.unfounded.Add(1)
		case !ok || r.N != n:
			e.party.tally.disorder.Add(1)
			fallthrough
		default:
			e.party.tally.answered.Add(1)
		}
	})
}

// what says what sends, for who looks for something that is missing.
func (e *end) what() string {
	role := "subscriber"
	if e.slot.publisher() == e.party.number {
		role = "publisher"
	}
	return fmt.Sprintf("%s in slot %d, %v", role, e.slot, e.slot.kind())
}

// close ends a session.
func (e *end) close(with actor.Address) {
	t := e.talks[with]
	if t == nil {
		return
	}
	delete(e.talks, with)
	e.party.ledger.add(entry{Key: t.key, Kind: e.what(), Over: true, Cut: e.wasCut(t)})
}

// wasCut reports whether connections were cut since a session began.
func (e *end) wasCut(t *talk) bool {
	now := e.party.epoch.Load()
	return t.epoch != now || now%2 == 1
}

// take is what publishers and subscribers do with all else.
func (e *end) take(m any) {
	switch m := m.(type) {
	case actor.Dropped:
		if t := e.talks[m.Remote]; t != nil && strings.HasPrefix(m.Reason, "link lost") && !e.wasCut(t) {
			e.party.tally.losses.Add(1)
		}
		e.close(m.Remote)
		e.settle()
	case note:
		e.got(m.Key, m.Seq, true)
	case letter:
		e.got(m.Key, m.Seq, whole(m.Text, m.Key))
	case question:
		if e.Reply(reply(m)) != nil {
			e.party.tally.refused.Add(1)
		}
	case actor.Undelivered:
		to := m.To
		switch m := m.Message.(type) {
		case note:
			e.party.ledger.add(entry{Key: m.Key, Back: 1})
		case letter:
			e.party.ledger.add(entry{Key: m.Key, Back: 1})
		case nil: // it is too long, or too much comes back, and only this much is said
			e.party.ledger.bare(e.sentTo(to))
		}
	}
}

func (e *end) got(key uint64, seq int, whole bool) {
	e.party.ledger.add(entry{Key: key, Got: 1})
	if !whole || key == e.from && seq <= e.seq {
		e.party.tally.disorder.Add(1)
	}
	e.from, e.seq = key, seq
}

// filled returns the text of a letter.
func filled(size int, key uint64) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(key + uint64(i)>>8)
	}
	return b
}

func whole(text []byte, key uint64) bool {
	for i, b := range text {
		if b != byte(key+uint64(i)>>8) {
			return false
		}
	}
	return len(text) == long || len(text) == vast
}
