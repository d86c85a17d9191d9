// Package node is the shell around the machines of package directory: it takes
// what actors, links and timers say, one at a time, steps the machines, and does
// what they ask. Whoever finds the node idle steps it himself; what comes
// meanwhile waits. Messages between actors never pass it: a link's reader
// puts them straight into mailboxes, behind a gate per session that the node
// opens and shuts (R11).
package node

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// Actors is the runtime of the process that the node serves. Its methods are
// called from any goroutine and must not block.
type Actors interface {
	// Deliver puts a message in the mailbox of an actor. It returns
	// transport.ErrEnded or transport.ErrOverloaded if it cannot. In a session
	// it is not overloaded: the session's window bounds what waits.
	Deliver(d Delivery) error
	// Tell puts a fact in the mailbox of an actor: one of those that package directory
	// has for actors. It is never refused. The session is that of Available, Delivered
	// and Dropped, and of Accepted, Connected and HungUp.
	Tell(to transport.ActorID, fact directory.Message, s *Session)
	// Undelivered says that a message which was accepted did not arrive.
	Undelivered(u Undelivered)
	// WayLost says that no reply will come over a way: Lost says why.
	WayLost(w *Way)
	// Watch has w told when an actor of this process ends. The error says why it will
	// not be: transport.ErrEnded, ErrOverloaded. Unwatch takes that back.
	Watch(actor transport.Address, w *Watcher) error
	Unwatch(actor transport.Address, w *Watcher)
	// Fatal says that the node cannot do what it is for (R18).
	Fatal(err error)
}

// A Delivery is a message for an actor of this process.
type Delivery struct {
	To      transport.Address
	From    transport.Address // zero: nobody
	Session *Session          // what From is bound to; nil: not in a session
	Message any
	// Due is to be settled when the message is taken, or thrown away after Deliver
	// has accepted it.
	Due Due
	// Room is how much an actor may hold of what is due outside of sessions, in
	// bytes. It counts only if something is due, and this is in no session.
	Room int64
	// Wakers is where who takes messages may be put, to be woken when the link has
	// nothing more to hand over, or a few messages later: it costs less to wake once for
	// several. Nil: it is to be woken at once.
	Wakers *[]Waker
}

// A Waker is who is to be woken because messages wait for it.
type Waker interface{ Wake() }

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
	Role       string // in its composite process; empty: none
	Actors     Actors
	Codec      transport.Codec // nil: the process has no messages
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
	// Advice is what people can do when the parent is not found. It is logged
	// as a warning after three seconds; empty: never.
	Advice      string
	Heartbeat   uint32        // milliseconds; zero: 500
	ConnectTime time.Duration // that a call for a connection may take; zero: 5 s
	Limits      Limits        // of what is taken from others
	Logger      *slog.Logger  // nil: slog.Default()
}

// DefaultHost is where host-cake listens, on every machine.
const DefaultHost = "127.0.0.1:54195"

const (
	defaultListen    = "127.0.0.1:0"
	defaultHeartbeat = 500
	defaultConnect   = 5 * time.Second
	farewell         = time.Second
)

// A Node is a directory with its links and sessions.
type Node struct {
	Config
	self    transport.ProcessID
	log     *slog.Logger
	inbox   inbox
	ctx     context.Context // ends with the node
	stop    context.CancelFunc
	held    atomic.Int64   // bytes that came over all links and were not taken
	running sync.WaitGroup // the node's own goroutine and those that dial

	counts    counts
	registry  registry
	listeners listeners
	doorways  doorways
	admission admission
	limits    Limits // complete
	routes    routes
	watching  sync.Mutex // guards the watches of all links

	// Only who runs the node touches these.
	machine     *directory.Machine
	resolver    *directory.Resolver
	acceptor    *directory.Acceptor
	survey      *directory.Survey
	switchboard *directory.Switchboard
	effects     []directory.Effect // still to be done
	frame       []byte             // the body of what was last said, to be used again
	resuming    bool               // the machine has put off work
	pausing     bool               // for some of it there is no room
	links       map[directory.Party]*link
	lastLink    uint64
	dialling    map[transport.ProcessID][]directory.Connect
	sessions    map[directory.SessionKey]*Session
	connections map[directory.Party]*Session // by their links
	timers      timers
	parent      *parent
	surveying   *answers // of the survey that is under way, if one is

	surveys   sync.Mutex // one at a time
	enquiries uint64     // guarded by surveys; the number of the last one
}

