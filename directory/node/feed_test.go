package node

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A feed is a link without a network: a peer that said a good hello, and then says
// what a test wants, frame by frame. What the node says to it must make sense.
type feed struct {
	hello    transport.Hello
	started  chan struct{}
	receiver transport.Receiver // set before started is closed

	mu      sync.Mutex        // guards the rest
	reason  error             // the node closed it
	full    bool              // it takes no more
	types   map[uint64]string // by number, as the node named them
	wrong   []error           // what makes no sense
	decoder dirwire.Decoder
	parts   map[uint64]int // bytes of a message in parts that are to come
}

func newFeed(relation dirwire.Relation) *feed {
	self := transport.NewProcessID()
	greeting := dirwire.Greeting{Relation: relation, Directory: directory.Directory{Process: self, Scope: directory.Process, Executable: "feed"}}
	return &feed{
		hello:   transport.Hello{Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting)},
		started: make(chan struct{}),
		types:   make(map[uint64]string),
		parts:   make(map[uint64]int),
	}
}

func (f *feed) self() transport.ProcessID { return f.hello.Process }
func (f *feed) Peer() transport.Hello     { return f.hello }
func (f *feed) Dialled() bool             { return false }
func (f *feed) Local() string             { return "127.0.0.1:1" }
func (f *feed) Remote() string            { return "127.0.0.1:2" }
func (f *feed) Lane() transport.Lane      { return f }
func (f *feed) Queued() int               { return 0 }

func (f *feed) Start(r transport.Receiver) {
	f.receiver = r
	close(f.started)
}

func (f *feed) Close(reason error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reason == nil {
		f.reason = errors.Join(errClosedHere, reason)
	}
}

var errClosedHere = errors.New("closed by the node")

func (f *feed) closed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reason
}

func (f *feed) Send(kind transport.Kind, body []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.reason != nil:
		return transport.ErrClosed
	case f.full:
		return transport.ErrOverloaded
	}
	if err := wire.CheckSend(kind, len(body)); err != nil {
		return err
	}
	if err := f.judge(kind, body); err != nil {
		f.wrong = append(f.wrong, fmt.Errorf("the node said a frame of kind %d, %.100x: %w", kind, body, err))
	}
	return nil
}

// judge reports what is wrong with what the node says. The mutex is held.
func (f *feed) judge(kind transport.Kind, body []byte) error {
	named := func(number uint64, value []byte, err error) error {
		switch {
		case err != nil:
			return err
		case f.types[number] == "" && number != 0:
			return fmt.Errorf("type %d was not named", number)
		case number != 0:
			return wire.Check(value)
		}
		return nil
	}
	switch kind {
	case wire.Type:
		number, name, err := wire.ParseType(body)
		if f.types[number] != "" {
			return fmt.Errorf("type %d is named twice", number)
		}
		f.types[number] = name
		return err
	case wire.Message:
		h, value, err := wire.ParseMessage(body)
		return named(h.Type, value, err)
	case wire.DataOut, wire.DataBack:
		h, value, err := wire.ParseData(kind, body)
		return named(h.Type, value, err)
	case wire.Undelivered:
		h, value, err := wire.ParseUndelivered(body)
		return named(h.Type, value, err)
	case wire.Credit:
		_, err := wire.ParseCredit(body)
		return err
	case wire.Part:
		h, bytes, err := wire.ParsePart(body)
		if h.First {
			f.parts[h.Number] = int(h.Size)
		}
		if f.parts[h.Number] -= len(bytes); f.parts[h.Number] < 0 {
			return errors.New("more than was announced")
		}
		return err
	}
	_, err := f.decoder.Decode(kind, body)
	return err
}

// An audience is the actors of a process of which one serves an honest peer: what it
// and the directory say goes to the process, and the rest is treated badly.
type audience struct {
	*process
	honest transport.ProcessID // zero: there is none here

	mu       sync.Mutex
	kept     []Delivery // guarded by mu; taken, not settled
	sessions []*Session // guarded by mu; of others
}

func (a *audience) Deliver(d Delivery) error {
	if d.Session != nil && d.Session.Remote().Process == a.honest {
		return a.process.Deliver(d)
	}
	switch d.To.Actor % 4 {
	case 0:
		return transport.ErrEnded
	case 1:
		a.mu.Lock()
		defer a.mu.Unlock()
		a.kept = append(a.kept, d)
	case 2:
		return transport.ErrOverloaded
	default:
		d.Due.Settle()
	}
	return nil
}

