package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// The main story: two processes that know a name meet through the directory and
// talk directly.
func TestStrangersMeet(t *testing.T) {
	host := open(t, directory.Host, "")
	a := open(t, directory.Process, host.Address())
	b := open(t, directory.Process, host.Address())
	b.subscribe(2, "svc:.*", directory.Host)
	a.publish(1, "svc:a", directory.Host)

	available, out := next[directory.Available](b, 2)
	delivered, back := next[directory.Delivered](a, 1)
	if available.Name != "svc:a" || available.Scope != directory.Host || available.Publisher != a.Mint.Address(1) {
		t.Errorf("got %v", available)
	}
	if delivered.Subscriber != b.Mint.Address(2) || delivered.Scope != directory.Host {
		t.Errorf("got %v", delivered)
	}

	const count = 1000
	for i := range count {
		if err := out.Send(out.Local(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		if err := back.Send(back.Local(), fmt.Sprint(-i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range count {
		want := Delivery{To: a.Mint.Address(1), From: b.Mint.Address(2), Session: back, Message: fmt.Sprint(i)}
		if got := a.message(1); got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
		if got := b.message(2); got.Message != fmt.Sprint(-i) || got.Session != out {
			t.Fatalf("got %v, want %d", got, -i)
		}
	}

	a.Unpublish(1, "svc:a")
	if got, _ := next[directory.Dropped](a, 1); got.Reason == "" || got.Remote != b.Mint.Address(2) {
		t.Errorf("the publisher got %v", got)
	}
	next[directory.Unpublished](a, 1)
	if got, _ := next[directory.Dropped](b, 2); got.Reason == "" || got.Remote != a.Mint.Address(1) || got.Pattern != "svc:.*" {
		t.Errorf("the subscriber got %v", got)
	}
	if err := out.Send(out.Local(), "late"); !errors.Is(err, transport.ErrEnded) {
		t.Errorf("sent after the end: %v", err)
	}
}

// R5, R7: inside a process the actors meet without a link.
func TestInsideAProcess(t *testing.T) {
	p := open(t, directory.Process, "")
	p.publish(1, "a", directory.Process)
	p.subscribe(2, "a", directory.Process)
	_, out := next[directory.Available](p, 2)
	_, back := next[directory.Delivered](p, 1)
	out.Send(out.Local(), "ping")
	if got := p.message(1); got.Message != "ping" || got.Session != back {
		t.Errorf("got %v", got)
	}
	back.Send(back.Local(), "pong")
	if got := p.message(2); got.Message != "pong" || got.Session != out {
		t.Errorf("got %v", got)
	}
	p.Ended(1)
	next[directory.Dropped](p, 2)
	if p.Address() != "" {
		t.Errorf("it listens at %s for a name that stays inside", p.Address())
	}
}

// R3, R9, R12: when the publisher's process dies the next holder is used.
func TestFallback(t *testing.T) {
	host := open(t, directory.Host, "")
	sub := open(t, directory.Process, host.Address())
	sub.subscribe(1, "svc", directory.Host)
	first := open(t, directory.Process, host.Address())
	first.publish(1, "svc", directory.Host)
	if got, _ := next[directory.Available](sub, 1); got.Publisher != first.Mint.Address(1) {
		t.Fatalf("got %v", got)
	}
	second := open(t, directory.Process, host.Address())
	second.publish(1, "svc", directory.Host)

	first.stop()
	next[directory.Dropped](sub, 1)
	if got, _ := next[directory.Available](sub, 1); got.Publisher != second.Mint.Address(1) {
		t.Fatalf("got %v", got)
	}
}

// R8: a nearer publisher is better; the old session ends when the new one is
// ready, and what was under way in it is not lost.
func TestUpgrade(t *testing.T) {
	lan := open(t, directory.LAN, "")
	near := open(t, directory.Host, lan.Address())
	far := open(t, directory.Host, lan.Address())
	sub := open(t, directory.Process, near.Address())
	remote := open(t, directory.Process, far.Address())
	sub.subscribe(1, "svc", directory.LAN)
	remote.publish(1, "svc", directory.LAN)
	if got, _ := next[directory.Available](sub, 1); got.Scope != directory.LAN {
		t.Fatalf("got %v", got)
	}
	local := open(t, directory.Process, near.Address())
	local.publish(1, "svc", directory.LAN)
	next[directory.Dropped](sub, 1)
	if got, _ := next[directory.Available](sub, 1); got.Scope != directory.Host || got.Publisher != local.Mint.Address(1) {
		t.Fatalf("got %v", got)
	}
	next[directory.Delivered](remote, 1)
	next[directory.Dropped](remote, 1)

	local.stop()
	next[directory.Dropped](sub, 1)
	if got, _ := next[directory.Available](sub, 1); got.Scope != directory.LAN || got.Publisher != remote.Mint.Address(1) {
		t.Fatalf("got %v", got)
	}
}

// A machine without a LAN address publishes for itself: elsewhere nobody dials
// an address that would be another there.
func TestNoLANAddress(t *testing.T) {
	lan := open(t, directory.LAN, "")
	near, far := open(t, directory.Host, lan.Address()), open(t, directory.Host, lan.Address())
	pub := open(t, directory.Process, far.Address(), func(c *Config) {
		c.LAN = func() (string, error) { return "", errors.New("no LAN here") }
	})
	local := open(t, directory.Process, far.Address())
	sub := open(t, directory.Process, near.Address())
	sub.subscribe(1, "svc", directory.LAN)
	local.subscribe(1, "svc", directory.LAN)
	pub.publish(1, "svc", directory.LAN)
	if got, _ := next[directory.Available](local, 1); got.Scope != directory.Host {
		t.Errorf("got %v", got)
	}
	next[directory.Delivered](pub, 1)
	if log := pub.logs.String(); !strings.Contains(log, "no LAN here") {
		t.Errorf("the log does not say so:\n%s", log)
	}
	// Another that can be reached is found, though the first is older.
	other := open(t, directory.Process, near.Address())
	other.publish(1, "svc", directory.LAN)
	if got, _ := next[directory.Available](sub, 1); got.Scope != directory.Host {
		t.Errorf("got %v", got)
	}
}

// R10, R14: a directory that dies ends no session; when it is back at its
// address everything is said again.
func TestDirectoryRestarts(t *testing.T) {
	host := open(t, directory.Host, "")
	address := host.Address()
	sub := open(t, directory.Process, address)
	pub := open(t, directory.Process, address)
	sub.subscribe(1, ".*", directory.Host)
	pub.publish(1, "one", directory.Host)
	_, session := next[directory.Available](sub, 1)
	host.stop()

	pub.publish(2, "two", directory.Host) // while nobody can introduce it
	if err := session.Send(session.Local(), "still there"); err != nil {
		t.Fatal(err)
	}
	next[directory.Delivered](pub, 1)
	if got := pub.message(1); got.Message != "still there" {
		t.Errorf("got %v", got)
	}

	open(t, directory.Host, "", func(c *Config) { c.Listen = address })
	if got, _ := next[directory.Available](sub, 1); got.Name != "two" {
		t.Errorf("got %v", got)
	}
}

// R11: nothing in a session comes before the actor was told of it.
func TestGate(t *testing.T) {
	host := open(t, directory.Host, "")
	a := open(t, directory.Process, host.Address())
	b := open(t, directory.Process, host.Address())
	a.publish(1, "a", directory.Host)
	const sessions = 50
	for i := range sessions {
		actor := transport.ActorID(10 + i)
		b.subscribe(actor, "a", directory.Host)
		_, s := next[directory.Available](b, actor)
		s.Send(s.Local(), "at once")
		next[directory.Delivered](a, 1)
		if got := a.message(1); got.Message != "at once" {
			t.Fatalf("got %v", got)
		}
		b.Unsubscribe(actor, "a")
		next[directory.Dropped](b, actor)
		next[directory.Unsubscribed](b, actor)
		next[directory.Dropped](a, 1)
	}
}

// One link carries every session between two processes.
func TestOneLink(t *testing.T) {
	host := open(t, directory.Host, "")
	a := open(t, directory.Process, host.Address())
	b := open(t, directory.Process, host.Address())
	for i := range 20 {
		a.publish(transport.ActorID(i+1), directory.Name(fmt.Sprint("a:", i)), directory.Host)
	}
	b.publish(1, "b", directory.Host)
	b.subscribe(2, "a:.*", directory.Host)
	a.subscribe(100, "b", directory.Host)
	for range 20 {
		next[directory.Available](b, 2)
	}
	next[directory.Available](a, 100)
	for _, p := range []*process{a, b} {
		links := make(chan int, 1)
		p.post(func() { links <- len(p.links) })
		if got := <-links; got != 2 && got != 3 { // the parent, and the other: twice if both dialled at once
			t.Errorf("%d links", got)
		}
	}
}

// Of two links between two processes one is kept, the same for both (R14).
func TestBothDial(t *testing.T) {
	twice := 0
	for range 20 {
		host := open(t, directory.Host, "") // with the names of this round alone
		a := open(t, directory.Process, host.Address())
		b := open(t, directory.Process, host.Address())
		a.publish(1, "a", directory.Host)
		b.publish(1, "b", directory.Host)
		a.Subscribe(2, "b", directory.Host)
		b.Subscribe(2, "a", directory.Host)
		for _, p := range []*process{a, b} {
			next[directory.Subscribed](p, 2)
			next[directory.Available](p, 2)
			next[directory.Delivered](p, 1)
		}
		if twice == 0 && len(a.routes.all(b.ID())) == 2 && len(b.routes.all(a.ID())) == 2 {
			twice++
			smaller, larger := a, b
			if b.ID().Less(a.ID()) {
				smaller, larger = b, a
			}
			larger.endsWithOne(smaller) // its link goes, once its session has
			smaller.endsWithOne(larger)
		}
		a.stop()
		next[directory.Dropped](b, 1)
		next[directory.Dropped](b, 2)
		b.stop()
		until(t, func() bool { return host.known() == 0 }) // else the next would stand by
	}
	if twice == 0 {
		t.Log("no pair dialled each other at the same moment")
	}
}

// endsWithOne keeps the last session on the link that is to be closed, ends it,
// and waits until only one link is left.
func (p *process) endsWithOne(q *process) {
	p.t.Helper()
	p.Unsubscribe(2, "a")
	p.Unsubscribe(2, "b")
	next[directory.Dropped](p, 2)
	next[directory.Unsubscribed](p, 2)
	next[directory.Dropped](q, 1)
	deadline := time.After(patience)
	for len(p.routes.all(q.ID())) > 1 {
		select {
		case <-deadline:
			p.t.Fatal("there are still two links")
		case <-time.After(10 * time.Millisecond):
		}
	}
	pattern := directory.Pattern("a")
	if p.registry.names["a"] != nil {
		pattern = "b"
	}
	p.subscribe(2, pattern, directory.Host)
	next[directory.Available](p, 2)
	next[directory.Delivered](q, 1)
}

// A message between actors that only a third process knows goes through it.
func TestRelay(t *testing.T) {
	host := open(t, directory.Host, "")
	middle := open(t, directory.Process, host.Address())
	a := open(t, directory.Process, host.Address())
	b := open(t, directory.Process, host.Address())
	middle.publish(1, "middle", directory.Host)
	for _, p := range []*process{a, b} {
		p.subscribe(1, "middle", directory.Host)
		next[directory.Available](p, 1)
		next[directory.Delivered](middle, 1)
	}
	// b gets a's address from the middle, and replies to it.
	if err := middle.Send(a.Mint.Address(7), b.Mint.Address(1), "from a, they say"); err != nil {
		t.Fatal(err)
	}
	got := b.message(1)
	if got.From != a.Mint.Address(7) || got.Session != nil {
		t.Fatalf("got %v", got)
	}
	if err := b.Send(b.Mint.Address(1), got.From, "reply"); err != nil {
		t.Fatal(err)
	}
	if got := a.message(7); got.Message != "reply" || got.From != b.Mint.Address(1) {
		t.Errorf("got %v", got)
	}
	// The way back is known now, too; and an address inside a message is enough.
	if err := a.Send(a.Mint.Address(7), b.Mint.Address(1), b.Mint.Address(3)); err != nil {
		t.Fatal(err)
	}
	b.message(1)

	// What is passed on takes no more of the window.
	long := strings.Repeat("x", wire.PartSize/2)
	for range 4 * wire.LinkWindow / len(long) {
		for b.Send(b.Mint.Address(1), got.From, long) != nil {
			select {
			case <-b.Room(got.From.Process):
			case <-time.After(patience):
				t.Fatal("there is no more room on the way")
			}
		}
		a.message(7)
	}

	// What does not arrive comes back by the same way.
	a.mu.Lock()
	a.refuse = transport.ErrOverloaded
	a.mu.Unlock()
	if err := b.Send(b.Mint.Address(1), got.From, "too much"); err != nil {
		t.Fatal(err)
	}
	want := Undelivered{From: b.Mint.Address(1), To: a.Mint.Address(7), Message: "too much", Reason: transport.ErrOverloaded.Error()}
	if u, ok := b.next(1).(Undelivered); !ok || u != want {
		t.Errorf("got %v, want %v", u, want)
	}
}

// Names change hands in the order in which their actors say so, whoever is faster.
func TestNameChangesHands(t *testing.T) {
	p := open(t, directory.Process, "")
	for i := range 2000 {
		name := directory.Name(fmt.Sprint("x", i))
		if err := p.Publish(1, name, directory.Process); err != nil {
			t.Fatal(err)
		}
		taken := make(chan struct{})
		go func() {
			for p.Publish(2, name, directory.Process) != nil {
			}
			close(taken)
		}()
		p.Unpublish(1, name)
		<-taken
		if got, _ := next[directory.Published](p, 2); got.Name != name {
			t.Fatalf("got %v, want %s", got, name)
		}
	}
}

func TestAfterClose(t *testing.T) {
	p := open(t, directory.Process, "")
	p.publish(1, "a", directory.Host)
	p.stop()
	if err := p.Publish(1, "b", directory.Host); err == nil {
		t.Error("a closed node published")
	}
	if err := p.Subscribe(1, "b", directory.Host); err == nil {
		t.Error("a closed node subscribed")
	}
	p.Unpublish(1, "a")
	p.Ended(1)
}

// R16: who merely connects can address nobody; what it tries comes back to it.
func TestMadeUpAddress(t *testing.T) {
	host := open(t, directory.Host, "")
	a := open(t, directory.Process, host.Address())
	b := open(t, directory.Process, host.Address())
	a.publish(1, "a", directory.Host)
	b.subscribe(1, "a", directory.Host)
	next[directory.Available](b, 1)
	next[directory.Delivered](a, 1)

	forged := a.Mint.Address(1)
	forged.Key++
	if err := b.Send(b.Mint.Address(1), forged, "hello"); err != nil {
		t.Fatal(err)
	}
	got, ok := b.next(1).(Undelivered)
	want := Undelivered{From: b.Mint.Address(1), To: forged, Message: "hello", Reason: errNoAddress.Error()}
	if !ok || got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	b.Send(b.Mint.Address(1), a.Mint.Address(1), "real")
	if got := a.message(1); got.Message != "real" {
		t.Errorf("got %v", got)
	}
}

// What an actor cannot take comes back to who sent it (R17). The earlier system
// dropped it, and told nobody.
func TestUndelivered(t *testing.T) {
	host := open(t, directory.Host, "")
	a := open(t, directory.Process, host.Address())
	b := open(t, directory.Process, host.Address())
	a.publish(1, "a", directory.Host)
	b.subscribe(1, "a", directory.Host)
	_, s := next[directory.Available](b, 1)
	next[directory.Delivered](a, 1)
	a.mu.Lock()
	a.refuse = transport.ErrOverloaded
	a.mu.Unlock()
	for _, send := range []func() error{
		func() error { return s.Send(s.Local(), "in the session") },
		func() error { return b.Send(b.Mint.Address(1), a.Mint.Address(1), "outside") },
	} {
		if err := send(); err != nil {
			t.Fatal(err)
		}
		if u, ok := b.next(1).(Undelivered); !ok || u.To != a.Mint.Address(1) || u.Reason != transport.ErrOverloaded.Error() {
			t.Errorf("got %v", u)
		}
	}
	if err := s.Send(s.Local(), 42); err == nil {
		t.Error("a message without a codec was accepted")
	}
	if err := s.Send(s.Local(), strings.Repeat("x", wire.MaxMessage)); !errors.Is(err, transport.ErrTooLarge) {
		t.Errorf("a message beyond the limit: %v", err)
	}
}

// R2: what can be refused at once is, as an error.
func TestRefusals(t *testing.T) {
	p := open(t, directory.Process, "")
	p.publish(1, "a", directory.Process)
	p.subscribe(1, "x", directory.Process)
	for _, err := range []error{
		p.Publish(2, "a", directory.Process),
		p.Publish(2, "", directory.Process),
		p.Publish(2, "b", 0),
		p.Subscribe(1, "x", directory.Process),
		p.Subscribe(1, "(", directory.Process),
		p.Subscribe(1, "y", 99),
		p.Publish(2, "b", directory.WAN),
		p.Subscribe(1, "y", directory.WAN),
	} {
		if err == nil {
			t.Error("it was accepted")
		}
	}
	p.Unpublish(1, "a")
	next[directory.Unpublished](p, 1)
	p.publish(2, "a", directory.Process)
	p.Unpublish(1, "a") // not its own
	if err := p.Publish(3, "a", directory.Process); err == nil {
		t.Error("another actor took the name back")
	}
}

// R18: a directory that cannot be the parent is an error that names it.
func TestUnfitParent(t *testing.T) {
	host := open(t, directory.Host, "")
	other := open(t, directory.Host, host.Address())
	other.publish(1, "a", directory.LAN)
	if err := <-other.fatal; !strings.Contains(err.Error(), host.Address()) {
		t.Errorf("got %v", err)
	}
	lan := open(t, directory.LAN, "")
	strict := open(t, directory.Process, lan.Address(), func(c *Config) {
		c.ParentScope, c.ParentFixed = directory.Host, true
	})
	strict.publish(1, "a", directory.Host)
	if err := <-strict.fatal; !strings.Contains(err.Error(), "LAN") {
		t.Errorf("got %v", err)
	}
	if _, err := Open(Config{
		Scope: directory.Host, Listen: host.Address(), Transport: host.Transport, Actors: host, Mint: transport.NewMint(transport.NewProcessID()),
	}); err == nil || !strings.Contains(err.Error(), host.Address()) {
		t.Errorf("a taken port: %v", err)
	}
}

// Who seeks a parent for long is told what to do, once.
func TestMissingParent(t *testing.T) {
	p := open(t, directory.Process, "127.0.0.1:1", func(c *Config) { c.Advice = "start one" })
	p.publish(1, "a", directory.Host)
	deadline := time.After(patience)
	for !strings.Contains(p.logs.String(), "level=WARN") {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("no warning:\n%s", p.logs)
		}
	}
	if log := p.logs.String(); strings.Count(log, "still seeking") != 2 || !strings.Contains(log, `advice="start one"`) {
		t.Errorf("the log is\n%s", log)
	}
}

func TestSurvey(t *testing.T) {
	lan := open(t, directory.LAN, "")
	host := open(t, directory.Host, lan.Address())
	group := open(t, directory.Group, host.Address())
	role := open(t, directory.Process, group.Address())
	tool := open(t, directory.Process, host.Address())
	role.publish(1, "a", directory.LAN)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, p := range []*process{tool, role, group, host} {
		if err := p.Attach(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []*process{role, tool} { // now each directory on the way knows its child
		if _, _, err := p.Survey(ctx, Look{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []*process{lan, host, group, role, tool} {
		tree, _, err := p.Survey(ctx, Look{})
		if err != nil {
			t.Fatalf("%v: %v", p.Scope, err)
		}
		var lines []string
		var walk func(node Tree, depth int)
		walk = func(node Tree, depth int) {
			line := strings.Repeat(" ", depth) + node.Scope.String() + " " + node.Process.Short()
			if node.Silent {
				line += " silent"
			}
			lines = append(lines, line)
			slices.SortFunc(node.Children, func(a, b Tree) int { return int(a.Scope) - int(b.Scope) })
			for _, c := range node.Children {
				walk(c, depth+1)
			}
		}
		walk(tree, 0)
		want := []string{
			"LAN " + lan.ID().Short(),
			" HOST " + host.ID().Short(),
			"  GROUP " + group.ID().Short(),
			"   PROCESS " + role.ID().Short(),
			"  PROCESS " + tool.ID().Short(),
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("asked by %v (-want +got):\n%s", p.Scope, diff)
		}
	}
	// Several at once each see one tree.
	trees := make(chan Tree, 20)
	for range cap(trees) {
		go func() {
			tree, _, err := role.Survey(ctx, Look{})
			if err != nil {
				t.Error(err)
			}
			trees <- tree
		}()
	}
	for range cap(trees) {
		if tree := <-trees; len(tree.Children) != 1 || len(tree.Children[0].Children) != 2 {
			t.Errorf("got %v", tree)
		}
	}
	if err := open(t, directory.Process, "127.0.0.1:1").Attach(ctx); err == nil {
		t.Error("attached to nobody")
	}
}
