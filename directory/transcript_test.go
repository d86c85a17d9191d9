package directory

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

var rewrite = flag.Bool("rewrite", false, "write what the machines do into testdata/*/*.txt")

// A stepper is a machine.
type stepper interface {
	Step(from Party, m Message) []Effect
}

// runScripts runs every script in testdata/folder on a machine of its own.
//
// A script is a text of lines. One that begins with # is a comment: the first
// names the rule that the script shows. An indented line is an effect, of the
// command above it; -rewrite puts them there. A command is one message,
//
//	party: verb word… key=value…: reason
//
// where party is actor-N, link-N, self, or shell for nobody. A word pN is a
// publication and sN a subscription; the keys behind it (see registration) say
// what is new of it and are remembered. Other words are first, last,
// session-N, and the kind of a timer with its number. The command "machine" and
// its keys are for newMachine; it is the first of a script, or missing.
func runScripts(t *testing.T, folder string, newMachine func(keys map[string]string) stepper) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(want, []byte("# R")) {
				t.Error("the first line does not name a rule")
			}
			got, err := runScript(string(want), newMachine)
			if err != nil {
				t.Fatalf("%s:%v", file, err)
			}
			switch {
			case got == string(want):
			case *rewrite:
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
			}
		})
	}
}

// runScript returns the script with the effects that its commands have.
func runScript(text string, newMachine func(keys map[string]string) stepper) (string, error) {
	var out strings.Builder
	book := book{}
	var machine stepper
	for i, line := range strings.SplitAfter(text, "\n") {
		switch bare := strings.TrimSpace(line); {
		case strings.HasPrefix(line, "    "):
			continue
		case bare == "" || bare[0] == '#':
			out.WriteString(line)
			continue
		case !strings.HasSuffix(line, "\n"):
			return "", fmt.Errorf("%d: no newline at the end", i+1)
		}
		out.WriteString(line)
		c, err := book.parse(line)
		if err != nil {
			return "", fmt.Errorf("%d: %v", i+1, err)
		}
		if machine == nil {
			if c.verb == "machine" {
				machine = newMachine(c.keys)
				continue
			}
			machine = newMachine(nil)
		}
		m, err := c.message()
		if err != nil {
			return "", fmt.Errorf("%d: %v", i+1, err)
		}
		effects := machine.Step(c.from, m)
		for _, e := range effects {
			fmt.Fprintf(&out, "    %v\n", e)
		}
		if len(effects) == 0 {
			out.WriteString("    nothing\n")
		}
	}
	return out.String(), nil
}

// A book remembers the registrations of a script by their words.
type book map[string]*entry

type entry struct {
	publication  Publication
	subscription Subscription
}

// A command is a line of a script, taken apart.
type command struct {
	from          Party
	verb          string
	publications  []Publication
	subscriptions []Subscription
	words         []string
	keys          map[string]string
	reason        string
}

func (b book) parse(line string) (command, error) {
	c := command{keys: map[string]string{}}
	parts := strings.SplitN(strings.TrimSpace(line), ": ", 3)
	if len(parts) == 1 {
		parts = []string{"shell", parts[0]}
	}
	if len(parts) == 3 {
		c.reason = parts[2]
	}
	var err error
	if c.from, err = parseParty(parts[0]); err != nil {
		return c, err
	}
	var named []*entry
	for i, word := range strings.Fields(parts[1]) {
		key, value, isKey := strings.Cut(word, "=")
		switch {
		case i == 0:
			c.verb = word
		case isKey:
			known := false
			if len(named) > 0 {
				if known, err = named[len(named)-1].set(key, value); err != nil {
					return c, fmt.Errorf("%s: %w", word, err)
				}
			}
			if !known {
				c.keys[key] = value
			}
		case isRegistration(word):
			if b[word] == nil {
				b[word] = newEntry(word, c.from)
			}
			named = append(named, b[word])
		default:
			c.words = append(c.words, word)
		}
	}
	for _, e := range named {
		if e.publication.ID != (ID{}) {
			c.publications = append(c.publications, e.publication)
		} else {
			c.subscriptions = append(c.subscriptions, e.subscription)
		}
	}
	return c, nil
}

