package actor

import (
	"errors"
	"fmt"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// An Address names an actor. It may be sent in a message and works where it
// arrives. The zero Address is nobody.
//
// Addresses of the same actor are equal with ==, but for those that [Available]
// and [Delivered] bring and the [Self.Sender] of what comes in a session: they
// are bound to the session, and equal only to others of that session.
type Address struct {
	at transport.Address
	in *node.Session // what is sent by its owner goes into this session; nil: in none
}

// A home is the Address of an actor where it has it, for those who need not copy it.
type home Address

func (h *home) is() *Address { return (*Address)(h) }

// IsZero reports whether a is nobody.
func (a Address) IsZero() bool { return a.at.IsZero() }

// String returns the form that logs show: 9e7db6d6:15.
func (a Address) String() string { return a.at.String() }

// A Scope says how far a registration is known. It is an [Option].
type Scope int

// The scopes, outermost first. The zero Scope means Host; WAN is reserved.
const (
	WAN Scope = iota + 1
	LAN
	Host
	Group
	Process
	Library
)

// String returns the name of the scope.
func (s Scope) String() string {
	if s < WAN || s > Library {
		return fmt.Sprintf("Scope(%d)", int(s))
	}
	return [...]string{"WAN", "LAN", "Host", "Group", "Process", "Library"}[s-1]
}

// known returns the scope as the directory knows it; false if there is none such.
func (s Scope) known() (directory.Scope, bool) {
	return directory.Scope(s), WAN <= s && s <= Library
}

// The reasons for which a verb fails at once. Ask for them with errors.Is.
var (
	// ErrOverloaded: the mailbox, or what may be on its way to the other process, is full.
	ErrOverloaded = transport.ErrOverloaded
	// ErrTooLarge: the message has more than 64 MiB when it is written for another process.
	ErrTooLarge = transport.ErrTooLarge
	// ErrEnded: there is no such actor any more, or the session has ended.
	ErrEnded = transport.ErrEnded
	// ErrWouldBlock: a State or a callback cannot wait. Self.Ask and Self.Send do not.
	ErrWouldBlock = errors.New("a State or a callback cannot wait; use Self.Ask")
	// ErrNotChild: Self.Stop of an actor that is no running child.
	ErrNotChild = errors.New("actor.Stop: not a child of this actor")
)

// sendError is why a message was refused.
type sendError struct {
	to  Address
	err error
}

func (e *sendError) Error() string { return fmt.Sprintf("actor.Send: %v: %v", e.to, e.err) }

func (e *sendError) Unwrap() error { return e.err }
