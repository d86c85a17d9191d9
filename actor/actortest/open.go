package actortest

import (
	"cmp"
	"context"
	"log/slog"
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/transport/memory"
)

// Open opens a system with a directory of its own, which has no parent and no socket.
// Each message makes the journey through the codec: what could not cross to another
// process is refused by Send with a *actor.PortableError, and what arrives is a copy.
//
// When the test ends the system is closed. The test fails if an actor does not end then
// by itself; and at once if an actor panics, a State returns nil for a message, or a
// Self is used by a goroutine that is not its actor's. Allowed says what of this the
// test is about. Logs, from slog.LevelInfo up, go to the output of the test.
func Open(t testing.TB, types actor.Types, allowed ...Allowance) *actor.System {
	t.Helper()
	return open(t, memory.NewNetwork(), "here", actor.Options{Types: types}, allowed)
}

// open opens a system at a place of a network.
func open(t testing.TB, network *memory.Network, place string, options actor.Options, allowed []Allowance) *actor.System {
	t.Helper()
	g := newGuard(t, allowed)
	options.Directory = cmp.Or(options.Directory, "none")
	options.Transport = network.Transport(place)
	options.LANAddress = place + ":0"
	options.Logger = slog.New(slog.NewTextHandler(g, nil))
	options.Events = g.event
	options.Checks = g.checks()
	sys, err := actor.Open(&options)
	if err != nil {
		t.Fatalf("actortest: %v", err)
	}
	t.Cleanup(func() {
		if err := sys.Close(context.Background()); err != nil {
			g.fail("actortest: %v", err)
		}
		select {
		case err := <-sys.Fatal():
			g.fail("actortest: the directory at %s could not go on: %v", place, err)
		default:
		}
		g.end()
	})
	return sys
}