func parseParty(word string) (Party, error) {
	kind, number, _ := strings.Cut(word, "-")
	n, err := strconv.ParseUint(number, 10, 32)
	switch {
	case word == "shell":
		return 0, nil
	case word == "self":
		return Self, nil
	case kind == "actor" && err == nil:
		return ActorParty(transport.ActorID(n)), nil
	case kind == "link" && err == nil:
		return LinkParty(n), nil
	}
	return 0, fmt.Errorf("%q is no party", word)
}

func isRegistration(word string) bool {
	_, err := strconv.Atoi(word[1:])
	return err == nil && (word[0] == 'p' || word[0] == 's')
}

// newEntry returns the registration of a word as it is if nothing is said of it:
// pN is made in process N, sN in process 9, by the actor that speaks or else the
// first, at Host; of publications the lower number is the older.
func newEntry(word string, from Party) *entry {
	n, _ := strconv.Atoi(word[1:])
	id := ID{process(n), uint64(n)}
	if word[0] == 's' {
		id.Origin = process(9)
	}
	actor := transport.ActorID(1)
	if a, ok := from.Actor(); ok && from != Self {
		actor = a
	}
	address := transport.Address{Process: id.Origin, Actor: actor}
	if word[0] == 's' {
		return &entry{subscription: Subscription{id, "a", Host, address}}
	}
	return &entry{publication: Publication{ID: id, Name: "a", Scope: Host, Stamp: Stamp(n), Token: Token{byte(n)}, Actor: address}}
}

// set sets what a key of a registration says. It reports whether there is such a key.
func (e *entry) set(key, value string) (bool, error) {
	p, s := &e.publication, &e.subscription
	var n int
	var err error
	switch key {
	case "stamp", "token", "process", "actor":
		if n, err = strconv.Atoi(value); err != nil {
			return true, err
		}
	}
	published := p.ID != ID{}
	switch {
	case key == "name" && published:
		p.Name = Name(value)
	case key == "stamp" && published:
		p.Stamp = Stamp(n)
	case key == "token" && published:
		p.Token = Token{byte(n)}
	case key == "endpoint" && published:
		p.Endpoints = append(p.Endpoints, Endpoint{p.Scope, value})
	case key == "pattern" && !published:
		s.Pattern = Pattern(value)
	case key == "scope":
		p.Scope, err = parseScope(value)
		s.Scope = p.Scope
	case key == "process" && published:
		p.ID.Origin, p.Actor.Process = process(n), process(n)
	case key == "process":
		s.ID.Origin, s.Actor.Process = process(n), process(n)
	case key == "actor":
		p.Actor.Actor, s.Actor.Actor = transport.ActorID(n), transport.ActorID(n)
	default:
		return false, nil
	}
	return true, err
}

func process(n int) transport.ProcessID { return transport.ProcessID{3: byte(n)} }

