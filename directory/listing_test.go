package directory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
)

// pages asks a machine, or a resolver, page after page until all is listed.
// Between two pages something may happen.
func pages(t *testing.T, step func(Party, Message) []Effect, q Enquire, between func()) (all Found) {
	t.Helper()
	for asked := 0; ; asked++ {
		if asked > 1000 {
			t.Fatal("the listing does not end")
		}
		var found *Found
		effects := slices.Clone(step(Self, q))
		for i := 0; i < len(effects); i++ {
			switch e := effects[i].(type) {
			case Continue:
				effects = append(effects, slices.Clone(step(0, Resume{}))...)
			case Send:
				if m, ok := e.Message.(Found); ok && e.To == Self {
					found = &m
				}
			}
		}
		if found == nil || found.Reason != "" || found.Number != q.Number {
			t.Fatalf("%v: got %v", q, found)
		}
		if n := len(found.Claimants) + len(found.Subscriptions) + len(found.Offers) + len(found.Efforts); n > Page {
			t.Fatalf("a page has %d entries", n)
		}
		all.Claimants = append(all.Claimants, found.Claimants...)
		all.Subscriptions = append(all.Subscriptions, found.Subscriptions...)
		all.Offers = append(all.Offers, found.Offers...)
		all.Efforts = append(all.Efforts, found.Efforts...)
		if found.Next == (Mark{}) {
			return all
		}
		if found.Next == q.After {
			t.Fatalf("the listing stands still at %v", q.After)
		}
		q.After = found.Next
		between()
	}
}

// newMarket has names with one claimant and with many, and patterns that many
// subscribe to.
func newMarket() crowd {
	c := newCrowd(2*Page, 0)
	for i := range Page + 50 {
		c.claim(i%len(c.children), uint64(i), fmt.Sprintf("name:%04d", i))
	}
	for i, child := range c.children { // more than a page claims one name
		c.claim(i, uint64(10_000+i), "name:0100")
		pattern := Pattern("name:0100")
		switch i % 16 {
		case 0:
			pattern = "name:.*"
		case 1:
			pattern = "name:000.*"
		}
		c.seekFor(child, uint64(i), pattern)
	}
	return c
}

func (c crowd) claim(child int, seq uint64, name string) {
	p := Publication{
		ID: ID{transport.ProcessID{byte(child), byte(child >> 8)}, seq + 1}, Name: Name(name), Scope: Host, Stamp: Stamp(seq % 7),
		Actor: transport.Address{Actor: 1}, Token: Token{1}, Endpoints: []Endpoint{{Host, "127.0.0.1:1"}},
	}
	claimants := []Publication{p}
	if s, ok := c.names.Get(name); ok {
		for _, other := range s.claims {
			if slices.Contains(other.by, c.children[child]) {
				claimants = append(claimants, other.Publication)
			}
		}
	}
	c.Step(c.children[child], Claim{Name: p.Name, Claimants: claimants})
}

func (c crowd) seekFor(child Party, seq uint64, pattern Pattern) {
	c.Step(child, Seek{Subscription{
		ID: ID{transport.ProcessID{byte(child), byte(child >> 8)}, seq}, Pattern: pattern, Scope: Host,
		Actor: transport.Address{Process: transport.ProcessID{byte(child)}, Actor: transport.ActorID(seq)},
	}})
}

// claimants is what a listing of names is to be.
func (c crowd) claimants(name Name) (list []Claimant) {
	last := Name("")
	for p := range c.Publications() {
		if name == "" || p.Name == name {
			list = append(list, Claimant{p.Name, p.ID, p.Scope, p.Stamp, p.Actor.Actor, p.Name != last})
		}
		last = p.Name
	}
	return list
}

func (c crowd) interests(pattern Pattern) (list []Interest) {
	for s := range c.Subscriptions() {
		if pattern == "" || s.Pattern == pattern {
			list = append(list, Interest{s.Pattern, s.ID, s.Scope, s.Actor.Actor})
		}
	}
	return list
}