// Open starts a node. If it has a fixed place to listen and cannot, the error
// names it.
func Open(c Config) (*Node, error) {
	if err := c.Limits.Check(); err != nil {
		return nil, fmt.Errorf("node.Open: limits: %w", err)
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = defaultHeartbeat
	}
	if c.ConnectTime <= 0 {
		c.ConnectTime = defaultConnect
	}
	if c.Codec == nil {
		c.Codec = noCodec{}
	}
	narrowest := c.ParentScope
	if c.Parent == nil {
		narrowest = 0
	}
	n := &Node{
		Config:      c,
		self:        c.Mint.Process(),
		log:         c.Logger.With("scope", c.Scope.String()),
		limits:      c.Limits.Complete(),
		machine:     directory.NewMachine(c.Scope, narrowest),
		resolver:    directory.NewResolver(),
		acceptor:    directory.NewAcceptor(),
		switchboard: directory.NewSwitchboard(),
		links:       make(map[directory.Party]*link),
		dialling:    make(map[transport.ProcessID][]directory.Connect),
		sessions:    make(map[directory.SessionKey]*Session),
		connections: make(map[directory.Party]*Session),
	}
	n.ctx, n.stop = context.WithCancel(context.Background())
	n.inbox.init()
	n.acceptor.Limit(n.limits.SessionsPerLink)
	n.registry.init(n.self)
	n.routes.init()
	n.doorways.init()
	n.initTimers()
	n.survey = directory.NewSurvey(n.describe())
	if c.Listen != "" {
		if _, err := n.listen(); err != nil {
			return nil, err
		}
	}
	n.running.Go(n.run)
	return n, nil
}

// Close ends every link and waits for the node's goroutines. Its actors have
// ended before. What the links still had to send they have a second for.
func (n *Node) Close() {
	n.listeners.close()
	n.doorways.close()
	last := make(chan struct{})
	if n.hear(&n.inbox.actors, word{do: func() { close(last) }}) { // after all that they said
		select {
		case <-last:
		case <-n.ctx.Done():
		}
	}
	n.inbox.close()
	n.stop()
	n.running.Wait()
	n.inbox.seize()
	// Nobody else touches the node now. A link that came up meanwhile is among
	// what waits.
	var one [1]word
	for n.inbox.take(one[:], true) > 0 {
		n.step(one[0])
	}
	n.timers.ring.Stop()
	for _, l := range n.links {
		l.Close(errStopped)
	}
	patience, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	for _, l := range n.links {
		select {
		case <-l.gone:
		case <-patience.Done():
		}
	}
}

// ID is the identity of the process.
func (n *Node) ID() transport.ProcessID { return n.self }

// spawn runs f on a goroutine that ends with the node.
func (n *Node) spawn(f func(ctx context.Context)) {
	n.running.Go(func() { f(n.ctx) })
}

// describe says what the node is, for surveys and hellos.
func (n *Node) describe() directory.Directory {
	return directory.Directory{
		Process:    n.self,
		Scope:      n.Scope,
		Executable: n.Executable,
		Role:       n.Role,
		PID:        os.Getpid(),
		Listens:    n.Address(),
	}
}

func (n *Node) hello(r dirwire.Relation) transport.Hello {
	return transport.Hello{
		Process:   n.self,
		Heartbeat: n.Heartbeat,
		Body:      dirwire.AppendGreeting(nil, dirwire.Greeting{Relation: r, Directory: n.describe()}),
	}
}
