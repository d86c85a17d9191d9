package node

import (
	"fmt"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
)

// The network of the earlier system died silently with the thousandth socket of a
// process. A directory, and a subscriber, with more links than that go on.
func TestMoreThanAThousandLinks(t *testing.T) {
	links := 1100
	if testing.Short() {
		links = 50
	}
	p := newPair(t)
	p.sub.subscribe(2, "many:.*", directory.Host)
	for i := range links {
		name := directory.Name(fmt.Sprint("many:", i))
		pub := open(t, directory.Process, p.host.Address())
		pub.publish(1, name, directory.Host)
		got, session := next[directory.Available](p.sub, 2)
		if got.Name != name {
			t.Fatalf("got %v, want %s", got, name)
		}
		if err := session.Send(session.Local(), "hello"); err != nil {
			t.Fatal(err)
		}
		next[directory.Delivered](pub, 1)
		if got := pub.message(1); got.Message != "hello" {
			t.Fatalf("got %v", got)
		}
	}
	for _, q := range []*process{p.host, p.sub} {
		found := make(chan int, 1)
		q.post(func() { found <- len(q.links) })
		if n := <-found; n < links {
			t.Errorf("%v has %d links, want %d at least", q.Scope, n, links)
		}
	}
	p.introduced(t)
}
