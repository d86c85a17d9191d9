package node

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// Names and patterns at their limits and beyond (R2).

func names() (fit, unfit map[string]directory.Name) {
	fit = map[string]directory.Name{
		"one byte":     "x",
		"255 bytes":    directory.Name(strings.Repeat("n", 255)),
		"runes":        directory.Name(strings.Repeat("𝄞", 63)),
		"spaces":       "a name: with spaces",
		"a pattern":    `a)|(b.*[`,
		"all but ends": "\u007e\u00a0",
	}
	unfit = map[string]directory.Name{
		"nothing":        "",
		"256 bytes":      directory.Name(strings.Repeat("n", 256)),
		"too many runes": directory.Name(strings.Repeat("𝄞", 64)),
		"a NUL":          "a\x00b",
		"a newline":      "a\nb",
		"an escape":      "\x1b[31m",
		"a delete":       "a\x7f",
		"a C1 control":   "a\u0085b",
		"no UTF-8":       "a\xff",
		"half a rune":    "a\xe2\x82",
		"a surrogate":    "a\xed\xa0\x80",
		"a long form":    "\xc0\x80",
	}
	return fit, unfit
}

func patterns() (fit, unfit map[string]directory.Pattern) {
	fit = map[string]directory.Pattern{
		"everything":        ".*",
		"256 bytes":         directory.Pattern(strings.Repeat("p", 254) + ".*"),
		"1000 instructions": instructions(1000),
		"no name":           "a^b",
		"alternatives":      "a|b",
	}
	unfit = map[string]directory.Pattern{
		"nothing":           "",
		"257 bytes":         directory.Pattern(strings.Repeat("p", 255) + ".*"),
		"257 plain bytes":   directory.Pattern(strings.Repeat("p", 257)),
		"1001 instructions": instructions(1001),
		"27000":             "((a{30}){30}){30}",
		"two halves":        "a)|(b", // legal if it is only compiled within a group
		"an open group":     "(",
		"a bad class":       "[z-a]",
		"a look ahead":      "(?=a)a",
		"a back reference":  `(a)\1`,
		"no UTF-8":          "a\xff",
	}
	return fit, unfit
}

// instructions returns a pattern that compiles to so many instructions.
func instructions(n int) directory.Pattern { return directory.Pattern(fmt.Sprintf(".{%d}", n-2)) }

// What is at the limit is taken and matched, what is beyond is refused at once with
// the reason, and leaves nothing.
func TestNamesAndPatternsAtTheirLimits(t *testing.T) {
	for _, n := range []int{1000, 1001} {
		tree, err := syntax.Parse(string(instructions(n)), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if program, err := syntax.Compile(tree.Simplify()); err != nil || len(program.Inst) != n {
			t.Fatalf("%q has %d instructions, want %d; %v", instructions(n), len(program.Inst), n, err)
		}
	}
	host := open(t, directory.Host, "")
	pub := open(t, directory.Process, host.Address())
	sub := open(t, directory.Process, host.Address())
	fit, unfit := names()
	for title, name := range fit {
		t.Run("name of "+title, func(t *testing.T) {
			pub.publish(1, name, directory.Host)
			pattern := directory.Pattern(regexp.QuoteMeta(string(name)))
			sub.subscribe(1, pattern, directory.Host)
			if got, _ := next[directory.Available](sub, 1); got.Name != name {
				t.Errorf("got %v", got)
			}
			next[directory.Delivered](pub, 1)
			sub.Unsubscribe(1, pattern)
			next[directory.Dropped](sub, 1)
			next[directory.Unsubscribed](sub, 1)
			next[directory.Dropped](pub, 1)
			pub.Unpublish(1, name)
			next[directory.Unpublished](pub, 1)
		})
	}
	for title, name := range unfit {
		var refusal directory.NotPublished
		if err := pub.Publish(1, name, directory.Host); !errors.As(err, &refusal) || refusal.Name != name || refusal.Reason == "" {
			t.Errorf("name of %s: %v", title, err)
		}
	}
	good, bad := patterns()
	for title, pattern := range good {
		if err := sub.Subscribe(1, pattern, directory.Host); err != nil {
			t.Errorf("pattern of %s: %v", title, err)
			continue
		}
		next[directory.Subscribed](sub, 1)
	}
	for title, pattern := range bad {
		var refusal directory.NotSubscribed
		if err := sub.Subscribe(1, pattern, directory.Host); !errors.As(err, &refusal) || refusal.Pattern != pattern || refusal.Reason == "" {
			t.Errorf("pattern of %s: %v", title, err)
		}
	}
	if names, patterns := len(pub.registry.names), len(sub.registry.actors[1].patterns); names != 0 || patterns != len(good) {
		t.Errorf("%d names and %d patterns are registered, want 0 and %d", names, patterns, len(good))
	}
}

// The same said by a child that does not check: who says it is cut off, with the
// reason; nothing of it is known, and others go on being introduced.
func TestNamesAndPatternsBeyondTheirLimitsFromAChild(t *testing.T) {
	p := newPair(t)
	_, unfitNames := names()
	_, unfitPatterns := patterns()
	lies := make(map[string]func(self transport.ProcessID) directory.Message)
	for title, name := range unfitNames {
		lies["name of "+title] = func(self transport.ProcessID) directory.Message {
			return directory.Claim{Name: name, Claimants: []directory.Publication{{ID: directory.ID{Origin: self, Seq: 1}, Name: name, Scope: directory.Host}}}
		}
	}
	for title, pattern := range unfitPatterns {
		lies["pattern of "+title] = func(self transport.ProcessID) directory.Message {
			return directory.Seek{Subscription: directory.Subscription{ID: directory.ID{Origin: self, Seq: 1}, Pattern: pattern, Scope: directory.Host}}
		}
	}
	for title, lie := range lies {
		t.Run(title, func(t *testing.T) {
			s := connect(t, p.host.Address(), dirwire.Child)
			s.say(lie(s.self))
			s.isCutOff(t)
			p.introduced(t)
		})
	}
	awaitNames(t, p.host, 1) // the pair's
}

// isCutOff waits until the link was closed for what it said: refused, or broken.
func (s *stranger) isCutOff(t *testing.T) {
	t.Helper()
	select {
	case err := <-s.lost:
		if reason := err.Error(); !strings.Contains(reason, "refused") && !strings.Contains(reason, "frame") {
			t.Errorf("closed because of %v, want a refusal", err)
		}
	case <-time.After(patience):
		t.Error("not cut off")
	}
}

// R17: of patterns that begin with no fixed text a process has so many at most.
func TestWidePatterns(t *testing.T) {
	p := open(t, directory.Process, "")
	for i := range directory.MaxWide {
		if err := p.Subscribe(transport.ActorID(1+i%2), directory.Pattern(fmt.Sprintf(".*:%d", i)), directory.Process); err != nil {
			t.Fatal(err)
		}
	}
	var refusal directory.NotSubscribed
	if err := p.Subscribe(3, ".*:more", directory.Process); !errors.As(err, &refusal) || refusal.Reason != directory.TooWide {
		t.Errorf("got %v", err)
	}
	if err := p.Subscribe(3, "more:.*", directory.Process); err != nil {
		t.Error(err)
	}
	p.Unsubscribe(1, ".*:0")
	if err := p.Subscribe(3, ".*:more", directory.Process); err != nil {
		t.Error(err)
	}
	p.Ended(2)
	if err := p.Subscribe(3, ".*:more:still", directory.Process); err != nil {
		t.Error(err)
	}
}