func parseScope(word string) (Scope, error) {
	for s := WAN; s <= Library; s++ {
		if strings.EqualFold(word, s.String()) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%q is no scope", word)
}

// message returns what the command says to the machine.
func (c command) message() (m Message, err error) {
	fail := func(e error) {
		if e != nil && err == nil {
			err = fmt.Errorf("%s: %w", c.verb, e)
		}
	}
	p := func() Publication {
		if len(c.publications) != 1 {
			fail(errors.New("one publication is needed"))
			return Publication{}
		}
		return c.publications[0]
	}
	s := func() Subscription {
		if len(c.subscriptions) != 1 {
			fail(errors.New("one subscription is needed"))
			return Subscription{}
		}
		return c.subscriptions[0]
	}
	scope := func(key string) Scope {
		scope, e := parseScope(c.keys[key])
		fail(e)
		return scope
	}
	session := func() SessionID {
		var id SessionID
		for _, word := range c.words {
			if number, ok := strings.CutPrefix(word, "session-"); ok {
				n, e := strconv.ParseUint(number, 10, 64)
				fail(e)
				id = SessionID(n)
			}
		}
		if id == 0 {
			fail(errors.New("a session is needed"))
		}
		return id
	}
	has := func(word string) bool { return strings.Contains(" "+strings.Join(c.words, " ")+" ", " "+word+" ") }

	switch c.verb {
	case "publish":
		m = Publish{p()}
	case "unpublish":
		m = Unpublish{p().ID}
	case "subscribe":
		m = Subscribe{s()}
	case "unsubscribe":
		m = Unsubscribe{s().ID}
	case "claim":
		m = Claim{Name(c.keys["name"]), c.publications, c.keys["ask"] == "yes"}
	case "seek":
		m = Seek{s()}
	case "unseek":
		m = Unseek{s().ID}
	case "offered":
		m = Offered{s().ID, scope("at"), has("first"), has("last"), c.publications}
	case "offer":
		m = Offer{s().ID, scope("at"), p()}
	case "held":
		m = Held{Name: Name(c.keys["name"]), Scope: scope("at")} // by its own
		if len(c.publications) > 0 {
			m = Held{Name(c.keys["name"]), scope("at"), p().ID, p().Stamp}
		}
	case "withdraw":
		m = Withdraw{s().ID, scope("at"), Name(c.keys["name"])}
	case "child-up":
		m = ChildUp{scope("scope")}
	case "parent-up":
		m = ParentUp{scope("scope")}
	case "gone":
		m = Gone{}
	case "resume":
		m = Resume{}
	case "open":
		// showing is the token that is shown, if not the right one.
		token := p().Token
		if showing := c.keys["showing"]; showing != "" {
			n, e := strconv.Atoi(showing)
			fail(e)
			token = Token{byte(n)}
		}
		m = Opening{Open{session(), p().ID, token, scope("at"), s().Actor}, scope("reach")}
	case "ready":
		m = Ready{session()}
	case "not-opened":
		m = NotOpened{session(), c.reason}
	case "commit":
		m = Commit{session()}
	case "close":
		m = Close{session(), c.reason}
	case "closed":
		m = Closed{session(), c.reason}
	case "lost":
		m = Lost{session(), c.reason}
	case "linked":
		n, e := strconv.Atoi(c.keys["process"])
		fail(e)
		m = Linked{process(n)}
	case "fired": // of a link the number is that of its party
		var timer Timer
		for kind := TimerOpen; kind <= TimerPart; kind++ {
			for _, word := range c.words {
				if number, ok := strings.CutPrefix(word, kind.String()+"-"); ok {
					n, e := strconv.ParseUint(number, 10, 64)
					fail(e)
					timer = Timer{Kind: kind, ID: n}
				}
			}
		}
		if timer.Kind == 0 {
			fail(errors.New("a timer is needed"))
		}
		m = Fired{timer}
	default:
		var e error
		m, e = c.connection()
		fail(e)
	}
	return m, err
}

// connection returns what the command says to the switchboard. The key who is the
// number of an actor of process 9; listener, call and link are numbers.
func (c command) connection() (Message, error) {
	number := func(key string) uint64 {
		n, _ := strconv.ParseUint(c.keys[key], 10, 32) // zero is nobody's
		return n
	}
	who := transport.Address{Process: process(9), Actor: transport.ActorID(number("who"))}
	if a, ok := c.from.Actor(); ok {
		who = transport.Address{Process: process(1), Actor: a}
	}
	listener, call := ListenerID(number("listener")), CallID(number("call"))
	session := SessionID(number("session"))
	switch c.verb {
	case "listen":
		return Listen{listener, c.keys["requested"], c.keys["at"], who}, nil
	case "unlisten":
		return Unlisten{listener}, nil
	case "listener-lost":
		return ListenerLost{listener, c.reason}, nil
	case "call":
		return Call{c.keys["at"], c.keys["at"], who}, nil
	case "hang-up":
		return HangUp{LinkParty(number("link"))}, nil
	case "link-in":
		return LinkIn{listener}, nil
	case "link-out":
		return LinkOut{call}, nil
	case "unreached":
		return Unreached{call, c.reason}, nil
	case "join":
		return Join{session, who}, nil
	case "heard":
		return Heard{session}, nil
	case "joined":
		return Joined{session, who}, nil
	}
	return nil, errors.New("unknown verb")
}