func (a *audience) Tell(to transport.ActorID, fact directory.Message, s *Session) {
	if s == nil || s.Remote().Process == a.honest {
		a.process.Tell(to, fact, s)
		return
	}
	switch fact.(type) {
	case directory.Delivered, directory.Accepted:
		a.mu.Lock()
		defer a.mu.Unlock()
		a.sessions = append(a.sessions, s)
	}
}

func (a *audience) Undelivered(Undelivered) {}

// settle takes what was kept.
func (a *audience) settle() {
	a.mu.Lock()
	kept := a.kept
	a.kept = nil
	a.mu.Unlock()
	for _, d := range kept {
		d.Due.Settle()
	}
}

// answer has something said in each session of others.
func (a *audience) answer(text string) {
	a.mu.Lock()
	sessions := append([]*Session(nil), a.sessions...)
	a.mu.Unlock()
	for _, s := range sessions {
		s.Send(s.Local(), text) // refused, perhaps
	}
}

// forget lets go of sessions of others.
func (a *audience) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions = nil
}

// A court is a pair in session, and how its processes are when nobody else is there.
type court struct {
	pair
	crowd       *audience
	publication directory.Publication
	rest        rest
}

// seldom is how many milliseconds there are between heartbeats where it does not matter:
// on a machine that has much else to do nobody is taken for dead.
const seldom = 10_000

// A rest is what nodes have when nothing is under way.
type rest struct{ Links, Sessions, Connections, HostLinks, HostNames int }

func newCourt(tb testing.TB, change ...func(*Config)) *court {
	in := func(a *audience) func(*Config) {
		return func(c *Config) { a.process, c.Actors, c.Heartbeat = c.Actors.(*process), a, seldom }
	}
	k := &court{crowd: new(audience)}
	other := new(audience)
	k.host = open(tb, directory.Host, "", func(c *Config) { c.Heartbeat = seldom })
	k.sub = open(tb, directory.Process, k.host.Address(), in(other))
	k.pub = open(tb, directory.Process, k.host.Address(), append(change, in(k.crowd))...)
	other.honest, k.crowd.honest = k.pub.ID(), k.sub.ID()
	k.pub.publish(1, "svc", directory.Host)
	k.sub.subscribe(1, "svc", directory.Host)
	_, k.session = next[directory.Available](k.sub, 1)
	next[directory.Delivered](k.pub, 1)
	k.pub.onNode(func() {
		for p := range k.pub.machine.Publications() {
			k.publication = p
		}
	})
	k.rest = k.resting()
	return k
}

// resting looks at the nodes.
func (k *court) resting() (r rest) {
	k.pub.onNode(func() {
		r.Links, r.Sessions, r.Connections = len(k.pub.links), len(k.pub.sessions), len(k.pub.connections)
	})
	k.host.onNode(func() { r.HostLinks = len(k.host.links) })
	r.HostNames = k.host.known()
	return r
}

// adjourn ends a feed, and checks that nothing of it is left and that the honest are
// served as before.
func (k *court) adjourn(t *testing.T, f *feed, at *process) {
	var l *link
	at.onNode(func() {
		for _, other := range at.links {
			if other.Link == transport.Link(f) {
				l = other
			}
		}
	})
	if l == nil {
		t.Fatal("the link is not among the node's")
	}
	reason := f.closed()
	if reason == nil {
		reason = errors.New("the peer has gone")
	}
	f.receiver.Lost(reason)
	k.crowd.settle()
	<-l.gone
	k.pub.onNode(func() {}) // it has been taken down by then
	k.crowd.forget()
	if d := cmp.Diff(k.rest, k.resting()); d != "" {
		t.Errorf("at rest (-before +after):\n%s", d)
	}
	if held, reserved := l.held.Load(), l.reserved.Load(); held != 0 || reserved != 0 {
		t.Errorf("of the lost link %d bytes are held, and %d wait", held, reserved)
	}
	if held := at.held.Load(); held > 2*reportAt || held < -2*reportAt { // the honest pair's own
		t.Errorf("%d bytes are held in all", held)
	}
	f.mu.Lock()
	for _, err := range f.wrong {
		t.Error(err)
	}
	f.mu.Unlock()
	k.undisturbed(t)
}

// await waits until the feed is the node's.
func (f *feed) await(t *testing.T) {
	select {
	case <-f.started:
	case <-time.After(patience):
		t.Fatal("the link was not started")
	}
}
