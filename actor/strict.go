package actor

import (
	"bytes"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Self belongs to one goroutine at a time. What breaks that is found twice: by the
// race detector, in a program that is built with it, for each verb then writes to the
// same place (owner.touch); and in a system that is looked at closely, as package
// actortest opens it, by the number of the goroutine.

// mine is called first by each verb of Self.
func (s *Self) mine(verb string) {
	s.owner.touch()
	if s.sys.checks != nil {
		s.mustOwn(verb)
	}
}

// mustOwn tells of a goroutine that is not the actor's. One that was entered is played
// by whom the test likes, one after the other.
func (s *Self) mustOwn(verb string) {
	if s.entered {
		return
	}
	own := s.goroutine.Load()
	if goroutine() == own {
		return
	}
	s.sys.checks.Misused(s.describe(), verb, debug.Stack(), stackOf(own))
}

// owns notes that the actor is the calling goroutine from now on, in a system that is
// looked at closely.
func (s *Self) owns() {
	if s.sys.checks != nil {
		s.goroutine.Store(goroutine())
	}
}

// describe names an actor for people.
func (c *cell) describe() string { return fmt.Sprintf("%s (%v)", c.title(), c.at) }

// goroutine returns the number of the calling goroutine, which its stack begins with.
func goroutine() uint64 {
	var head [32]byte
	fields := bytes.Fields(head[:runtime.Stack(head[:], false)])
	n, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		panic("actor: a stack does not begin with the number of its goroutine: " + string(head[:]))
	}
	return n
}

// stackOf returns the stack of a goroutine, nil if there is none.
func stackOf(id uint64) []byte {
	all := make([]byte, 64<<10)
	n := runtime.Stack(all, true)
	for ; n == len(all); n = runtime.Stack(all, true) {
		all = make([]byte, 2*len(all))
	}
	all = all[:n]
	for stack := range bytes.SplitSeq(all, []byte("\n\n")) {
		if bytes.HasPrefix(stack, fmt.Appendf(nil, "goroutine %d [", id)) {
			return stack
		}
	}
	return nil
}

var (
	addressType = reflect.TypeFor[Address]()
	wordsHome   = addressType.PkgPath()
)

// journey returns message as an actor of another process would get it. The runtime's
// own words that never leave a process are let through.
func (sys *System) journey(message any) (any, error) {
	t := reflect.TypeOf(message)
	switch {
	case t == nil || sys.checks.Local(t):
		return message, nil
	case t.PkgPath() == wordsHome && t.Kind() == reflect.Struct && t != addressType && !sys.types.registered(t):
		return message, nil
	}
	body, typ, err := sys.types.Append(nil, message)
	if err != nil {
		return nil, err
	}
	if len(body) > wire.MaxMessage {
		return nil, fmt.Errorf("%w: the message has %d bytes, at most %d are allowed", transport.ErrTooLarge, len(body), wire.MaxMessage)
	}
	message, err = typ.Decode(body, nil)
	if err != nil {
		return nil, &PortableError{Type: t.String(), Reason: "it cannot be read back: " + err.Error()}
	}
	return message, nil
}
