package node

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// texts is a codec of strings, and of addresses by value.
type texts struct{}

func (texts) Append(b []byte, message any) ([]byte, transport.Type, error) {
	switch m := message.(type) {
	case string:
		if len(m) < 1<<8 {
			return append(append(b, 0xd9, byte(len(m))), m...), textType("text"), nil
		}
		return append(binary.BigEndian.AppendUint32(append(b, 0xdb), uint32(len(m))), m...), textType("text"), nil
	case transport.Address:
		return m.Append(append(b, 0xc7, transport.AddressSize, wire.AddressExt)), textType("address"), nil
	}
	return b, nil, fmt.Errorf("%T is no text", message)
}

func (texts) Type(name string) transport.Type { return textType(name) }

type textType string

func (t textType) Name() string { return string(t) }
func (t textType) Serial() int  { return map[string]int{"text": 1, "address": 3}[t.Name()] }

func (t textType) Decode(body []byte, passed func(transport.Address)) (any, error) {
	if err := wire.Check(body); err != nil {
		return nil, err
	}
	switch name := t.Name(); {
	case name == "nil":
		return nil, nil
	case name == "text" && len(body) >= 5 && body[0] == 0xdb:
		return string(body[5:]), nil
	case name == "text" && len(body) >= 2:
		return string(body[2:]), nil
	case name == "address" && len(body) == 3+transport.AddressSize:
		a := transport.AddressOf([transport.AddressSize]byte(body[3:]))
		passed(a)
		return a, nil
	}
	return nil, fmt.Errorf("a %s of %d bytes", t, len(body))
}

// A process is a node and its actors, whose mailboxes are channels.
type process struct {
	*Node
	t    testing.TB
	logs *logs

	mu      sync.Mutex
	boxes   map[transport.ActorID]chan any // guarded by mu
	refuse  error                          // guarded by mu; Deliver's answer
	keeps   bool                           // guarded by mu; messages are taken when settled, else when they come
	ways    chan *Way                      // that were lost
	watched map[*Watcher]transport.Address // guarded by mu
	fatal   chan error
	stopped bool
}

// An event is what an actor gets: a fact and its session, or a Delivery.
type event struct {
	fact    directory.Message
	session *Session
}

func (p *process) box(actor transport.ActorID) chan any {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.boxes[actor] == nil {
		p.boxes[actor] = make(chan any, 100_000)
	}
	return p.boxes[actor]
}

func (p *process) Deliver(d Delivery) error {
	p.mu.Lock()
	err, keeps := p.refuse, p.keeps
	p.mu.Unlock()
	if err == nil {
		if !keeps {
			d.Due.Settle()
			d.Due, d.Room, d.Wakers = Due{}, 0, nil
		}
		p.box(d.To.Actor) <- d
	}
	return err
}

func (p *process) Tell(to transport.ActorID, fact directory.Message, s *Session) {
	p.box(to) <- event{fact, s}
}

func (p *process) Undelivered(u Undelivered) { p.box(u.From.Actor) <- u }
func (p *process) WayLost(w *Way)            { p.ways <- w }
func (p *process) Fatal(err error)           { p.fatal <- err }

func (p *process) Watch(actor transport.Address, w *Watcher) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse != nil {
		return p.refuse
	}
	if p.watched == nil {
		p.watched = make(map[*Watcher]transport.Address)
	}
	p.watched[w] = actor
	return nil
}

func (p *process) Unwatch(_ transport.Address, w *Watcher) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.watched, w)
}

// logs is a log that a test can look at.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

// forget lets go of what was logged.
func (l *logs) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = bytes.Buffer{}
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// open opens a node over TCP; its parent is at an address, or it has none.
func open(t testing.TB, scope directory.Scope, parent string, change ...func(*Config)) *process {
	t.Helper()
	p := &process{t: t, logs: new(logs), boxes: make(map[transport.ActorID]chan any), ways: make(chan *Way, 100), fatal: make(chan error, 10)}
	c := Config{
		Scope:      scope,
		Executable: scope.String(),
		Actors:     p,
		Codec:      texts{},
		Transport:  tcp.Transport{},
		Mint:       transport.NewMint(transport.NewProcessID()),
		Logger:     slog.New(slog.NewTextHandler(p.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	c.LAN = func() (string, error) { return "127.0.0.1:0", nil }
	if scope < directory.Process {
		c.Listen = "127.0.0.1:0"
	}
	if parent != "" {
		c.Parent = func() (string, error) { return parent, nil }
		c.ParentScope = scope - 1
	}
	for _, f := range change {
		f(&c)
	}
	n, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	p.Node = n
	t.Cleanup(p.stop)
	return p
}

func (p *process) stop() {
	if !p.stopped {
		p.stopped = true
		p.Close()
	}
}

func (p *process) publish(actor transport.ActorID, name directory.Name, scope directory.Scope) {
	p.t.Helper()
	if err := p.Publish(actor, name, scope); err != nil {
		p.t.Fatal(err)
	}
	next[directory.Published](p, actor)
}

func (p *process) subscribe(actor transport.ActorID, pattern directory.Pattern, scope directory.Scope) {
	p.t.Helper()
	if err := p.Subscribe(actor, pattern, scope); err != nil {
		p.t.Fatal(err)
	}
	next[directory.Subscribed](p, actor)
}

// next returns the next thing an actor gets, which must be a fact of type T.
func next[T directory.Message](p *process, actor transport.ActorID) (T, *Session) {
	p.t.Helper()
	got := p.next(actor)
	e, _ := got.(event)
	fact, ok := e.fact.(T)
	if !ok {
		p.t.Fatalf("actor %d of %v got %T %v, want a %T", actor, p.Scope, got, got, fact)
	}
	return fact, e.session
}

func (p *process) next(actor transport.ActorID) any {
	p.t.Helper()
	select {
	case got := <-p.box(actor):
		return got
	case <-time.After(patience):
		p.t.Fatalf("actor %d of %v got nothing; its log:\n%s", actor, p.Scope, p.logs)
		return nil
	}
}

// message returns the next thing an actor gets, which must be a message.
func (p *process) message(actor transport.ActorID) Delivery {
	p.t.Helper()
	got := p.next(actor)
	d, ok := got.(Delivery)
	if !ok {
		p.t.Fatalf("actor %d got %T %v, want a message", actor, got, got)
	}
	return d
}
