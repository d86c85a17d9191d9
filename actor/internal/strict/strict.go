// Package strict is what package actortest asks of package actor, and nobody else can:
// to look closely at what the actors of a system do.
package strict

import "reflect"

// Checks are how a system is looked at, and who is told what was found. All fields are
// set. The functions are called on the goroutine where it happens, from any; they must
// not block.
type Checks struct {
	// Local reports whether messages of a type are let through as they are. All
	// others make the journey to another process, as far as the codec goes: what
	// cannot leave the process is refused, and what is taken is a copy.
	Local func(t reflect.Type) bool
	// Panicked is told of a panic in the code of an actor. The actor ends by it, or is
	// restarted.
	Panicked func(actor string, value any, stack []byte)
	// Overdue is told of an actor that has not ended in the time after Stop.
	Overdue func(actor string)
	// Misused is told that a goroutine which is not the actor's has used its Self:
	// which method, with the stack of that goroutine and that of the actor's, which
	// is empty if the actor is a State between two messages.
	Misused func(actor, method string, user, owner []byte)
}
