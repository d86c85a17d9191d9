package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/actor"
)

// Stories are told in lines, an event each: actor, what, then what else there is.
// The actors live in processes: p and q in one group, r beside it on the same host,
// s on another. Their names begin with that of their process.
const story = `
p1 began
q1 began
q1 publish name=a scope=Host at=1
q1 published name=a scope=Host
p1 subscribe pattern=a scope=Host
p1 subscribed pattern=a scope=Host
p1 available name=a pattern=a scope=Group session=1
p1 sent session=1 n=0
q1 delivered name=a scope=Group session=1
q1 sent session=1 n=0
p1 got session=1 from=q1#1 n=0
q1 got session=1 from=p1#1 n=0
p1 sent session=1 n=1
q1 got session=1 from=p1#1 n=1
p1 hushed
q1 hushed
`

// end ends the session of the story.
const end = `
p1 unsubscribe pattern=a
p1 dropped name=a pattern=a scope=Group session=1 reason=unsubscribed
p1 unsubscribed pattern=a
q1 dropped name=a scope=Group session=1 reason=unsubscribed
`

func tell(t *testing.T, h *history, story string) error {
	t.Helper()
	for line := range strings.Lines(story) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		e := event{Actor: words[0], What: words[1], Seq: 1}
		if a := h.actors[e.Actor]; a != nil {
			e.Seq = a.seq + 1
		}
		for _, word := range words[2:] {
			key, value, _ := strings.Cut(word, "=")
			number, err := strconv.Atoi(value)
			switch key {
			case "name":
				e.Name = value
			case "pattern":
				e.Pattern = value
			case "from":
				e.From = value
			case "reason":
				e.Reason, err = value, nil
			case "session":
				e.Session = number
			case "n":
				e.N = number
			case "seq":
				e.Seq = number
			case "at":
				e.At = int64(number)
			case "scope":
				e.Scope = map[string]actor.Scope{"LAN": actor.LAN, "Host": actor.Host, "Group": actor.Group, "Process": actor.Process}[value]
			default:
				t.Fatalf("%q: there is no %s", line, key)
			}
			if key == "session" || key == "n" || key == "seq" || key == "at" {
				if err != nil {
					t.Fatalf("%q: %v", line, err)
				}
			}
		}
		if err := h.take(e.Actor[:1], e); err != nil {
			return err
		}
	}
	return nil
}

func testWorld() func(process string) *place {
	lan := &place{name: "lan", scope: actor.LAN}
	host, other := &place{"host", actor.Host, lan}, &place{"other", actor.Host, lan}
	group := &place{"group", actor.Group, host}
	all := map[string]*place{
		"p": {"p", actor.Process, group},
		"q": {"q", actor.Process, group},
		"r": {"r", actor.Process, host},
		"s": {"s", actor.Process, other},
	}
	return func(process string) *place { return all[process] }
}

