package actortest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// A Probe is an actor that the test plays: it sends, subscribes and asks as any other,
// and what comes is looked at by [Expect], [Await] and Quiet. It is used by one goroutine
// at a time, the test's.
type Probe struct {
	*actor.Self
	Within time.Duration // how long Expect and Await wait; zero: a second

	t testing.TB
}

// NewProbe returns a probe in sys. It is gone when the test ends.
func NewProbe(t testing.TB, sys *actor.System) *Probe {
	t.Helper()
	self, leave := sys.Enter("probe")
	if self == nil {
		t.Fatalf("actortest.NewProbe: the system is closed")
	}
	t.Cleanup(leave)
	return &Probe{Self: self, t: t}
}

// Expect returns the next message, which must be a T, or implement it if that is an
// interface, and come within p.Within. Else the test fails, and is told what came
// instead and what waits behind it.
func Expect[T any](p *Probe) T {
	p.t.Helper()
	message, ok := p.InputWithin(p.within())
	if !ok {
		p.t.Fatalf("actortest.Expect: wanted %v; nothing came within %v", reflect.TypeFor[T](), p.within())
	}
	m, ok := message.(T)
	if !ok {
		p.t.Fatalf("actortest.Expect: wanted %v; got %s; %s", reflect.TypeFor[T](), p.shows(message), p.rest())
	}
	return m
}

// Await is Expect that steps over messages of other types.
func Await[T any](p *Probe) T {
	p.t.Helper()
	var others list
	for end := time.Now().Add(p.within()); ; {
		message, ok := p.InputWithin(max(time.Until(end), 0))
		if !ok {
			p.t.Fatalf("actortest.Await: wanted %v; within %v there came %s", reflect.TypeFor[T](), p.within(), others)
		}
		if m, ok := message.(T); ok {
			return m
		}
		others.add(p.shows(message))
	}
}

// Quiet fails the test if a message comes within d.
func (p *Probe) Quiet(d time.Duration) {
	p.t.Helper()
	began := time.Now()
	if message, ok := p.InputWithin(d); ok {
		p.t.Fatalf("actortest.Quiet: wanted nothing within %v; after %v came %s; %s",
			d, time.Since(began).Round(time.Millisecond), p.shows(message), p.rest())
	}
}

func (p *Probe) within() time.Duration {
	if p.Within > 0 {
		return p.Within
	}
	return time.Second
}

// shows returns the message that was just taken, with its sender.
func (p *Probe) shows(message any) string {
	if from := p.Sender(); !from.IsZero() {
		return fmt.Sprintf("%s from %v", show(message), from)
	}
	return show(message)
}

// rest takes what waits, for the test is over.
func (p *Probe) rest() string {
	var waits list
	for {
		message, ok := p.InputWithin(0)
		if !ok {
			return fmt.Sprintf("behind it waits %s", waits)
		}
		waits.add(p.shows(message))
		if _, stop := message.(actor.Stop); stop {
			return fmt.Sprintf("behind it waits %s", waits)
		}
	}
}

// A list shows the first of some messages, and how many there are.
type list struct {
	first []string
	n     int
}

func (l *list) add(message string) {
	if l.n++; l.n <= 10 {
		l.first = append(l.first, message)
	}
}

func (l list) String() string {
	switch {
	case l.n == 0:
		return "nothing"
	case l.n > len(l.first):
		return fmt.Sprintf("%s; and %d more", strings.Join(l.first, "; "), l.n-len(l.first))
	}
	return strings.Join(l.first, "; ")
}

// show returns a message on a line that is not too long.
func show(message any) string {
	const most = 200
	text := strings.ReplaceAll(fmt.Sprintf("%T: %+v", message, message), "\n", " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
