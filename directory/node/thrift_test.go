package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
)

// What names and sessions cost, and what is left of them.

// A counted transport knows how often it was used, and where it listens.
type counted struct {
	transport.Transport
	dials, accepts atomic.Int64
	mu             sync.Mutex
	listens        []string // guarded by mu
	refuse         error    // guarded by mu; Listen's answer
}

func (c *counted) Dial(ctx context.Context, address string, hello transport.Hello) (transport.Link, error) {
	c.dials.Add(1)
	return c.Transport.Dial(ctx, address, hello)
}

func (c *counted) Listen(address string, hello transport.Hello, accept func(transport.Link)) (transport.Listener, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuse != nil {
		return nil, c.refuse
	}
	l, err := c.Transport.Listen(address, hello, func(l transport.Link) {
		c.accepts.Add(1)
		accept(l)
	})
	if err == nil {
		c.listens = append(c.listens, l.Address())
	}
	return l, err
}

func (c *counted) refusing(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = err
}

// sockets are all that were opened: a socket for each of them.
func (c *counted) sockets() [3]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return [3]int{len(c.listens), int(c.dials.Load()), int(c.accepts.Load())}
}

func count() (*counted, func(*Config)) {
	c := &counted{Transport: tcp.Transport{}}
	return c, func(config *Config) { config.Transport = c }
}

// The earlier system had a listener for each name and a connection for each
// session, and its network died silently with the thousandth. Two processes need
// one listener and one link, whatever they have to do with each other.
func TestManyNamesOneSocket(t *testing.T) {
	names := 2000
	if testing.Short() {
		names = 200
	}
	host := open(t, directory.Host, "")
	atPub, counting := count()
	pub := open(t, directory.Process, host.Address(), counting)
	atSub, counting := count()
	sub := open(t, directory.Process, host.Address(), counting)
	sub.subscribe(1, "svc:.*", directory.Host)
	for i := range names {
		pub.publish(1, directory.Name(fmt.Sprint("svc:", i)), directory.Host)
		if got, _ := next[directory.Delivered](pub, 1); got.Subscriber != sub.Mint.Address(1) {
			t.Fatalf("got %v", got)
		}
		_, session := next[directory.Available](sub, 1)
		if err := session.Send(session.Local(), "hello"); err != nil {
			t.Fatal(err)
		}
		if got := pub.message(1); got.Message != "hello" || got.Session == nil {
			t.Fatalf("got %v", got)
		}
	}
	for i := range names { // and as many subscriptions to one name
		actor := transport.ActorID(10 + i)
		sub.mu.Lock()
		sub.boxes[actor] = make(chan any, 10) // thousands of large ones take their time
		sub.mu.Unlock()
		sub.subscribe(actor, "svc:0", directory.Host)
		next[directory.Available](sub, actor)
	}
	if got, want := atPub.sockets(), [3]int{1, 1, 1}; got != want { // the directory, the subscriber
		t.Errorf("the publisher listened, dialled and accepted %v times, want %v", got, want)
	}
	if got, want := atSub.sockets(), [3]int{0, 2, 0}; got != want {
		t.Errorf("the subscriber listened, dialled and accepted %v times, want %v", got, want)
	}
}

// left is what a node still has of registrations and sessions.
func (p *process) left() string {
	found := make(chan string, 1)
	p.post(func() {
		inLinks := 0
		for _, l := range p.links {
			l.sessions.mu.Lock()
			inLinks += len(l.sessions.live)
			l.sessions.mu.Unlock()
			inLinks += l.attempts.underWay + len(l.attempts.waiting)
		}
		known := len(slices.Collect(p.machine.Publications())) + len(slices.Collect(p.machine.Subscriptions()))
		found <- fmt.Sprintf("%d sessions, %d of links, %d timers, %d dialled, %d known", len(p.sessions), inLinks, len(p.timers.heap), len(p.dialling), known)
	})
	return <-found
}

// keepsNothing waits until a node has nothing left: it may hear of an end later, and
// takes back in slices what somebody said that has gone.
func (p *process) keepsNothing() {
	p.t.Helper()
	const want = "0 sessions, 0 of links, 0 timers, 0 dialled, 0 known"
	got := p.left()
	for deadline := time.Now().Add(patienceOfMany); got != want && time.Now().Before(deadline); got = p.left() {
		time.Sleep(10 * time.Millisecond)
	}
	if got != want {
		p.t.Errorf("%v still has %s", p.Scope, got)
	}
}

// The earlier system lost a listener and an actor for each name that was taken
// back, and left the sessions of a subscription open that was. Here both ends are
// told, and neither keeps anything.
func TestPublishAndTakeBackLeavesNothing(t *testing.T) {
	transporttest.Leaks(t, "layer-cake/directory/", "layer-cake/transport/")
	host := open(t, directory.Host, "")
	atPub, counting := count()
	pub := open(t, directory.Process, host.Address(), counting)
	atSub, counting := count()
	sub := open(t, directory.Process, host.Address(), counting)
	var used [2][3]int
	for round := range 100 {
		pub.publish(1, "svc", directory.Host)
		sub.subscribe(1, "svc", directory.Host)
		next[directory.Available](sub, 1)
		next[directory.Delivered](pub, 1)
		switch round % 4 { // whoever goes first, and however
		case 0:
			pub.Unpublish(1, "svc")
			next[directory.Dropped](pub, 1)
			next[directory.Unpublished](pub, 1)
			next[directory.Dropped](sub, 1)
			sub.Unsubscribe(1, "svc")
			next[directory.Unsubscribed](sub, 1)
		case 1:
			sub.Unsubscribe(1, "svc")
			next[directory.Dropped](sub, 1)
			next[directory.Unsubscribed](sub, 1)
			next[directory.Dropped](pub, 1)
			pub.Unpublish(1, "svc")
			next[directory.Unpublished](pub, 1)
		case 2:
			pub.Ended(1)
			next[directory.Dropped](sub, 1)
			sub.Ended(1)
		case 3:
			sub.Ended(1)
			next[directory.Dropped](pub, 1)
			pub.Ended(1)
		}
		if round == 0 {
			used = [2][3]int{atPub.sockets(), atSub.sockets()}
		}
	}
	if now := [2][3]int{atPub.sockets(), atSub.sockets()}; now != used {
		t.Errorf("sockets opened: %v, after the first round %v", now, used)
	}
	for _, p := range []*process{pub, sub, host} {
		p.keepsNothing()
		if n := len(p.registry.names) + len(p.registry.actors); p != host && n > 1 { // an actor that lives may be remembered
			t.Errorf("%v remembers %d names and actors", p.Scope, n)
		}
	}
}

