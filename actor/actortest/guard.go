package actortest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/internal/strict"
)

// An Allowance is something that fails a test unless the test says that it is about it:
// [Panics], [Leaves] or [Local]. It goes to Open, for one system.
type Allowance struct {
	what    string // for people; empty: it need not happen
	panics  func(text string) bool
	leaves  func(message any) bool
	through reflect.Type
}

// Panics says that an actor will panic with a text that has this in it, once or more.
// The test fails if none does.
func Panics(text string) Allowance {
	return Allowance{
		what:   fmt.Sprintf("a panic with %q", text),
		panics: func(s string) bool { return strings.Contains(s, text) },
	}
}

// Leaves says that a State will return nil for a message of type T, once or more: it is
// not for that state. The test fails if none does.
func Leaves[T any]() Allowance {
	return Allowance{what: fmt.Sprintf("a State that returns nil for a %v", reflect.TypeFor[T]()), leaves: actor.Is[T]}
}

// Local says that messages of type T stay in the process. They are let through as they
// are: neither refused nor copied.
func Local[T any]() Allowance { return Allowance{through: reflect.TypeFor[T]()} }

// A guard looks after one system and fails the test. It is also where logs go.
type guard struct {
	t testing.TB

	mu      sync.Mutex // guards the rest
	over    bool       // the test is: it must be told nothing more
	allowed []Allowance
	met     []bool          // which of them has happened
	misused map[string]bool // actors: the first time says enough
}

func newGuard(t testing.TB, allowed []Allowance) *guard {
	return &guard{t: t, allowed: allowed, met: make([]bool, len(allowed)), misused: make(map[string]bool)}
}

func (g *guard) checks() *strict.Checks {
	return &strict.Checks{Local: g.local, Panicked: g.panicked, Overdue: g.overdue, Misused: g.misuse}
}

// Write takes a line of a log.
func (g *guard) Write(line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return len(line), nil
	}
	return g.t.Output().Write(line)
}

// fail fails the test, which goes on.
func (g *guard) fail(format string, args ...any) {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.over {
		g.t.Errorf(format, args...)
	}
}

// allows notes that something has happened that may be allowed, and reports whether it is.
func (g *guard) allows(is func(Allowance) bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	allowed := false
	for i, a := range g.allowed {
		if is(a) {
			g.met[i], allowed = true, true
		}
	}
	return allowed
}

func (g *guard) local(t reflect.Type) bool {
	for _, a := range g.allowed { // never written
		if a.through == t {
			return true
		}
	}
	return false
}

func (g *guard) panicked(actor string, value any, stack []byte) {
	text := fmt.Sprint(value)
	if !g.allows(func(a Allowance) bool { return a.panics != nil && a.panics(text) }) {
		g.fail("actortest: %s panicked: %s; if the test is about it, say Panics to Open\n%s", actor, text, stack)
	}
}

func (g *guard) overdue(actor string) {
	g.fail("actortest: %s has not ended in the time after Stop", actor)
}

func (g *guard) misuse(actor, method string, user, owner []byte) {
	g.mu.Lock()
	again := g.misused[actor]
	g.misused[actor] = true
	g.mu.Unlock()
	if again {
		return
	}
	if len(owner) == 0 {
		owner = []byte("no goroutine: it is between two messages, or has ended")
	}
	g.fail("actortest: Self.%s of %s was used by another goroutine, which is to be given Self.System\n%s\nthe actor is\n%s", method, actor, user, owner)
}

func (g *guard) event(e actor.Event) {
	u, ok := e.(actor.Unhandled)
	if !ok || told(u.Message) {
		return
	}
	if !g.allows(func(a Allowance) bool { return a.leaves != nil && a.leaves(u.Message) }) {
		g.fail("actortest: %s of %v returned nil for %s; after handling a message return self.Stay(), and if it is not for this state say Leaves to Open",
			u.State, u.Actor, show(u.Message))
	}
}

// told reports whether a message is a fact that the runtime tells whether or not an
// actor wants to know. A State may leave those alone.
func told(message any) bool {
	switch message.(type) {
	case actor.Published, actor.Standby, actor.Promoted, actor.Delivered, actor.Unpublished,
		actor.Subscribed, actor.Unsubscribed, actor.Dropped, actor.Returned, actor.Restarted:
		return true
	}
	return false
}

// end is when the test ends: what it is about must have happened.
func (g *guard) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, a := range g.allowed {
		if a.what != "" && !g.met[i] && !g.t.Failed() {
			g.t.Errorf("actortest: there was to be %s, and there was none", a.what)
		}
	}
	g.over = true
}
