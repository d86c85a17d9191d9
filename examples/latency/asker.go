package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/layer-cake/layer-cake/actor"
)

// inFlight is how many questions an asker has under way.
const inFlight = 8

// An asker is a process whose actor asks whoever has the name, all the time.
type asker struct {
	system *actor.System
	actor  actor.Address
}

func newAsker(directory string) (*asker, error) {
	system, err := actor.Open(&actor.Options{Directory: directory, Types: questionTypes(), Logger: warnings()})
	if err != nil {
		return nil, err
	}
	a := &asking{sessions: make(map[string]int)}
	return &asker{system, system.Spawn(a.run)}, nil
}

func (a *asker) close() error { return a.system.Close(context.Background()) }

// Commands to its actor.
type (
	begin  struct{} // until somebody has replied
	finish struct{ upgrades int }
	tally  struct {
		said    string
		replies int
	}
)

// ended tells the actor itself that a question has.
type ended struct{}

func (a *asker) obey(words []string) (answer, error) {
	var command any = begin{}
	switch words[0] {
	case "begin":
	case "finish": // and say what became of all that was asked; so many upgrades there must be
		n, err := strconv.Atoi(words[1])
		if err != nil {
			return answer{}, err
		}
		command = finish{n}
	default:
		return answer{}, unknown(words)
	}
	t, err := actor.Ask[tally](context.Background(), a.system, a.actor, command)
	return answer{Text: t.said, Count: t.replies}, err
}

// Asking is the actor.
//
// A question is answered, also when its session has ended meanwhile, or it did
// not reach the replier and is told to have come back, or it was refused at once
// because its session had ended. Whatever else becomes of one is wrong: above all
// that nothing does. The repliers count their replies, and these must all be here.
type asking struct {
	self     *actor.Self
	current  *asked
	sessions map[string]int // that it has had with each replier, by address
	near     actor.Address  // not bound to a session
	under    int            // questions under way
	over     bool
	waiting  bool  // for an end of one
	wrong    error // the first thing that was

	asks, replies, late, returned, refused, upgrades, fallbacks int
}

// An asked is a session as its asker sees it.
type asked struct {
	of      actor.Available
	number  int // of those with this replier
	ended   bool
	dropped bool
	heard   bool // a reply was
}

func (s *asked) far() bool { return s.of.Scope == actor.Host }

func (a *asking) run(self *actor.Self) any {
	a.self = self
	for m := range self.Messages() {
		switch m := m.(type) {
		case begin:
			who := self.Sender()
			if err := self.Subscribe(upgraded); err != nil {
				return err
			}
			a.until(func() bool { return a.replies > 0 })
			self.Send(who, tally{})
		case finish:
			who := self.Sender()
			a.over = true
			a.until(func() bool { return a.under == 0 })
			self.Send(who, a.result(m.upgrades))
		default:
			a.take(m)
		}
	}
	return actor.Aborted{}
}

// until takes messages until it is so. The end of a question is no message: it
// sends one.
func (a *asking) until(so func() bool) {
	a.waiting = true
	for !so() {
		a.take(a.self.Input())
	}
	a.waiting = false
}

func (a *asking) result(upgrades int) any {
	switch {
	case a.wrong != nil:
		return a.wrong
	case a.upgrades != upgrades || a.fallbacks != upgrades:
		return fmt.Errorf("there were %d upgrades and %d fallbacks, not %d", a.upgrades, a.fallbacks, upgrades)
	case a.asks != a.replies+a.late+a.returned+a.refused:
		return fmt.Errorf("%d asks, but %d replies, %d and %d returned, %d refused", a.asks, a.replies, a.late, a.returned, a.refused)
	}
	return tally{fmt.Sprintf("%d upgrades; of %d asks %d were answered, by whom and in the session that was asked, "+
		"%d came too late for the near publisher as it went and returned, %d for the far one at an upgrade, "+
		"%d were refused at once as the session had ended, none was lost",
		a.upgrades, a.asks, a.replies, a.returned, a.late, a.refused), a.replies}
}

func (a *asking) take(m any) {
	switch m := m.(type) {
	case actor.Available:
		who := m.Publisher.String()
		a.sessions[who]++
		next := &asked{of: m, number: a.sessions[who]}
		if a.current != nil && !a.current.dropped {
			a.fail("available again without dropped: %v", m)
		}
		if a.current != nil && a.current.far() != next.far() {
			if next.far() {
				a.fallbacks++
			} else {
				a.upgrades++
			}
		}
		a.current = next
		a.fill()
	case actor.Dropped:
		if a.current == nil || a.current.dropped || a.current.of.Publisher != m.Remote {
			a.fail("dropped is not what was available: %v", m)
			return
		}
		a.current.ended, a.current.dropped = true, true
	}
}

func (a *asking) fill() {
	for s := a.current; a.under < inFlight && !a.over && s != nil && !s.ended; {
		a.asks++
		a.under++
		number := a.asks
		a.self.Ask(s.of.Publisher, question{number}, func(got any, err error) {
			a.under--
			a.ends(s, number, got, err)
			a.fill()
			if a.waiting {
				a.self.Send(a.self.Address(), ended{})
			}
		})
	}
}

// ends takes note of what became of a question.
func (a *asking) ends(s *asked, number int, got any, err error) {
	var undelivered actor.Undelivered
	r, ok := got.(reply)
	switch {
	case errors.Is(err, actor.ErrEnded):
		a.refused++
		s.ended = true
	case errors.As(err, &undelivered) && s.far():
		a.late++
	case errors.As(err, &undelivered):
		a.returned++
	case err != nil:
		a.fail("question %d, in session %d with %v: %w", number, s.number, s.of.Publisher, err)
	case !ok:
		a.fail("question %d: %T is no reply", number, got)
	case r.Number != number || r.Session != s.number || r.From.String() != s.of.Publisher.String():
		a.fail("question %d, in session %d with %v, was answered by %v: %+v", number, s.number, s.of.Publisher, r.From, r)
	default:
		a.replies++
		a.hear(s, r)
	}
}

// hear tells the near replier, once a session, that the far one is asked.
func (a *asking) hear(s *asked, r reply) {
	if s.heard {
		return
	}
	s.heard = true
	if !s.far() {
		a.near = r.From
		return
	}
	if a.near.IsZero() {
		return // it has not come yet
	}
	if err := a.self.Send(a.near, used{}); err != nil {
		a.fail("the near replier cannot be told: %w", err)
	}
}

func (a *asking) fail(format string, args ...any) {
	if a.wrong == nil {
		a.wrong = fmt.Errorf(format, args...)
	}
}