// pairings are the offers by their definition (R5).
func (c crowd) pairings(name Name, pattern Pattern) (list []Pairing) {
	last := Name("")
	for p := range c.Publications() {
		holds := p.Name != last
		last = p.Name
		if !holds || name != "" && p.Name != name {
			continue
		}
		s, _ := c.names.Get(string(p.Name))
		for _, id := range c.sortedSeekings() {
			seeking := c.seekings[id]
			if (pattern == "" || seeking.Pattern == pattern) && seeking.Pattern.Matches(p.Name) && seeking.offered(s.holder()) {
				list = append(list, Pairing{p.Name, p.ID, id})
			}
		}
	}
	return list
}

// A directory lists all that it knows, in order, each once, however much it is,
// and with no token (R16).
func TestListings(t *testing.T) {
	c := newMarket()
	for _, name := range []Name{"", "name:0100", "name:0001", "nobody"} {
		for _, pattern := range []Pattern{"", "name:.*", "name:0100", "nobody"} {
			q := Enquire{Number: 7, Name: name, Pattern: pattern}
			ask := func(topic Topic) Found {
				q.Topic = topic
				return pages(t, c.Step, q, func() {})
			}
			if diff := cmp.Diff(c.claimants(name), ask(TopicNames).Claimants); diff != "" {
				t.Errorf("names of %q (-want +got):\n%s", name, diff)
			}
			if diff := cmp.Diff(c.interests(pattern), ask(TopicSubscriptions).Subscriptions); diff != "" {
				t.Errorf("subscriptions of %q (-want +got):\n%s", pattern, diff)
			}
			if diff := cmp.Diff(c.pairings(name, pattern), ask(TopicOffers).Offers); diff != "" {
				t.Errorf("offers of %q to %q (-want +got):\n%s", name, pattern, diff)
			}
		}
	}
}

