package node

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/memory"
)

// crowded is how many names a directory has in these tests.
const crowded = 100_000

// A machine is where all processes of one of these tests are. Its links queue as
// much as what follows from that many names, and no buffer of the system helps.
type machine struct{ *memory.Transport }

func newMachine() machine {
	m := machine{memory.NewNetwork().Transport("machine")}
	m.QueueBytes = 4 << 20
	return m
}

func (m machine) open(t *testing.T, scope directory.Scope, parent string, change ...func(*Config)) *process {
	return open(t, scope, parent, append(change, func(c *Config) { c.Transport = m })...)
}

// connect makes a child link of a new process, whose receiver is r.
func (m machine) connect(t *testing.T, address string, r transport.Receiver) (self transport.ProcessID, l transport.Link) {
	t.Helper()
	self = transport.NewProcessID()
	greeting := dirwire.Greeting{Relation: dirwire.Child, Directory: directory.Directory{Process: self, Scope: directory.Process, Executable: "child"}}
	l, err := m.Dial(t.Context(), address, transport.Hello{Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(nil) })
	l.Start(r)
	return self, l
}

// say says something as soon as there is room.
func say(t *testing.T, l transport.Link, msg directory.Message) {
	t.Helper()
	body, kind := dirwire.Append(nil, msg)
	until(t, func() bool { return l.Queued() < fullLink })
	if err := l.Send(kind, body); err != nil {
		t.Fatal(err)
	}
}

// announce makes a child of a directory that claims so many names, and waits until
// all are known.
func (m machine) announce(t *testing.T, p *process, scope directory.Scope) {
	t.Helper()
	self, child := m.connect(t, p.Address(), newSleeper(t, nil))
	for i := range crowded {
		pub := directory.Publication{
			ID: directory.ID{Origin: self, Seq: uint64(i + 1)}, Name: directory.Name(fmt.Sprintf("crowd:%034d", i)), Scope: scope,
			Stamp: directory.Stamp(i + 1), Actor: transport.Address{Process: self, Actor: 1, Key: 1},
			Endpoints: []directory.Endpoint{{Scope: directory.Host, Address: "127.0.0.1:1"}},
		}
		say(t, child, directory.Claim{Name: pub.Name, Claimants: []directory.Publication{pub}})
	}
	until(t, func() bool { return p.known() == crowded })
}

// A sleeper is the other end of a link: it reads nothing until it is woken.
type sleeper struct {
	awake  chan struct{}
	wake   func()
	names  atomic.Int64 // that it was told of
	whole  chan struct{}
	lost   chan error
	frames func(directory.Message, *sleeper)
}

func newSleeper(t *testing.T, frames func(directory.Message, *sleeper)) *sleeper {
	s := &sleeper{awake: make(chan struct{}), whole: make(chan struct{}), lost: make(chan error, 1), frames: frames}
	s.wake = sync.OnceFunc(func() { close(s.awake) })
	t.Cleanup(s.wake)
	return s
}

func (s *sleeper) Received(kind transport.Kind, body []byte) error {
	<-s.awake
	msg, err := new(dirwire.Decoder).Decode(kind, body)
	if err == nil && s.frames != nil {
		s.frames(msg, s)
	}
	return err
}

func (s *sleeper) Lost(err error) { s.lost <- err }

// asleep checks that the queue to the sleeper is bounded, that nothing more is
// done for it, and that others go on; then that it gets all once it is awake.
func (s *sleeper) asleep(t *testing.T, p *process, others func()) {
	t.Helper()
	until(t, func() bool {
		pausing := make(chan bool, 1)
		p.post(func() { pausing <- p.pausing })
		return <-pausing
	})
	queued := make(chan int, 1)
	p.post(func() {
		most := 0
		for _, l := range p.links {
			most = max(most, l.Queued())
		}
		queued <- most
	})
	if got, most := <-queued, fullLink+1<<20; got > most {
		t.Errorf("%d bytes are queued for who reads nothing, want at most %d", got, most)
	}
	others()
	s.wake()
	select {
	case <-s.whole:
	case err := <-s.lost:
		t.Fatalf("the link was lost: %v", err)
	case <-time.After(patience):
		t.Fatalf("it heard of %d names, want %d", s.names.Load(), crowded)
	}
	until(t, func() bool {
		rests := make(chan bool, 1)
		p.post(func() { rests <- !p.pausing && !p.resuming && len(p.timers.heap) == 0 })
		return <-rests
	})
}

// R6, R17: a listing for who does not read waits, bounded, and hurts nobody else.
func TestListingWaitsForRoom(t *testing.T) {
	m := newMachine()
	host := m.open(t, directory.Host, "")
	m.announce(t, host, directory.Host)
	pub := m.open(t, directory.Process, host.Address())
	sub := m.open(t, directory.Process, host.Address())

	s := newSleeper(t, func(msg directory.Message, s *sleeper) {
		if msg, ok := msg.(directory.Offered); ok {
			if n := s.names.Add(int64(len(msg.Offers))); msg.Last && n == crowded {
				close(s.whole)
			}
		}
	})
	self, child := m.connect(t, host.Address(), s)
	say(t, child, directory.Seek{Subscription: directory.Subscription{
		ID: directory.ID{Origin: self, Seq: 1}, Pattern: "crowd:.*", Scope: directory.Host,
		Actor: transport.Address{Process: self, Actor: 1, Key: 1},
	}})
	s.asleep(t, host, func() {
		sub.subscribe(1, "svc:.*", directory.Host)
		for i := range 100 {
			pub.publish(1, directory.Name(fmt.Sprint("svc:", i)), directory.Host)
			next[directory.Available](sub, 1)
			next[directory.Delivered](pub, 1)
		}
	})
}

// R14, R17: so does what a parent is told that does not read.
func TestResyncWaitsForRoom(t *testing.T) {
	m := newMachine()
	var parent atomic.Value
	host := m.open(t, directory.Host, "", func(c *Config) {
		c.ParentScope = directory.LAN
		c.Parent = func() (string, error) {
			if at, ok := parent.Load().(string); ok {
				return at, nil
			}
			return "", errors.New("not yet")
		}
	})
	m.announce(t, host, directory.LAN)
	s := newSleeper(t, func(msg directory.Message, s *sleeper) {
		if _, ok := msg.(directory.Claim); ok && s.names.Add(1) == crowded {
			close(s.whole)
		}
	})
	self := transport.NewProcessID()
	hello := transport.Hello{Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, dirwire.Greeting{
		Relation: dirwire.Peer, Directory: directory.Directory{Process: self, Scope: directory.LAN, Executable: "sleeper"},
	})}
	listener, err := m.Listen("127.0.0.1:0", hello, func(l transport.Link) {
		t.Cleanup(func() { l.Close(nil) })
		l.Start(s)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	parent.Store(listener.Address())

	pub := m.open(t, directory.Process, host.Address())
	sub := m.open(t, directory.Process, host.Address())
	s.asleep(t, host, func() {
		sub.subscribe(1, "svc:.*", directory.Host)
		for i := range 100 {
			pub.publish(1, directory.Name(fmt.Sprint("svc:", i)), directory.Host)
			next[directory.Available](sub, 1)
			next[directory.Delivered](pub, 1)
		}
	})
}
