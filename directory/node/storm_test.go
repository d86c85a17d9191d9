package node

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A raider is a peer on a bare socket, that reads only if the test does, and writes
// whatever it likes.
type raider struct {
	*net.TCPConn
	k    *court
	self transport.ProcessID
	calm sync.RWMutex // held to write in a flood, and by who wants it to stand still
}

func (k *court) raider(t *testing.T, heartbeat uint32) *raider {
	t.Helper()
	conn, err := net.Dial("tcp", k.pub.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	r := &raider{TCPConn: conn.(*net.TCPConn), k: k, self: transport.NewProcessID()}
	greeting := dirwire.Greeting{Relation: dirwire.Peer, Directory: directory.Directory{Process: r.self, Scope: directory.Process, Executable: "raider"}}
	hello, err := wire.AppendHello(nil, transport.Hello{Process: r.self, Heartbeat: heartbeat, Body: dirwire.AppendGreeting(nil, greeting)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Write(wire.AppendFrame(nil, wire.Hello, hello)); err != nil {
		t.Fatal(err)
	}
	return r
}

func says(msgs ...directory.Message) (b []byte) {
	for _, m := range msgs {
		body, kind := dirwire.Append(nil, m)
		b = wire.AppendFrame(b, kind, body)
	}
	return b
}

// opens are the frames that name type 1 and open so many sessions, from 1 on.
func (r *raider) opens(n int) []byte {
	b := wire.AppendFrame(nil, wire.Type, wire.AppendType(nil, 1, "text"))
	for i := range directory.SessionID(n) {
		b = append(b, says(
			directory.Open{
				Session: i + 1, Publication: r.k.publication.ID, Token: r.k.publication.Token, Scope: directory.Host,
				Subscriber: transport.Address{Process: r.self, Actor: 1, Key: 1},
			},
			directory.Commit{Session: i + 1})...)
	}
	return b
}

func (r *raider) message(to transport.ActorID, text string) []byte {
	head := wire.MessageHead{To: r.k.pub.Mint.Address(to), From: transport.Address{Process: r.self, Actor: 1, Key: 1}, Type: 1}
	body, _, _ := texts{}.Append(wire.AppendMessage(nil, head), text)
	return wire.AppendFrame(nil, wire.Message, body)
}

// floods writes the frames again and again, until it is cut off or the test ends. It
// returns how many bytes it wrote.
func (r *raider) floods(until <-chan struct{}, frames []byte) (total int) {
	for {
		select {
		case <-until:
			return total
		default:
		}
		r.calm.RLock()
		n, err := r.Write(frames)
		r.calm.RUnlock()
		if total += n; err != nil {
			return total
		}
	}
}

// still runs f while no flood writes: what is set aside while garbage is collected
// would count as alive. A flood that cannot go on is still as it is.
func (r *raider) still(f func()) {
	held := make(chan struct{})
	go func() {
		r.calm.Lock()
		close(held)
	}()
	select {
	case <-held:
	case <-time.After(100 * time.Millisecond):
	}
	f()
	go func() {
		<-held
		r.calm.Unlock()
	}()
}

// A raid is what one hostile peer does.
type raid struct {
	// do goes on until it is cut off or the channel is closed. Before it goes on
	// for good it says that it has begun.
	do func(t *testing.T, r *raider, begun func(), until <-chan struct{})
	// most is how much more the heap may have meanwhile, in bytes: what the limits
	// allow, and a little for what else moves.
	most uint64
	// cut says that the node ends the link by itself.
	cut bool
}

const (
	queueBytes = 1 << 20 // of a link in these tests
	otherwise  = 6 << 20 // what else moves
)

// flood is a raid of the same frames over and over, behind others.
func flood(most uint64, cut bool, first, again func(r *raider) []byte) raid {
	return raid{most: most + otherwise, cut: cut, do: func(t *testing.T, r *raider, begun func(), until <-chan struct{}) {
		if first != nil {
			if _, err := r.Write(first(r)); err != nil {
				t.Error(err)
			}
		}
		frames := again(r)
		for len(frames) < 64<<10 && !cut {
			frames = append(frames, frames...)
		}
		r.Write(frames)
		begun()
		r.floods(until, frames)
	}}
}

// R17: whatever one peer does, the memory of the process stays within what the limits
// allow, others are served meanwhile, and when it has gone nothing of it is left.
func TestRaids(t *testing.T) {
	text := strings.Repeat("x", 200)
	opened := func(n int) func(r *raider) []byte { return func(r *raider) []byte { return r.opens(n) } }
	named := opened(0)
	data := func(number uint64) func(*raider) []byte {
		return func(*raider) []byte {
			body, _, _ := texts{}.Append(wire.AppendData(nil, wire.DataHead{Session: number, Type: 1}), text)
			return wire.AppendFrame(nil, wire.DataOut, body)
		}
	}
	for name, raid := range map[string]raid{
		"data to a mailbox that nobody empties": flood(3*wire.SessionWindow, true, opened(1), data(1)),
		"data in no session":                    flood(0, false, named, data(99)),
		"messages to an actor that takes none":  flood(3*wire.LinkWindow, true, named, func(r *raider) []byte { return r.message(5, text) }),
		// What it is told it does not read.
		"messages to an actor that takes all": flood(queueBytes, false, named, func(r *raider) []byte { return r.message(7, text) }),
		"messages to an actor that is gone":   flood(queueBytes, false, named, func(r *raider) []byte { return r.message(4, text) }),
		"messages to an actor that is full":   flood(queueBytes, false, named, func(r *raider) []byte { return r.message(6, text) }),
		"sessions without the token": flood(queueBytes, true, nil, func(r *raider) []byte {
			return says(directory.Open{Session: 1, Publication: r.k.publication.ID, Scope: directory.Host, Subscriber: transport.Address{Process: r.self, Actor: 1, Key: 1}})
		}),
		"ends of no session":    flood(queueBytes, true, nil, func(*raider) []byte { return says(directory.Close{Session: 5}) }),
		"commits of no session": flood(0, false, nil, func(*raider) []byte { return says(directory.Commit{Session: 5}) }),
		"what came back, of nobody": flood(0, false, named, func(r *raider) []byte {
			h := wire.UndeliveredHead{Told: transport.Address{Process: r.k.pub.ID(), Actor: 1, Key: 1}, Reason: "x", Type: 1}
			body, _, _ := texts{}.Append(wire.AppendUndelivered(nil, h), text)
			return wire.AppendFrame(nil, wire.Undelivered, body)
		}),
		"heartbeats": flood(0, false, nil, func(*raider) []byte { return wire.AppendFrame(nil, wire.Heartbeat, nil) }),
		"credit for no session": flood(0, false, nil, func(*raider) []byte {
			return wire.AppendFrame(nil, wire.Credit, wire.AppendCredit(nil, wire.CreditHead{Side: wire.ToPublisher, Session: 9, Bytes: 1 << 40}))
		}),
		"types": flood(2*wire.MaxTypes*wire.MaxTypeName, true, nil, func(*raider) (b []byte) {
			for i := range uint64(wire.MaxTypes) {
				b = wire.AppendFrame(b, wire.Type, wire.AppendType(nil, i+1, strings.Repeat("t", wire.MaxTypeName)))
			}
			return b
		}),
		"parts of thousands of numbers": flood(maxWholes*(headRoom+wire.Overhead+500), true, named, func(r *raider) (b []byte) {
			head := wire.AppendMessage(nil, wire.MessageHead{To: r.k.pub.Mint.Address(5), Type: 1})
			for i := range uint64(maxWholes + 1) {
				h := wire.PartHead{Number: i + 1, First: true, Kind: wire.Message, Size: wire.PartSize + 1}
				b = wire.AppendFrame(b, wire.Part, append(wire.AppendPart(nil, h), head...))
			}
			return b
		}),
		"resets in the midst of a frame": {most: otherwise, cut: true, do: func(t *testing.T, r *raider, begun func(), until <-chan struct{}) {
			for range 20 {
				half := append(r.opens(1), r.message(5, text)...)
				r.Write(half[:len(half)-100])
				r.SetLinger(0) // the other end is told nothing
				r.Close()
				r = r.k.raider(t, seldom)
			}
			begun()
			r.SetLinger(0)
			r.Close()
		}},
		"half-open": {most: otherwise, cut: true, do: func(t *testing.T, r *raider, begun func(), until <-chan struct{}) {
			r = r.k.raider(t, 10) // its heartbeats would have to come so often
			defer r.Close()
			r.Write(r.opens(3))
			begun()
			io.Copy(io.Discard, r) // until it is cut off
		}},
		"one byte at a time": {most: otherwise, do: func(t *testing.T, r *raider, begun func(), until <-chan struct{}) {
			frames := append(r.opens(1), r.message(5, text)...)
			for i, b := range frames {
				if i == 100 {
					begun()
				}
				if _, err := r.Write([]byte{b}); err != nil {
					t.Error(err)
				}
			}
			<-until
		}},
		"sessions that are not read":       {most: 20*(wire.SessionWindow+wire.MaxPending) + queueBytes + otherwise, do: unread(20, 0)},
		"sessions that are read by a byte": {most: 20*(wire.SessionWindow+wire.MaxPending) + queueBytes + otherwise, do: unread(20, 1)},
	} {
		t.Run(name, func(t *testing.T) { raid.run(t) })
	}
}

// unread opens sessions in which much is said, and reads a few bytes of it at a time.
func unread(sessions, bytes int) func(t *testing.T, r *raider, begun func(), until <-chan struct{}) {
	return func(t *testing.T, r *raider, begun func(), until <-chan struct{}) {
		r.Write(r.opens(sessions))
		for deadline := time.Now().Add(patienceOfMany); len(r.k.crowd.all()) < sessions; {
			if r.k.pub.onNode(func() {}); time.Now().After(deadline) {
				t.Errorf("of %d sessions %d were opened", sessions, len(r.k.crowd.all()))
				break
			}
		}
		said := strings.Repeat("x", 20_000)
		one := make([]byte, max(bytes, 1))
		for i := 0; ; i++ {
			r.k.crowd.answer(said)
			if bytes > 0 {
				if _, err := io.ReadFull(r, one); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Error(err)
				}
			}
			if i == 50 { // more than all windows have
				begun()
			}
			select {
			case <-until:
				return
			default:
			}
		}
	}
}

func (raid raid) run(t *testing.T) {
	transporttest.Leaks(t, "layer-cake/directory/", "layer-cake/transport/")
	k := newCourt(t, func(c *Config) {
		c.Transport = tcp.Transport{QueueBytes: queueBytes}
		c.Heartbeat = 5000 // a raid leaves little of a machine that has other things to do
	})
	k.exchange(t, 10)
	before, files := heapInUse(), descriptors(t)
	r := k.raider(t, seldom)
	begun, until, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	end := sync.OnceFunc(func() {
		close(until)
		r.SetDeadline(time.Unix(1, 0)) // if it still writes, or reads
		<-over
	})
	defer end()
	go func() {
		defer close(over)
		raid.do(t, r, sync.OnceFunc(func() { close(begun) }), until)
	}()
	select {
	case <-begun:
	case <-time.After(patienceOfMany):
		t.Fatal("the raid has not begun")
	}
	for range 5 {
		k.exchange(t, 10)
		r.still(func() {
			if now, ok := heapWithin(before + raid.most); !ok {
				t.Errorf("the heap has %d bytes more than before, %d are allowed", now-before, raid.most)
			}
		})
	}
	if raid.cut {
		select {
		case <-over:
		case <-time.After(patienceOfMany):
			t.Error("it was not cut off")
		}
	}
	end()
	r.Close()
	k.quiet(t)
	k.crowd.settle()
	k.crowd.forget()
	if now := descriptors(t); now > files {
		t.Errorf("%d descriptors are open, %d were before", now, files)
	}
	k.exchange(t, 10)
	if got := k.sub.heard(1); len(got) > 0 {
		t.Errorf("the honest subscriber was told %v", got)
	}
}

// exchange has the honest pair say something to each other, so many times.
func (k *court) exchange(t *testing.T, n int) {
	t.Helper()
	for range n {
		k.undisturbed(t)
	}
}

// quiet waits until the nodes are as they were at the beginning.
func (k *court) quiet(t *testing.T) {
	t.Helper()
	var d string
	for deadline := time.Now().Add(patienceOfMany); time.Now().Before(deadline); {
		if d = cmp.Diff(k.rest, k.resting()); d == "" {
			return
		}
		select {
		case <-t.Context().Done():
			return
		case <-time.After(time.Millisecond):
		}
	}
	t.Errorf("at rest (-before +after):\n%s", d)
}

// all are the sessions of others.
func (a *audience) all() []*Session {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sessions
}

// descriptors is how many files the process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if errors.Is(err, os.ErrNotExist) {
		return 0 // no Linux
	}
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
