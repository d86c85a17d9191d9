package actor

import "runtime/debug"

// An Event is something that happened in the runtime, for tests and metrics:
// [Spawned], [Ended], [Restarted], [Unhandled], [Undelivered] or [Refused]. See
// Options.Events.
type Event interface{ event() }

// Events beside those that are messages too.
type (
	// Spawned: an actor runs. Parent is nobody if it has none.
	Spawned struct {
		Actor, Parent Address
		Name          string
	}
	// Ended: an actor has ended, after its children (see [Self.Spawn]), with that result. It is also the
	// message that Self.Watch asks for: Actor is then the address as it was given
	// there. Of an actor in another process Value is the error it ended with, if that
	// may travel (in 64 KiB), else nil; and Undelivered where no more can be known, for
	// the link to the actor's process was lost or there is no such actor.
	Ended struct {
		Actor Address
		Value any
	}
	// Unhandled: a State returned nil for a message that is no Stop. State is the
	// name of its function.
	Unhandled struct {
		Actor   Address
		State   string
		Message any
	}
	// Refused: Send, or an Ask, returned an error. From is nobody if it was none of
	// an actor. Type is the Go type of the message.
	Refused struct {
		From, To Address
		Type     string
		Err      error
	}
)

func (Spawned) event()     {}
func (Ended) event()       {}
func (Unhandled) event()   {}
func (Refused) event()     {}
func (Restarted) event()   {}
func (Undelivered) event() {}

// emit tells Options.Events what happened. The event is made only if somebody
// wants it.
func (sys *System) emit(event func() Event) {
	if sys.events != nil {
		sys.happened(event())
	}
}

// happened calls Options.Events. If that panics, it is not the actor that something
// happened to who failed: its life goes on.
func (sys *System) happened(event Event) {
	defer func() {
		if panicked := recover(); panicked != nil {
			sys.log.Error("Options.Events panicked", "event", messageName(event), "panic", panicked, "stack", string(debug.Stack()))
		}
	}()
	sys.events(event)
}