// Of two actors that publish a name at the same moment one is told that it is
// taken. In the earlier system both were told Published.
func TestSameNameTwiceAtOnce(t *testing.T) {
	p := open(t, directory.Process, "")
	const actors = 8
	for i := range 500 {
		name := directory.Name(fmt.Sprint("svc:", i))
		var refused atomic.Int64
		var all sync.WaitGroup
		for actor := range transport.ActorID(actors) {
			all.Go(func() {
				if err := p.Publish(1+actor, name, directory.Process); err != nil {
					var reason directory.NotPublished
					if !errors.As(err, &reason) || reason.Name != name || reason.Reason != "already published in this process" {
						t.Errorf("got %v", err)
					}
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if refused.Load() != actors-1 {
			t.Fatalf("%d of %d were refused", refused.Load(), actors)
		}
		if n := len(p.publications()); n != i+1 {
			t.Fatalf("%d names are known, want %d", n, i+1)
		}
	}
	told := 0
	for actor := range transport.ActorID(actors) {
		told += len(p.heard(1 + actor))
	}
	if told != 500 {
		t.Errorf("%d times somebody was told Published, want 500", told)
	}
}

// Where no port can be had the publisher is told so. The earlier system told it
// neither Published nor NotPublished.
func TestNotPublishedWithoutAPort(t *testing.T) {
	host := open(t, directory.Host, "")
	c, counting := count()
	p := open(t, directory.Process, host.Address(), counting)
	sub := open(t, directory.Process, host.Address())
	sub.subscribe(1, "svc", directory.Host)
	c.refusing(errors.New("no more ports"))
	var refusal directory.NotPublished
	if err := p.Publish(1, "svc", directory.Host); !errors.As(err, &refusal) || refusal.Reason != "no more ports" {
		t.Errorf("got %v", err)
	}
	p.publish(2, "inside", directory.Process) // needs none
	c.refusing(nil)
	p.publish(1, "svc", directory.Host) // the name is free, and the next attempt succeeds
	next[directory.Available](sub, 1)
}

// The earlier system listened on all addresses of the machine for a name that was
// meant for the LAN. A process listens on loopback, and for LAN names on the one
// address that it has there; on none of the others, and not before (R16).
func TestLANNamesListenOnOneAddress(t *testing.T) {
	c, counting := count()
	p := open(t, directory.Process, "", counting, func(c *Config) {
		c.LAN = func() (string, error) { return "127.0.0.2:0", nil }
	})
	for i, scope := range []directory.Scope{directory.Process, directory.Group, directory.Host, directory.LAN, directory.LAN} {
		p.publish(1, directory.Name(fmt.Sprint("svc:", i)), scope)
		var hosts []string
		for _, address := range c.listens {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				t.Fatal(err)
			}
			hosts = append(hosts, host)
		}
		var want []string
		if scope < directory.Process {
			want = []string{"127.0.0.1"}
		}
		if scope == directory.LAN {
			want = append(want, "127.0.0.2")
		}
		if !slices.Equal(hosts, want) {
			t.Errorf("for a name of scope %v it listens at %v, want %v", scope, hosts, want)
		}
	}
}

// A subscription that was taken back can be made again, by the same actor and by
// others. The earlier system entered it under one address and took it out under
// another.
func TestSubscribeAgain(t *testing.T) {
	p := open(t, directory.Process, "")
	p.publish(1, "svc", directory.Process)
	for range 3 {
		for _, actor := range []transport.ActorID{2, 3} {
			p.subscribe(actor, "svc", directory.Process)
			if err := p.Subscribe(actor, "svc", directory.Process); err == nil {
				t.Errorf("actor %d subscribed twice", actor)
			}
			next[directory.Available](p, actor)
		}
		for _, actor := range []transport.ActorID{2, 3} {
			p.Unsubscribe(actor, "svc")
			next[directory.Dropped](p, actor)
			next[directory.Unsubscribed](p, actor)
		}
	}
}

// The earlier system swallowed that a port was taken: a directory lived on that
// nobody could reach. To open one is an error that names the address (R18).
func TestTakenPortIsAnError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := taken.Addr().String()
	p := &process{t: t}
	n, err := Open(Config{Scope: directory.Host, Listen: at, Transport: tcp.Transport{}, Actors: p, Mint: transport.NewMint(transport.NewProcessID())})
	if err == nil {
		n.Close()
		t.Fatal("it was opened")
	}
	if !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("got %v, want an error that names %s and says why", err, at)
	}
}
