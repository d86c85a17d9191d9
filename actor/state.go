package actor

import "reflect"

// A State is an actor between messages: the function that takes the next one. It
// costs no goroutine in between, and it must not block. Its result says what became
// of the message:
//
//	return c.requesting     handled; go to that state
//	return self.Stay()      handled; stay in this one
//	return self.Save()      not now: keep it until the state changes
//	return self.End(value)  handled; the actor ends with value
//	return nil              not for this state
//
// A message that is not for this state is counted and noted as [Unhandled]; so Stop
// ends the actor with Aborted, and a child's Returned is only noted. Whoever returns a
// state goes to it, be it the same one; what was saved comes again then, before
// all else and in order.
//
// A [Func] enters its first state by returning it: return actor.State(c.connecting).
// A State is shared by nobody else if what it changes belongs to a receiver that the
// Func made.
type State func(self *Self, message any) State

// stays, saves and ends are what Stay, Save and End return. They are never called.
func stays(*Self, any) State { panic("actor: Stay is a result, not a state") }
func saves(*Self, any) State { panic("actor: Save is a result, not a state") }
func ends(*Self, any) State  { panic("actor: End is a result, not a state") }

// codeOf tells one function from another.
func codeOf(s State) uintptr { return reflect.ValueOf(s).Pointer() }

// Stay is the result of a State that has handled the message and remains.
func (s *Self) Stay() State { return stays }

// Save is the result of a State that keeps the message, in order, for the next state.
// What is kept counts against the bound of the mailbox, so that who goes on
// sending is told ErrOverloaded when no other state ever comes.
func (s *Self) Save() State { return saves }

// End is the result of a State that is finished: the actor ends with value.
func (s *Self) End(value any) State {
	s.mine("End")
	s.verdict = value
	return ends
}

// Become changes the state from a callback, of Ask or AfterFunc and their kin, once it
// returns. A State returns the next one instead: there Become panics, and in an actor
// that is none.
func (s *Self) Become(next State) {
	s.mine("Become")
	switch {
	case s.state == nil:
		panic("actor.Become: " + s.title() + " is no State: it is a Func that has not returned one")
	case !s.calling:
		panic("actor.Become: " + s.title() + ": a State returns the next one; Become is for callbacks")
	case next == nil:
		panic("actor.Become: " + s.title() + ": the state is nil")
	}
	s.next = next
}

// A turner starts the turns of an actor that is a State.
type turner Self

// Wake starts a goroutine for them.
func (t *turner) Wake() { go (*Self)(t).turns() }

// goesOn makes the actor a State.
func (s *Self) goesOn(first State) {
	s.box.turns((*turner)(s))
	s.bound = true
	s.enter(first)
	s.turns()
}

// turns runs the actor, a State, until nothing waits for it. It is another's then, whoever
// puts the next message.
func (s *Self) turns() {
	s.owns()
	var value any = errGoexit
	over := true
	var it *item
	defer func() {
		if over {
			if it != nil {
				s.box.accept(it) // it was being handled
			}
			s.finish(s.outcome(recover(), value))
		}
	}()
	for {
		if s.box.killed.Load() {
			value = Aborted{}
			return
		}
		if it = s.nextItem(); it == nil {
			over = false
			return
		}
		if s.turn(it, &value) {
			return
		}
	}
}

// turn takes one item. It reports whether the actor ends by it, with what value.
func (s *Self) turn(it *item, value *any) (ended bool) {
	message, ok := s.open(it)
	if !ok {
		s.box.accept(it)
		next := s.next // a callback may have said Become
		s.next = nil
		return next != nil && s.follows(next, value)
	}
	s.hand(it, message)
	next := s.state(s, message)
	if codeOf(next) == s.sys.verdicts.saves {
		kept := s.setAside(it)
		s.saved = append(s.saved, kept)
		return false
	}
	s.box.accept(it)
	if next != nil {
		return s.follows(next, value)
	}
	if _, stop := message.(Stop); stop {
		*value = Aborted{}
		return true
	}
	s.unhandled(message)
	return false
}

// follows does what a result says of the state. It reports whether the actor ends, with
// what value.
func (s *Self) follows(next State, value *any) (ended bool) {
	switch codeOf(next) {
	case s.sys.verdicts.stays, s.sys.verdicts.saves:
	case s.sys.verdicts.ends:
		*value = s.verdict
		return true
	default:
		s.enter(next)
	}
	return false
}

// enter goes to a state: what was saved comes again, before what is to come again
// already.
func (s *Self) enter(next State) {
	s.state = next
	s.stateCode.Store(uint64(codeOf(next)))
	s.log = nil // it names the state
	if s.sys.traces {
		s.traceBecame()
	}
	if s.aside != nil && len(s.saved) > 0 {
		s.again = append(s.saved, s.again...)
		s.saved = nil
	}
}

// unhandled notes a message that the state returned nil for.
func (s *Self) unhandled(message any) {
	s.sys.counts.unhandled.Add(1)
	if s.sys.traces {
		s.traceUnhandled(message)
	}
	s.sys.emit(func() Event { return Unhandled{s.Address(), s.stateName(), message} })
}

// verdicts tell the results of Stay, Save and End from states.
type verdicts struct{ stays, saves, ends uintptr }

func newVerdicts() verdicts { return verdicts{codeOf(stays), codeOf(saves), codeOf(ends)} }

// asState returns the state that a Func's result is: a State, or a method value of one's
// signature.
func asState(value any) (State, bool) {
	switch v := value.(type) {
	case State:
		return v, v != nil
	case func(*Self, any) State:
		return v, v != nil
	}
	return nil, false
}

// stateName returns the name of the function of the state, empty if the actor is none.
func (c *cell) stateName() string {
	code := c.stateCode.Load()
	if code == 0 {
		return ""
	}
	return functionName(uintptr(code))
}
