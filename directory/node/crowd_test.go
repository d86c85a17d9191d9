package node

import (
	"fmt"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// Much of everything, and what becomes of the others meanwhile (R17).

// patienceOfMany is how long a test waits for what must come of very many things, on
// a machine that has others to do.
const patienceOfMany = time.Minute

// many is n, or a fiftieth of it in a hurry.
func many(n int) int {
	if testing.Short() {
		return n / 50
	}
	return n
}

// crowd publishes so many names in a process and takes what its actor is told.
func (p *process) crowd(actor transport.ActorID, names int, scope directory.Scope) {
	p.t.Helper()
	for i := range names {
		if err := p.Publish(actor, directory.Name(fmt.Sprintf("crowd:%06d", i)), scope); err != nil {
			p.t.Fatal(err)
		}
		if i%1000 == 999 {
			for range 1000 {
				next[directory.Published](p, actor)
			}
		}
	}
	for range names % 1000 {
		next[directory.Published](p, actor)
	}
}

// listens counts the names that a stranger is offered, until it has heard the end
// of so many lists. Between two frames it does what the test wants.
func (s *stranger) listens(lists int, between func()) (names map[directory.Name]int) {
	s.t.Helper()
	names = make(map[directory.Name]int)
	for lists > 0 {
		if between != nil {
			between()
		}
		switch m := s.hears().(type) {
		case directory.Offered:
			for _, p := range m.Offers {
				names[p.Name]++
			}
			if m.Last {
				lists--
			}
		case directory.Offer:
			names[m.Publication.Name]++
		}
	}
	return names
}

// The earlier system listed what it knew in one frame: from some thousand names on
// the link was closed for it, and that again and again. A directory that comes
// back hears everything again, and lists it, in batches; others are introduced
// meanwhile (R6, R14).
func TestManyNamesAreSaidAgain(t *testing.T) {
	count := many(100_000)
	host := open(t, directory.Host, "")
	address := host.Address()
	crowded := open(t, directory.Process, address)
	crowded.crowd(1, count, directory.Host)
	awaitNames(t, host, count)
	p := pairUnder(t, host)

	host.stop()
	p.undisturbed(t)
	p.host = open(t, directory.Host, "", func(c *Config) { c.Listen = address })
	reader := connect(t, address, dirwire.Child)
	reader.say(directory.Seek{Subscription: directory.Subscription{
		ID: directory.ID{Origin: reader.self, Seq: 1}, Pattern: "crowd:.*", Scope: directory.Host,
		Actor: transport.Address{Process: reader.self, Actor: 1, Key: 1},
	}})
	p.introduced(t)
	awaitNames(t, p.host, count+1)
	p.introduced(t)
	// Another who asks now is answered with all of them, each once.
	late := connect(t, address, dirwire.Child)
	late.say(directory.Seek{Subscription: directory.Subscription{
		ID: directory.ID{Origin: late.self, Seq: 1}, Pattern: "crowd:.*", Scope: directory.Host,
		Actor: transport.Address{Process: late.self, Actor: 1, Key: 1},
	}})
	names := late.listens(1, nil)
	if len(names) != count {
		t.Errorf("%d names are listed, want %d", len(names), count)
	}
	for name, times := range names {
		if times != 1 {
			t.Fatalf("%s is listed %d times", name, times)
		}
	}
}

// 100 000 subscriptions of one process are taken, each is answered, and others are
// introduced before, between and after.
func TestManySubscriptionsOfOneProcess(t *testing.T) {
	count := many(100_000)
	p := newPair(t)
	greedy := open(t, directory.Process, p.host.Address())
	const actors = 10
	for i := range count {
		actor := transport.ActorID(1 + i%actors)
		pattern := directory.Pattern(fmt.Sprintf("mine:%d:x", i))
		if i%100 == 0 { // compiling takes most of the time otherwise
			pattern = directory.Pattern(fmt.Sprintf("mine:%d:.*", i))
		}
		if err := greedy.Subscribe(actor, pattern, directory.Host); err != nil {
			t.Fatal(err)
		}
		if i%(count/4) == 0 {
			p.introduced(t)
		}
	}
	for i := range count {
		next[directory.Subscribed](greedy, transport.ActorID(1+i%actors))
	}
	p.introduced(t)
	for _, i := range []int{0, count/2 + 1, count - 1} {
		p.pub.publish(5, directory.Name(fmt.Sprintf("mine:%d:x", i)), directory.Host)
		got, _ := next[directory.Available](greedy, transport.ActorID(1+i%actors))
		if want := fmt.Sprintf("mine:%d:x", i); string(got.Name) != want {
			t.Errorf("got %v, want %s", got, want)
		}
		next[directory.Delivered](p.pub, 5)
	}
	for actor := range transport.ActorID(actors) {
		greedy.Ended(1 + actor)
	}
	for range 3 {
		next[directory.Dropped](p.pub, 5)
	}
	p.introduced(t)
	greedy.keepsNothing()
}

// Ten patterns that match every one of 100 000 names, some of them such that an
// expression that goes back would try for ever: whoever asked waits, others are
// introduced, also while nothing of the answers is read.
func TestPatternsThatMatchEverything(t *testing.T) {
	count := many(100_000)
	// A link has room for half of what is not read here; who does not read that is cut off.
	p := newPair(t, func(c *Config) { c.Transport = tcp.Transport{QueueBytes: 4 * tcp.DefaultQueueBytes} })
	crowded := open(t, directory.Process, p.host.Address())
	crowded.crowd(1, count, directory.Host)
	awaitNames(t, p.host, count+1)

	reading := make(chan struct{})
	s := connect(t, p.host.Address(), dirwire.Child, func(s *stranger) { s.until = reading })
	const patterns = 10
	for i := range patterns {
		s.say(directory.Seek{Subscription: directory.Subscription{
			ID:      directory.ID{Origin: s.self, Seq: uint64(i + 1)},
			Pattern: directory.Pattern([]string{".*", "(.+)+", "(.*)*(.*)*:(.*)*", "(c|cr|cro|.)*", ".*.*.*.*.*.*.*.*:.*"}[i%5]), Scope: directory.Host,
			Actor: transport.Address{Process: s.self, Actor: transport.ActorID(i + 1), Key: 1},
		}})
	}
	for range 5 {
		p.introduced(t)
	}
	close(reading)
	introduced := 0
	names := s.listens(patterns, func() {
		if introduced < 20 {
			introduced++
			p.introduced(t)
		}
	})
	for i := range count {
		if name := directory.Name(fmt.Sprintf("crowd:%06d", i)); names[name] < patterns {
			t.Fatalf("%s was offered %d times, want %d", name, names[name], patterns)
		}
	}
	p.introduced(t)
}
