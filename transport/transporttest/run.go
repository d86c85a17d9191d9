package transporttest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/transport"
)

// Heartbeat is what links of these tests say, in milliseconds: long enough that a
// busy machine is not taken for a dead one.
const Heartbeat = 2000

// Hello returns the hello of a new process.
func Hello(body string) transport.Hello {
	return transport.Hello{Process: transport.NewProcessID(), Heartbeat: Heartbeat, Body: []byte(body)}
}

// A Maker returns a transport and an address at which it may listen, any number of
// times one after the other.
type Maker func(t *testing.T) (transport.Transport, string)

// Run runs all the tests. Each calls make once.
func Run(t *testing.T, make Maker) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, p *pair)
	}{
		{"hello goes both ways", hello},
		{"frames are whole and in order", order},
		{"big frames", bigFrames},
		{"both ways at once", bothWays},
		{"concurrent senders", concurrentSenders},
		{"a body is not kept", bodyIsCopied},
		{"frames sent before Start arrive", beforeStart},
		{"what a link does not carry is refused", notCarried},
		{"Close tells both ends why", closeTells},
		{"Close sends what was queued", closeSends},
		{"Close of both ends", closeBoth},
		{"Close without a reason", closeWithoutReason},
		{"Close before Start", closeBeforeStart},
		{"Close within Received", closeWithinReceived},
		{"Send after Close", sendAfterClose},
		{"Send after Lost", sendAfterLost},
		{"a receiver's error closes", receiverError},
		{"a long reason is cut", longReason},
		{"a full queue refuses", fullQueue},
		{"Queued is what waits", queued},
		{"a slow receiver delays its own link only", slowReceiver},
		{"frames of each lane are in order", laneOrder},
		{"control arrives before what is sent in a lane later", controlFirst},
		{"lanes share the limit of the queue", laneLimit},
		{"Close sends what lanes have queued", closeSendsLanes},
		{"lanes after Close and Lost", laneAfterClose},
	} {
		t.Run(c.name, func(t *testing.T) {
			Leaks(t, "layer-cake/transport/")
			transport, address := make(t)
			c.test(t, newPair(t, transport, address))
		})
	}
	for _, c := range []struct {
		name string
		test func(t *testing.T, transport transport.Transport, address string)
	}{
		{"Close of a listener leaves its links", listenerClose},
		{"a listener's address is free again", listenerAgain},
		{"an address that is taken", listenTaken},
		{"dial to nobody", dialNobody},
		{"dial with a context that has ended", dialEnded},
		{"a hello that is not allowed", badHello},
		{"many dial at once", manyDial},
	} {
		t.Run(c.name, func(t *testing.T) {
			Leaks(t, "layer-cake/transport/")
			transport, address := make(t)
			c.test(t, transport, address)
		})
	}
}

// A pair is the two ends of a link that are not started.
type pair struct {
	dialler, acceptor       transport.Link
	saidDialler, saidAccept transport.Hello
	fromDialler, fromAccept *Recorder // what each end received from the other
}

// start starts both ends.
func (p *pair) start() {
	p.dialler.Start(p.fromAccept)
	p.acceptor.Start(p.fromDialler)
}

func newPair(t *testing.T, transport transport.Transport, address string) *pair {
	t.Helper()
	p := &pair{
		saidDialler: Hello("I dial"), saidAccept: Hello("I am dialled"),
		fromDialler: new(Recorder), fromAccept: new(Recorder),
	}
	l, links := listen(t, transport, address, p.saidAccept)
	p.dialler = dial(t, transport, l.Address(), p.saidDialler)
	p.acceptor = accepted(t, links)
	return p
}

func listen(t *testing.T, tr transport.Transport, address string, hello transport.Hello) (transport.Listener, <-chan transport.Link) {
	t.Helper()
	links := make(chan transport.Link, 100)
	l, err := tr.Listen(address, hello, func(l transport.Link) { links <- l })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close of the listener: %v", err)
		}
	})
	return l, links
}

// dial returns a link that is closed at the end of the test.
func dial(t *testing.T, tr transport.Transport, address string, hello transport.Hello) transport.Link {
	t.Helper()
	l, err := tr.Dial(context.Background(), address, hello)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(errors.New("the test is over")) })
	return l
}

// accepted returns the next link that was accepted; it is closed at the end of the test.
func accepted(t *testing.T, links <-chan transport.Link) transport.Link {
	t.Helper()
	select {
	case l := <-links:
		t.Cleanup(func() { l.Close(errors.New("the test is over")) })
		return l
	case <-time.After(patience):
		t.Fatal("no link was accepted")
		return nil
	}
}

// send sends bodies, and fails the test if one is refused.
func send(t *testing.T, l transport.Link, kind transport.Kind, bodies ...string) {
	t.Helper()
	for i, b := range bodies {
		if err := l.Send(kind, []byte(b)); err != nil {
			t.Fatalf("Send of frame %d: %v", i, err)
		}
	}
}

// numbered returns n bodies that differ.
func numbered(n int) []string {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("number %d", i)
	}
	return bodies
}
