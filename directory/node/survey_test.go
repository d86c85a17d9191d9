package node

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// everything is a look for all there is.
var everything = []directory.Topic{
	directory.TopicNames, directory.TopicSubscriptions, directory.TopicOffers, directory.TopicSessions,
}

// known returns what the directory of p knows, as a survey by asker finds it.
func known(t *testing.T, asker, p *process, look Look) Known {
	t.Helper()
	tree, whole, err := asker.Survey(t.Context(), look)
	if err != nil || !whole {
		t.Fatalf("whole %v, %v", whole, err)
	}
	k, ok := find(tree, p)
	if !ok {
		t.Fatalf("no %v in %v", p.ID().Short(), tree)
	}
	return k
}

func find(tree Tree, p *process) (Known, bool) {
	if tree.Process == p.ID() {
		return tree.Known, !tree.Silent
	}
	for _, c := range tree.Children {
		if k, ok := find(c, p); ok {
			return k, true
		}
	}
	return Known{}, false
}

// A survey finds in each directory what it knows, and in a process what is done
// for its sessions.
func TestSurveyOfWhatIsKnown(t *testing.T) {
	host := open(t, directory.Host, "")
	group := open(t, directory.Group, host.Address())
	pub := open(t, directory.Process, group.Address())
	late := open(t, directory.Process, host.Address())
	sub := open(t, directory.Process, host.Address())
	tool := open(t, directory.Process, host.Address())
	if err := tool.Attach(t.Context()); err != nil {
		t.Fatal(err)
	}
	pub.publish(1, "svc:a", directory.Host)
	sub.subscribe(2, "svc:.*", directory.Host)
	next[directory.Available](sub, 2)
	late.publish(3, "svc:a", directory.Host)
	next[directory.Standby](late, 3)
	late.subscribe(4, "svc:b", directory.Host)
	late.publish(3, "svc:b", directory.Host)
	next[directory.Available](sub, 2) // so host has heard late

	a, b := directory.ID{Origin: pub.ID(), Seq: 1}, directory.ID{Origin: late.ID(), Seq: 1}
	other, all := directory.ID{Origin: late.ID(), Seq: 3}, directory.ID{Origin: sub.ID(), Seq: 1}
	exact := directory.ID{Origin: late.ID(), Seq: 2}
	stamp := func(claims []directory.Claimant) []directory.Claimant {
		for i := range claims {
			claims[i].Stamp = 0
		}
		return claims
	}

	k := known(t, tool, host, Look{Topics: everything})
	want := []directory.Claimant{
		{Name: "svc:a", ID: a, Scope: directory.Host, Actor: 1, Holds: true},
		{Name: "svc:a", ID: b, Scope: directory.Host, Actor: 3},
		{Name: "svc:b", ID: other, Scope: directory.Host, Actor: 3, Holds: true},
	}
	if diff := cmp.Diff(want, stamp(k.Claimants)); diff != "" {
		t.Errorf("names of the host (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]directory.Pairing{{Name: "svc:a", Publication: a, Subscription: all}, {Name: "svc:b", Publication: other, Subscription: all}}, k.Offers); diff != "" {
		t.Errorf("offers of the host (-want +got):\n%s", diff)
	}
	if k.Efforts != nil {
		t.Errorf("the host has sessions: %v", k.Efforts)
	}

	k = known(t, tool, late, Look{Topics: everything})
	if diff := cmp.Diff([]directory.Interest{{Pattern: "svc:b", ID: exact, Scope: directory.Host, Actor: 4}}, k.Subscriptions); diff != "" {
		t.Errorf("subscriptions of a process (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]directory.Pairing{{Name: "svc:b", Publication: other, Subscription: exact}}, k.Offers); diff != "" {
		t.Errorf("offers of a process (-want +got):\n%s", diff)
	}
	effort := directory.Effort{
		Subscription: exact, Name: "svc:b", Session: other, Scope: directory.Process,
		Prospects: []directory.Prospect{{Publication: other, Scope: directory.Process, State: directory.InUse}},
	}
	if diff := cmp.Diff([]directory.Effort{effort}, k.Efforts); diff != "" {
		t.Errorf("sessions of a process (-want +got):\n%s", diff)
	}

	// What is asked of one name and one pattern alone.
	k = known(t, tool, sub, Look{Topics: everything, Name: "svc:a", Pattern: "svc:.*"})
	effort = directory.Effort{
		Subscription: all, Name: "svc:a", Session: a, Scope: directory.Host,
		Prospects: []directory.Prospect{{Publication: a, Scope: directory.Host, State: directory.InUse}},
	}
	if diff := cmp.Diff(Known{
		Subscriptions: []directory.Interest{{Pattern: "svc:.*", ID: all, Scope: directory.Host, Actor: 2}},
		Efforts:       []directory.Effort{effort},
	}, k); diff != "" {
		t.Errorf("one name, one pattern (-want +got):\n%s", diff)
	}

	// A process that answers about itself, and one that has left, are no riddle.
	if k = known(t, sub, sub, Look{Topics: everything}); len(k.Efforts) != 2 {
		t.Errorf("by itself: %v", k)
	}
}

// R17: a survey of very many names finds them all, each once and in order, and
// nobody else notices.
func TestSurveyOfManyNames(t *testing.T) {
	const count = 100_000
	host := open(t, directory.Host, "")
	crowd := open(t, directory.Process, host.Address())
	sub := open(t, directory.Process, host.Address())
	pub := open(t, directory.Process, host.Address())
	tool := open(t, directory.Process, host.Address())
	if err := tool.Attach(t.Context()); err != nil {
		t.Fatal(err)
	}
	many := func(i int) directory.Name { return directory.Name(fmt.Sprintf("many:%06d", i)) }
	sub.subscribe(1, directory.Pattern(many(count-1)), directory.Host)
	for i := range count {
		if err := crowd.Publish(1+transport.ActorID(i/1000), many(i), directory.Host); err != nil {
			t.Fatal(err)
		}
	}
	next[directory.Available](sub, 1) // so host has them all

	ctx, cancel := context.WithCancel(t.Context())
	surveys := make(chan int)
	go func() {
		defer close(surveys)
		for n := 1; ctx.Err() == nil; n++ {
			tree, whole, err := tool.Survey(t.Context(), Look{Topics: []directory.Topic{directory.TopicNames}})
			if err != nil || !whole {
				t.Errorf("whole %v, %v", whole, err)
				return
			}
			for _, p := range []*process{host, crowd} {
				k, ok := find(tree, p)
				i := 0
				for _, c := range k.Claimants {
					if strings.HasPrefix(string(c.Name), "many:") {
						if c.Name != many(i) || !c.Holds {
							t.Errorf("%v: after %d names comes %v", p.Scope, i, c)
							return
						}
						i++
					}
				}
				if !ok || i != count {
					t.Errorf("%v: got %d names, want %d", p.Scope, i, count)
				}
			}
			surveys <- n
		}
	}()
	// Meanwhile others meet, for as long as a survey takes.
	pairs := 0
	for surveyed := false; !surveyed; {
		select {
		case _, ok := <-surveys:
			if !ok {
				t.FailNow()
			}
			surveyed = pairs > 0
		default:
			name := fmt.Sprintf("pair:%d", pairs)
			pub.publish(1, directory.Name(name), directory.Host)
			sub.subscribe(2, directory.Pattern(name), directory.Host)
			next[directory.Available](sub, 2)
			next[directory.Delivered](pub, 1)
			pairs++
		}
	}
	cancel()
	for range surveys {
	}
	for _, p := range []*process{host, crowd, sub, pub, tool} {
		if log := p.logs.String(); strings.Contains(log, "link lost") || strings.Contains(log, "link closed") {
			t.Errorf("%v lost a link:\n%s", p.Scope, log)
		}
	}
	t.Logf("%d pairs met", pairs)
}

// Who does not answer is marked, and keeps nobody else from being seen.
func TestSurveyOfTheSilent(t *testing.T) {
	host := open(t, directory.Host, "")
	pub := open(t, directory.Process, host.Address())
	pub.publish(1, "svc", directory.Host)
	if err := pub.Attach(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := pub.Survey(t.Context(), Look{}); err != nil { // so host knows it
		t.Fatal(err)
	}
	mute := pretend(t, host.Address(), directory.Process)
	mute.say(directory.List{Route: directory.Route{mute.self}})
	if got, ok := mute.hears().(directory.Listed); !ok {
		t.Fatalf("got %v", got)
	} // so host knows it
	tree, whole, err := host.Survey(t.Context(), Look{Topics: everything, Patience: time.Second})
	if err != nil || !whole {
		t.Fatalf("whole %v, %v", whole, err)
	}
	var silent []transport.ProcessID
	for _, c := range tree.Children {
		if c.Silent {
			silent = append(silent, c.Process)
		}
	}
	if diff := cmp.Diff([]transport.ProcessID{mute.self}, silent); diff != "" || tree.Silent || len(tree.Claimants) != 1 {
		t.Errorf("%v (-want +got):\n%s", tree, diff)
	}
	// What it says of a survey that is over is nobody's.
	for range everything {
		q, ok := mute.hears().(directory.Enquire)
		if !ok {
			t.Fatalf("got %v", q)
		}
		mute.say(directory.Found{Route: q.Route, Number: q.Number, Claimants: []directory.Claimant{{Name: "false", Scope: directory.Host, Holds: true}}})
	}
	mute.Close(nil)
	for gone := false; !gone; {
		tree, _, err := host.Survey(t.Context(), Look{})
		if err != nil {
			t.Fatal(err)
		}
		gone = len(tree.Children) == 1
	}
	if k := known(t, host, pub, Look{Topics: everything[:1]}); len(k.Claimants) != 1 || k.Claimants[0].Name != "svc" {
		t.Errorf("got %v", k)
	}
}

// R17: a survey keeps no more than its room, and says that there was more.
func TestAnswersHaveRoom(t *testing.T) {
	a := &answers{room: 6, more: make(chan struct{}, 1)}
	three := directory.Found{Claimants: make([]directory.Claimant, 2)}
	a.put(three)
	a.put(three)
	if got := a.take(); len(got) != 2 || !a.whole() {
		t.Errorf("got %v, whole %v", got, a.whole())
	}
	a.put(directory.Listed{})
	a.put(directory.Listed{})
	if got := a.take(); got != nil || a.whole() {
		t.Errorf("beyond its room: got %v, whole %v", got, a.whole())
	}
}

// stepped runs a survey to its end. What it has taken it tells heard, before it
// asks on; when it has asked it calls asked.
func stepped(t *testing.T, s *survey, heard func(directory.Message), asked func()) Tree {
	t.Helper()
	late := time.After(patience)
	for !s.complete() {
		asked()
		select {
		case <-s.come.more:
			for _, m := range s.come.take() {
				s.add(m)
				heard(m)
			}
		case <-late:
			t.Fatal("the survey does not end")
		}
	}
	tree, _, err := s.found(nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// awaitAlone waits until a process has no links.
func awaitAlone(t *testing.T, p *process) {
	t.Helper()
	for late := time.After(patience); ; {
		links := make(chan int, 1)
		p.post(func() { links <- len(p.links) })
		if <-links == 0 {
			return
		}
		select {
		case <-late:
			t.Fatalf("%v keeps its links", p.Scope)
		case <-time.After(time.Millisecond):
		}
	}
}

// Who asks is the root once the directory above is lost. What that one had still
// to say is missing, and that is said.
func TestSurveyOfWhoIsLostBetweenTwoPages(t *testing.T) {
	const count = 4 * directory.Page
	host := open(t, directory.Host, "")
	tool := open(t, directory.Process, host.Address())
	for i := range count {
		host.publish(1, directory.Name(fmt.Sprintf("many:%04d", i)), directory.Host)
	}
	if err := tool.Attach(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tool.Survey(t.Context(), Look{}); err != nil { // so host knows it
		t.Fatal(err)
	}
	s := tool.beginSurvey(Look{Topics: everything[:1]})
	tree := stepped(t, s, func(m directory.Message) {
		// By its second page the enquiry that it passed to the tool is answered.
		if len(s.parts[s.root].Claimants) >= 2*directory.Page && len(s.asking) == 0 && !host.stopped {
			host.stop()
			awaitAlone(t, tool)
		}
	}, func() {})
	if got := len(tree.Claimants); !tree.Silent || tree.Reason != "it is out of reach" || got < directory.Page || got >= count {
		t.Errorf("got %d of %d names, silent %v: %q", got, count, tree.Silent, tree.Reason)
	}
	if len(tree.Children) != 1 || tree.Children[0].Silent {
		t.Errorf("the tool itself has answered: %v", tree.Children)
	}
}

// Only an answer that says so is the end of a listing.
func TestSurveyOfWhoDoesNotComeToTheEnd(t *testing.T) {
	known := Known{Claimants: []directory.Claimant{{Name: "a", Scope: directory.Host, Holds: true}}}
	page := directory.Found{Claimants: known.Claimants, Next: directory.Mark{Name: "a"}}
	for name, test := range map[string]struct {
		answers []directory.Found
		leaves  bool // then
		want    []Tree
	}{
		"leaves unheard":       {nil, true, nil},
		"leaves after a page":  {[]directory.Found{page}, true, []Tree{{Silent: true, Reason: "it has left", Known: known}}},
		"does not go on":       {[]directory.Found{page, {Next: page.Next}}, false, []Tree{{Silent: true, Reason: "its listing does not go on", Known: known}}},
		"refuses the rest":     {[]directory.Found{page, {Reason: "no"}}, false, []Tree{{Silent: true, Reason: "no", Known: known}}},
		"comes to the end":     {[]directory.Found{page, {}}, false, []Tree{{Known: known}}},
		"leaves after the end": {[]directory.Found{page, {}}, true, []Tree{{Known: known}}},
	} {
		t.Run(name, func(t *testing.T) {
			host := open(t, directory.Host, "")
			other := pretend(t, host.Address(), directory.Process)
			other.say(directory.List{Route: directory.Route{other.self}})
			other.hears() // so host knows it
			s := host.beginSurvey(Look{Topics: everything[:1]})
			var last uint64 // what it has answered
			left, stays := test.answers, true
			tree := stepped(t, s, func(m directory.Message) {
				if m, ok := m.(directory.Found); ok && m.Number != last {
					return // the host's own
				}
				if len(left) == 0 && test.leaves && stays {
					stays = false
					other.Close(nil)
					awaitAlone(t, host)
				}
			}, func() {
				for number, r := range s.asking {
					if r.of.Process != other.self || number == last || !stays {
						continue
					}
					q := other.hears().(directory.Enquire)
					answer := left[0]
					answer.Route, answer.Number = q.Route, number
					other.say(answer)
					last, left = number, left[1:]
				}
			})
			for i := range test.want {
				test.want[i].Directory = directory.Directory{Process: other.self, Scope: directory.Process, Executable: "pretender"}
			}
			if diff := cmp.Diff(test.want, tree.Children); diff != "" || tree.Silent {
				t.Errorf("silent %v (-want +got):\n%s", tree.Silent, diff)
			}
		})
	}
}

// A directory that does not tell of its children keeps nobody else from being
// asked.
func TestSurveyOfAGroupThatIsSilent(t *testing.T) {
	host := open(t, directory.Host, "")
	host.publish(1, "svc", directory.Host)
	mute := pretend(t, host.Address(), directory.Group)
	mute.say(directory.List{Route: directory.Route{mute.self}})
	mute.hears() // so host knows it
	tree, whole, err := host.Survey(t.Context(), Look{Topics: everything, Patience: time.Second})
	if err != nil || !whole {
		t.Fatalf("whole %v, %v", whole, err)
	}
	if len(tree.Claimants) != 1 || tree.Silent || len(tree.Children) != 1 || !tree.Children[0].Silent {
		t.Errorf("got %v", tree)
	}
}