// What is there all the time is listed once, whatever comes and goes meanwhile.
func TestListingsOfWhatChanges(t *testing.T) {
	c := newMarket()
	random := rand.New(rand.NewPCG(1, 2))
	before := c.claimants("")
	touched := map[Name]bool{}
	change := func() {
		for range 100 {
			child := random.IntN(len(c.children))
			name := fmt.Sprintf("name:%04d", random.IntN(4*Page))
			touched[Name(name)] = true
			if random.IntN(2) == 0 {
				c.Step(c.children[child], Claim{Name: Name(name)})
			} else {
				c.claim(child, random.Uint64N(1000), name)
			}
		}
	}
	got := pages(t, c.Step, Enquire{Topic: TopicNames}, change).Claimants
	untouched := func(list []Claimant) (left []Claimant) {
		for _, p := range list {
			if !touched[p.Name] {
				left = append(left, p)
			}
		}
		return left
	}
	if diff := cmp.Diff(untouched(before), untouched(got)); diff != "" || len(untouched(got)) == 0 {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(touched) == 0 || !slices.IsSortedFunc(got, func(a, b Claimant) int { return strings.Compare(string(a.Name), string(b.Name)) }) {
		t.Error("the listing is not in order")
	}
}

// R17: an enquiry waits while there is no room on its link, and no more of them
// wait than may.
func TestEnquiriesWait(t *testing.T) {
	c := newCrowd(2, 10)
	slow, quick := c.children[0], c.children[1]
	q := Enquire{Topic: TopicNames, Number: 1}
	for range MaxEnquiries {
		c.Step(slow, q)
	}
	var answered []Party
	listen := func(effects []Effect) (more bool) {
		for _, e := range effects {
			switch e := e.(type) {
			case Send:
				answered = append(answered, e.To)
			case Continue:
				more = true
			}
		}
		return more
	}
	c.Step(quick, q)
	for range 3 {
		listen(c.Step(0, Resume{Full: []Party{slow}}))
	}
	if !slices.Equal(answered, []Party{quick}) {
		t.Errorf("answered were %v, want %v alone", answered, quick)
	}
	effects := c.Step(slow, Enquire{Topic: TopicNames, Number: 2})
	if m, ok := effects[0].(Send).Message.(Found); !ok || m.Number != 2 || m.Reason == "" {
		t.Errorf("one too many: got %v", effects)
	}
	for listen(c.Step(0, Resume{})) {
	}
	if n := len(answered); n != 1+MaxEnquiries {
		t.Errorf("%d answers, want %d", n, 1+MaxEnquiries)
	}
	c.Step(slow, q)
	c.Step(slow, Gone{})
	answered = nil
	for listen(c.Step(0, Resume{})) {
	}
	if answered != nil {
		t.Errorf("who is gone was answered: %v", answered)
	}
}

// What a directory cannot answer it says.
func TestEnquiriesRefused(t *testing.T) {
	for _, topic := range []Topic{TopicSessions, 0, 9} {
		c := newCrowd(1, 1)
		c.Step(c.children[0], Enquire{Topic: topic})
		effects := c.Step(0, Resume{})
		if m, ok := effects[0].(Send).Message.(Found); !ok || m.Reason == "" {
			t.Errorf("topic %v: got %v", topic, effects)
		}
	}
	m := NewMachine(Process, 0)
	m.Step(Self, Enquire{Topic: TopicSessions, Number: 3})
	want := []Effect{Inspect{Self, Enquire{Topic: TopicSessions, Number: 3}}}
	if diff := cmp.Diff(want, m.Step(0, Resume{})); diff != "" {
		t.Errorf("a process (-want +got):\n%s", diff)
	}
	m.Step(Self, Enquire{Topic: TopicUsage, Number: 4})
	want = []Effect{Measure{Self, Enquire{Topic: TopicUsage, Number: 4}}}
	if diff := cmp.Diff(want, m.Step(0, Resume{})); diff != "" {
		t.Errorf("what only the shell knows (-want +got):\n%s", diff)
	}
}

// A resolver lists what it does for each subscription and name, and why what
// failed has failed.
func TestEfforts(t *testing.T) {
	r := NewResolver()
	offer := func(b byte, name Name, at Scope) Offer {
		return Offer{ID{Seq: 1}, at, Publication{ID: ID{transport.ProcessID{b}, 1}, Name: name, Stamp: Stamp(b)}}
	}
	r.Step(ActorParty(1), Subscribe{Subscription{ID: ID{Seq: 1}, Pattern: ".*", Scope: LAN}})
	r.Step(0, offer(2, "a", LAN))
	r.Step(0, offer(1, "a", Host)) // better: tried now; the other is abandoned
	r.Step(0, Lost{2, "connection refused"})
	r.Step(0, Ready{3})
	r.Step(0, offer(3, "b", Host))
	r.Step(0, Fired{Timer{Kind: TimerOpen, ID: 4}})
	r.Step(0, offer(4, "c", Host))
	want := []Effort{
		{Subscription: ID{Seq: 1}, Name: "a", Session: ID{transport.ProcessID{2}, 1}, Scope: LAN, Prospects: []Prospect{
			{Publication: ID{transport.ProcessID{1}, 1}, Scope: Host, State: Resting, Failed: 1, Reason: "connection refused"},
			{Publication: ID{transport.ProcessID{2}, 1}, Scope: LAN, State: InUse},
		}},
		{Subscription: ID{Seq: 1}, Name: "b", Prospects: []Prospect{
			{Publication: ID{transport.ProcessID{3}, 1}, Scope: Host, State: Resting, Failed: 1, Reason: "not ready in time"},
		}},
		{Subscription: ID{Seq: 1}, Name: "c", Prospects: []Prospect{
			{Publication: ID{transport.ProcessID{4}, 1}, Scope: Host, State: Trying},
		}},
	}
	got := pages(t, r.Step, Enquire{Topic: TopicSessions}, func() {}).Efforts
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = pages(t, r.Step, Enquire{Topic: TopicSessions, Name: "b", Pattern: ".*"}, func() {}).Efforts
	if diff := cmp.Diff(want[1:2], got); diff != "" {
		t.Errorf("of one name (-want +got):\n%s", diff)
	}
}

// Sessions come in pages: many subscriptions, and many names of one.
func TestEffortsInPages(t *testing.T) {
	r := NewResolver()
	var want []Pairing
	subscribe := func(seq uint64, names int) {
		id := ID{Seq: seq}
		r.Step(ActorParty(1), Subscribe{Subscription{ID: id, Pattern: Pattern(fmt.Sprint(seq)), Scope: Host}})
		for i := range names {
			name := Name(fmt.Sprintf("name:%04d", i))
			r.Step(0, Offer{id, Host, Publication{ID: ID{transport.ProcessID{1}, uint64(i)}, Name: name}})
			want = append(want, Pairing{name, ID{}, id})
		}
	}
	subscribe(1, 2)
	subscribe(2, 3*Page+1)
	for seq := range uint64(2 * Page) {
		subscribe(seq+3, int(seq%3))
	}
	var got []Pairing
	for _, e := range pages(t, r.Step, Enquire{Topic: TopicSessions}, func() {}).Efforts {
		got = append(got, Pairing{e.Name, ID{}, e.Subscription})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, filter := range map[string]Enquire{
		"a name":              {Topic: TopicSessions, Name: "name:0000"},
		"a pattern":           {Topic: TopicSessions, Pattern: "2"},
		"a name of a pattern": {Topic: TopicSessions, Name: "name:0500", Pattern: "2"},
	} {
		var want []Pairing
		for _, p := range got {
			if (filter.Name == "" || p.Name == filter.Name) && (filter.Pattern == "" || fmt.Sprint(p.Subscription.Seq) == string(filter.Pattern)) {
				want = append(want, p)
			}
		}
		var some []Pairing
		for _, e := range pages(t, r.Step, filter, func() {}).Efforts {
			some = append(some, Pairing{e.Name, ID{}, e.Subscription})
		}
		if diff := cmp.Diff(want, some); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// An enquiry goes up to the root and down to who is asked; what is found goes
// back. Who is not there any more is said to be gone.
func TestEnquiryFindsItsWay(t *testing.T) {
	id := func(b byte) transport.ProcessID { return transport.ProcessID{b} }
	const up, asker, asked = Party(2), Party(4), Party(6)
	root := NewSurvey(Directory{Process: id(1), Scope: LAN})
	root.ChildUp(asker, Directory{Process: id(2), Scope: Host})
	root.ChildUp(asked, Directory{Process: id(3), Scope: Host})
	host := NewSurvey(Directory{Process: id(2), Scope: Host})
	host.ParentUp(up)
	host.ChildUp(asker, Directory{Process: id(4), Scope: Process})

	q := Enquire{To: Route{id(1), id(3)}, Number: 5}
	with := func(r ...transport.ProcessID) Enquire { q := q; q.Route = r; return q }
	found := Found{Route: Route{id(1), id(2), id(4)}, Number: 5}
	for name, test := range map[string]struct {
		at   *Survey
		from Party
		msg  Message
		want []Effect
	}{
		"by itself":          {host, 0, q, []Effect{Send{up, with(id(2))}}},
		"up":                 {host, asker, with(id(4)), []Effect{Send{up, with(id(2), id(4))}}},
		"down from the root": {root, asker, with(id(2), id(4)), []Effect{Send{asked, with(id(1), id(2), id(4))}}},
		"a route of another": {host, asker, with(id(5)), []Effect{Refuse{asker, "a survey came by a route that it cannot have taken"}}},
		"nobody's route":     {host, Party(8), with(id(4)), []Effect{Refuse{Party(8), "a survey came by a route that it cannot have taken"}}},
		"to the root":        {root, asker, Enquire{Route: Route{id(2)}, To: Route{id(1)}}, []Effect{Consult{asker, Enquire{Route: Route{id(1), id(2)}, To: Route{id(1)}}}}},
		"to the root, by it": {root, 0, Enquire{To: Route{id(1)}}, []Effect{Consult{Self, Enquire{Route: Route{id(1)}, To: Route{id(1)}}}}},
		"to who has left":    {root, asker, Enquire{Route: Route{id(2)}, To: Route{id(1), id(9)}, Number: 5}, []Effect{Send{asker, Found{Route: Route{id(1), id(2)}, Number: 5, Gone: true}}}},
		"to another tree":    {root, asker, Enquire{Route: Route{id(2)}, To: Route{id(9)}, Number: 5}, []Effect{Send{asker, Found{Route: Route{id(1), id(2)}, Number: 5, Reason: "it is out of reach"}}}},
		"from the parent":    {host, up, Enquire{Route: Route{id(1), id(3)}, To: Route{id(1), id(2)}}, []Effect{Consult{up, Enquire{Route: Route{id(1), id(3)}, To: Route{id(1), id(2)}}}}},
		"for who is below":   {host, up, Enquire{Route: Route{id(1), id(2), id(4)}, To: Route{id(1), id(2)}}, []Effect{Consult{asker, Enquire{Route: Route{id(1), id(2), id(4)}, To: Route{id(1), id(2)}}}}},
		"found, up":          {host, asker, Found{Route: Route{id(1), id(3)}}, []Effect{Send{up, Found{Route: Route{id(1), id(3)}}}}},
		"found, down":        {root, asked, found, []Effect{Send{asker, found}}},
		"found for the gone": {host, up, Found{Route: Route{id(1), id(2), id(9)}}, nil},
	} {
		got, answers := test.at.Step(test.from, test.msg)
		if diff := cmp.Diff(test.want, got); diff != "" || answers != nil {
			t.Errorf("%s: answers %v, (-want +got):\n%s", name, answers, diff)
		}
	}
	if effects, answers := host.Step(up, Found{Route: Route{id(1), id(2)}}); effects != nil || len(answers) != 1 {
		t.Errorf("found for itself: %v, %v", effects, answers)
	}
}

func TestLeast(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		all := make([]int, random.IntN(50))
		for i := range all {
			all[i] = random.IntN(math.MaxInt)
		}
		n := 1 + random.IntN(60)
		got := least(n, func(a, b int) int { return a - b }, slices.Values(all))
		want := slices.Sorted(slices.Values(all))
		if want = want[:min(n, len(want))]; !slices.Equal(got, want) {
			t.Fatalf("the least %d of %v: got %v, want %v", n, all, got, want)
		}
	}
}

// What a process uses all the time is listed once, whatever comes and goes
// meanwhile, also where many names were put in order ahead.
func TestEffortsOfWhatChanges(t *testing.T) {
	const count = ahead + 3*Page
	r := NewResolver()
	id := ID{Seq: 1}
	r.Step(ActorParty(1), Subscribe{Subscription{ID: id, Pattern: ".*", Scope: Host}})
	name := func(i int) Name { return Name(fmt.Sprintf("name:%06d", i)) }
	offer := func(i int) {
		r.Step(0, Offer{id, Host, Publication{ID: ID{transport.ProcessID{1}, uint64(i)}, Name: name(i)}})
	}
	for i := range count {
		offer(i)
	}
	random := rand.New(rand.NewPCG(5, 6))
	gone, come := map[Name]bool{}, map[Name]bool{}
	efforts := pages(t, r.Step, Enquire{Topic: TopicSessions}, func() {
		for range 10 {
			i := random.IntN(count)
			gone[name(i)] = true
			r.Step(0, Withdraw{id, Host, name(i)})
		}
		i := count + random.IntN(count)
		come[name(i)] = true
		offer(i)
	}).Efforts
	listed := map[Name]bool{}
	for _, e := range efforts {
		if listed[e.Name] {
			t.Fatalf("%q is listed twice", e.Name)
		}
		listed[e.Name] = true
	}
	for i := range count {
		if n := name(i); !listed[n] && !gone[n] {
			t.Fatalf("%q is not listed", n)
		}
	}
	if len(gone) == 0 || len(come) == 0 || len(listed) == count {
		t.Errorf("%d went, %d came, %d are listed: nothing was tried", len(gone), len(come), len(listed))
	}
	if len(r.reading.names) != 0 {
		t.Errorf("%d names are kept for nobody", len(r.reading.names))
	}
}
