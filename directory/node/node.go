// Package node is the shell around the machines of package directory: one
// goroutine that takes what actors, links and timers say, steps the machines,
// and does what they ask.
package node

import (
	"log/slog"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// Actors is the runtime of the process that the node serves. Its methods are
// called from any goroutine and must not block.
type Actors interface {
	// Deliver puts a message in the mailbox of an actor. It returns
	// transport.ErrEnded or transport.ErrOverloaded if it cannot.
	Deliver(d Delivery) error
	// Tell puts a fact in the mailbox of an actor: one of directory.Published,
	// NotPublished, Unpublished, Subscribed, NotSubscribed, Unsubscribed,
	// Available, Delivered, Dropped. It is never refused. The session is that
	// of the last three.
	Tell(to transport.ActorID, fact directory.Message, s *Session)
	// Undelivered says that a message which was accepted did not arrive.
	Undelivered(u Undelivered)
	// Fatal says that the node cannot do what it is for (R18).
	Fatal(err error)
}

// A Delivery is a message for an actor of this process.
type Delivery struct {
	To      transport.Address
	From    transport.Address // zero: nobody
	Session *Session          // what From is bound to; nil: not in a session
	Message any
}

// An Undelivered is a message of an actor of this process that did not arrive.
type Undelivered struct {
	From    transport.Address // who sent it, in this process
	To      transport.Address
	Message any
	Reason  string
}

// Config is what a node needs to know.
type Config struct {
	Scope      directory.Scope
	Executable string
	Actors     Actors
	Codec      transport.Codec
	Transport  transport.Transport
	Mint       *transport.Mint
	// Listen is where children and subscribers connect; empty: 127.0.0.1, any
	// port, from the first publication beyond the process on.
	Listen string
	// LAN returns where publications of LAN scope listen, host:port; nil: they
	// are not offered beyond the machine.
	LAN func() (string, error)
	// Parent returns the address of the parent directory; nil: there is none.
	// It is called at each attempt.
	Parent func() (string, error)
	// ParentScope is the narrowest scope the parent could have: only a
	// registration that reaches it makes the node dial.
	ParentScope directory.Scope
	// ParentFixed says that the parent must have just ParentScope.
	ParentFixed bool
	Heartbeat   uint32 // milliseconds; zero: 500
	Logger      *slog.Logger
}

// A Node is a directory with its links and sessions.
type Node struct{}

// Open starts a node.
func Open(c Config) (*Node, error) { panic("to do") }

// Close takes back what was registered, ends every link and waits for the
// node's goroutines.
func (n *Node) Close() { panic("to do") }

// Address is where the node listens, empty if it does not.
func (n *Node) Address() string { panic("to do") }

// Publish makes an actor known under name. The error is a
// directory.NotPublished.
func (n *Node) Publish(actor transport.ActorID, name directory.Name, scope directory.Scope) error {
	panic("to do")
}

// Unpublish takes the name back: Dropped for each session, then Unpublished.
// A name that the actor has not published is ignored.
func (n *Node) Unpublish(actor transport.ActorID, name directory.Name) { panic("to do") }

// Subscribe asks for every publication whose name pattern matches. The error is
// a directory.NotSubscribed.
func (n *Node) Subscribe(actor transport.ActorID, pattern directory.Pattern, scope directory.Scope) error {
	panic("to do")
}

// Unsubscribe takes the pattern back: Dropped for each session, then Unsubscribed.
func (n *Node) Unsubscribe(actor transport.ActorID, pattern directory.Pattern) { panic("to do") }

// Ended retracts what the actor registered and ends its sessions (R12).
func (n *Node) Ended(actor transport.ActorID) { panic("to do") }

// Send sends a message to an actor of another process, outside of any session.
// The error is transport.ErrOverloaded, ErrUnreachable, or the codec's.
func (n *Node) Send(from, to transport.Address, message any) error { panic("to do") }

// A Session is one end of a session, in the process of its actor.
type Session struct{}

// Local and Remote are the actors of the session.
func (s *Session) Local() transport.Address  { panic("to do") }
func (s *Session) Remote() transport.Address { panic("to do") }

// Send sends a message to the other end, in the session. From is its sender,
// usually Local. The error is transport.ErrEnded after the session ended,
// ErrOverloaded, or the codec's.
func (s *Session) Send(from transport.Address, message any) error { panic("to do") }