// What no actor may be told, whatever comes later.
func TestViolations(t *testing.T) {
	for _, test := range []struct{ name, after, want string }{
		{"available twice", "p1 available name=a pattern=a scope=Group session=2", "R11: a second session"},
		{"dropped twice", end + "q1 dropped name=a scope=Group session=1 reason=x", "R11: Dropped for no session"},
		{"dropped before available", "p1 dropped name=a pattern=a scope=Group session=0 reason=x", "R11: Dropped for no session"},
		{"dropped at another scope", "p1 dropped name=a pattern=a scope=LAN session=1 reason=x", "R11: Dropped of another name or scope"},
		{"message before available", "p1 got session=0 from=q1#1 n=1", "R11: a message of no session"},
		{"message after dropped", end + "p1 got session=1 from=q1#1 n=1", "R11: a message after Dropped"},
		{"message twice", "q1 got session=1 from=p1#1 n=1", "R11: message 1 comes twice"},
		{"message out of order", "q1 got session=1 from=p1#1 n=5\nq1 got session=1 from=p1#1 n=4", "R11: message 4 comes out of order"},
		{"message of another session", "q1 got session=1 from=p1#2 n=2", "R11: a message of another session"},
		{"messages of one session in two", "r1 began\nr1 subscribe pattern=a scope=Host\nr1 subscribed pattern=a scope=Host\n" +
			"r1 available name=a pattern=a scope=Group session=1\nr1 got session=1 from=q1#1 n=1", "R11: a message of another session"},
		{"session number used again", "q1 delivered name=a scope=Group session=1", "R11: session 1 begins after session 1"},
		{"send after dropped", end + "p1 leaked session=1 n=2", "R11: Send takes a message"},
		{"unsubscribed with a session", "p1 unsubscribe pattern=a\np1 unsubscribed pattern=a", "R11: unsubscribed of \"a\" while session 1"},
		{"unpublished with a session", "q1 unpublish name=a\nq1 unpublished name=a", "R11: unpublished of \"a\" while session 1"},
		{"available after unsubscribed", end + "p1 available name=a pattern=a scope=Group session=2", "R11: available for \"a\", which it has not"},
		{"delivered without published", "p1 delivered name=a scope=Group session=2", "R11: delivered for \"a\", which it has not"},
		{"a name that the pattern does not match", "p1 available name=b pattern=a scope=Group session=2", "R2: available of \"b\""},
		{"refused without need", "p1 publish name=b scope=Host at=2 reason=no", "R2: publish of \"b\" is refused"},
		{"published twice", "q1 published name=a scope=Host", "R4: published of \"a\" a second time"},
		{"subscribed unasked", "q1 subscribed pattern=a scope=Host", "R4: subscribed of \"a\", which it never asked for"},
		{"unpublished unasked", "p1 unpublished name=a", "R4: unpublished of \"a\", which it does not have"},
		{"the same twice", "q1 publish name=a scope=Host at=3", "R4: the same actor can publish \"a\" twice"},
		{"promoted first", "q1 promoted name=a scope=Host", "R4: promoted of \"a\" at Host, and it was so already"},
		{"standby twice", "q1 standby name=a scope=Host\nq1 standby name=a scope=LAN\nq1 standby name=a scope=Host", "R4: standby of \"a\" at Host, and it was so already"},
		{"standby of nothing", "p1 standby name=a scope=Host", "R4: standby of \"a\", which is not published"},
		{"undelivered that was never sent", "p1 undelivered from=p1#1 n=2", "Undelivered: what it never sent"},
		{"undelivered of another", "p1 undelivered from=q1#1 n=0", "Undelivered: what it never sent"},
		{"undelivered twice", "p1 undelivered from=p1#1 n=1\np1 undelivered from=p1#1 n=1", "Undelivered: what was given back before"},
		{"life after the end", "p1 ended\np1 hushed", "an actor that has ended goes on"},
		{"a lost event", "p1 hushed seq=99", "the history of p1 has a gap"},
		{"what should not be", "p1 broken reason=x", "broken: x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHistory()
			if err := tell(t, h, story); err != nil {
				t.Fatalf("the story itself: %v", err)
			}
			err := tell(t, h, test.after)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// What must be so at rest. A story is changed line by line, and goes on.
func TestRest(t *testing.T) {
	const (
		gone    = "\n" // instead of a line
		q2older = "q2 began\nq2 publish name=a scope=Host at=1\nq2 published name=a scope=Host\nq2 hushed\n"
	)
	for _, test := range []struct {
		name   string
		change []string // line, what stands in its place
		after  string
		want   string // empty: it is at rest
	}{
		{"as told", nil, "", ""},
		{"over at both ends", nil, end, ""},
		{"a refused registration is none", nil, "q2 began\nq2 publish name=a scope=Host at=2 reason=already\nq2 hushed", ""},
		{"a younger publisher in another group", nil, "r1 began\nr1 publish name=a scope=LAN at=2\nr1 published name=a scope=LAN\nr1 standby name=a scope=Host\nr1 hushed", ""},
		{"it keeps a session for a name of its own", nil, "p1 publish name=a scope=Host at=2\np1 published name=a scope=Host\np1 standby name=a scope=Group\np1 standby name=a scope=Host", ""},
		{"given back", []string{"q1 got session=1 from=p1#1 n=1\n", "p1 undelivered from=p1#1 n=1\n"}, "", ""},
		{"refused", []string{"q1 got session=1 from=p1#1 n=1\n", "p1 refused session=1 n=1 reason=full\n"}, "", ""},

		{"no session", []string{
			"p1 available name=a pattern=a scope=Group session=1\n", gone, "p1 sent session=1 n=0\n", gone,
			"q1 delivered name=a scope=Group session=1\n", gone, "q1 sent session=1 n=0\n", gone,
			"p1 got session=1 from=q1#1 n=0\n", gone, "q1 got session=1 from=p1#1 n=0\n", gone,
			"p1 sent session=1 n=1\n", gone, "q1 got session=1 from=p1#1 n=1\n", gone,
		}, "", `p1: R15: no session for "a" of "a"; that of q1 at Group is to be had`},
		{"a nearer publisher", nil, "p2 began\np2 publish name=a scope=Process at=2\np2 published name=a scope=Process\np2 hushed",
			`p1: R15: a session for "a"; that of p2 at Process is better`},
		{"an older publisher", []string{"q1 publish name=a scope=Host at=1\n", "q1 publish name=a scope=Host at=5\n"},
			"r1 began\nr1 publish name=a scope=Host at=2\nr1 published name=a scope=Host\nr1 hushed\n" +
				"s1 began\ns1 publish name=a scope=LAN at=1\ns1 published name=a scope=LAN\ns1 hushed",
			`q1: R4: "a" stands by at Host: true, it was told: false`},
		{"another publisher than the oldest", []string{"q1 publish name=a scope=Host at=1\n", "q1 publish name=a scope=Host at=5\n"}, "p0 began\np0 hushed\n" +
			strings.NewReplacer("q2", "r2").Replace(q2older), `q1: R4: "a" stands by at Host: true`},
		{"nobody offers it", nil, "q1 unpublish name=a", `q1: R4: "a" is registered: false, it was told: true`},
		{"nobody publishes it", []string{"q1 publish name=a scope=Host at=1\n", "q1 publish name=a scope=Process at=1\n"}, "", `p1: R15: a session for "a" that nobody offers`},
		{"no fact", nil, "q1 publish name=b scope=Host at=2", `q1: R4: "b" is registered: true, it was told: false`},
		{"one end lives", nil, "p1 unsubscribe pattern=a\np1 dropped name=a pattern=a scope=Group session=1 reason=x\np1 unsubscribed pattern=a", "q1: R15: a session lives at one end only"},
		{"a dead process leaves a session", nil, "p1 ended", "q1: R15: a session lives at one end only"},
		{"the other end is silent", []string{"p1 got session=1 from=q1#1 n=0\n", gone, "q1 got session=1 from=p1#1 n=0\n", gone, "q1 got session=1 from=p1#1 n=1\n", gone}, "",
			"p1: R15: the other end of a session says nothing"},
		{"a message is missing", []string{"q1 got session=1 from=p1#1 n=0\n", gone}, "", "q1: R11: message 0 is missing, and was not given back"},
		{"a message is on its way", []string{"q1 got session=1 from=p1#1 n=1\n", gone}, "", "q1: R11: message 1 has not come"},
		{"a message too many", []string{"p1 sent session=1 n=1\n", gone}, "", "q1: R11: of 1 messages the last is number 1"},
		{"taken and given back", nil, "p1 undelivered from=p1#1 n=1", "q1: R11: message 1 was taken, and was given back"},
		{"two publishers", []string{"q1 delivered name=a scope=Group session=1\n", "q1 subscribe pattern=a scope=Host\nq1 subscribed pattern=a scope=Host\nq1 available name=a pattern=a scope=Group session=1\n"}, "",
			"R11: two ends that do not belong together"},
		{"two scopes", []string{"q1 delivered name=a scope=Group session=1\n", "q1 delivered name=a scope=Host session=1\n"}, "", "R11: two ends that do not belong together"},
		{"two others", []string{"p1 got session=1 from=q1#1 n=0\n", "p1 got session=1 from=q1#9 n=0\n"}, "", "R11: an end with two others"},
		{"beyond the scope", []string{"q1 published name=a scope=Host\n", "q1 published name=a scope=Process\n"}, "", "R1: a session beyond the scope"},
		{"not quiet", []string{"q1 hushed\n", gone}, "", "q1: it does not say that it is quiet"},
		{"told to stand by", nil, "q1 standby name=a scope=Host", `q1: R4: "a" stands by at Host: false, it was told: true`},
	} {
		t.Run(test.name, func(t *testing.T) {
			told := story
			for i := 0; i < len(test.change); i += 2 {
				if !strings.Contains(told, test.change[i]) {
					t.Fatalf("the story has no line %q", test.change[i])
				}
				told = strings.Replace(told, test.change[i], test.change[i+1], 1)
			}
			h := newHistory()
			if err := tell(t, h, told+test.after); err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, d := range h.differences(testWorld(), false) {
				all = append(all, d.what)
			}
			if got := strings.Join(all, "\n"); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got\n%s\nwant %s", got, test.want)
			}
		})
	}
}

// After a gentle time also what was said in sessions that are over has come, or
// has come back.
func TestGentle(t *testing.T) {
	const said = "p1 began\np1 subscribe pattern=a scope=Host\np1 subscribed pattern=a scope=Host\np1 available name=a pattern=a scope=Group session=1\np1 sent session=1 n=0\n"
	for _, test := range []struct{ name, story, want string }{
		{"all has come", story + end, ""},
		{"the last has not", strings.Replace(story, "q1 got session=1 from=p1#1 n=1\n", "", 1) + end, "R11: message 1 has not come, and was not given back"},
		{"it came back", strings.Replace(story, "q1 got session=1 from=p1#1 n=1\n", "", 1) + end + "p1 undelivered from=p1#1 n=1", ""},
		{"to nobody", said + end[:strings.Index(end, "q1")] + "p1 hushed", "R11: message 0 was not given back"},
		{"to nobody, and back", said + end[:strings.Index(end, "q1")] + "p1 undelivered from=p1#1 n=0\np1 hushed", ""},
		{"nobody is left to be told", strings.Replace(story, "q1 got session=1 from=p1#1 n=1\n", "", 1) + end + "p1 ended", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHistory()
			if err := tell(t, h, test.story); err != nil {
				t.Fatal(err)
			}
			if left := h.differences(testWorld(), false); len(left) > 0 {
				t.Errorf("otherwise: %v", left[0])
			}
			var got string
			for _, d := range h.differences(testWorld(), true) {
				got += d.what
			}
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if h.prune(); test.want == "" && len(h.tickets) > 0 {
				t.Errorf("what is over is not forgotten: %v", h.tickets)
			}
		})
	}
}
