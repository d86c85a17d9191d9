package match

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

const (
	// MaxPattern is the length of the longest pattern, in bytes.
	MaxPattern = 256
	// MaxProgram is the number of instructions of the largest pattern.
	MaxProgram = 1000
	// maxRunes is how many ends of ranges the classes of a program may have, each
	// as often as it is used, to be matched in the fastest way. That copies
	// them, 7 MB for [\pL\pN]{40} nineteen times over; a group around all,
	// which package regexp never takes that way, leaves 200 kB.
	maxRunes = 4096
)

// A Pattern is a regular expression, in the syntax of package regexp, that must
// match the whole of a name. It never changes.
type Pattern struct {
	text    string
	prefix  string         // of every name that matches
	needed  []string       // in every name that matches, in that order, after prefix
	program *regexp.Regexp // nil: only the name prefix matches
	size    int            // instructions in the program
}

// effort is what it costs to try the pattern on name: 1, and more where a large
// program meets a long name; some 60 for the largest and longest.
func (p *Pattern) effort(name string) int { return 1 + p.size*len(name)/4096 }

// Compile returns the pattern of that text. The error is the reason of a
// refusal, a sentence without the text: empty, longer than MaxPattern, not
// valid UTF-8, no regular expression, or one larger than MaxProgram.
func Compile(text string) (*Pattern, error) {
	switch {
	case text == "":
		return nil, errors.New("the pattern is empty")
	case len(text) > MaxPattern:
		return nil, fmt.Errorf("the pattern has %d bytes, at most %d are allowed", len(text), MaxPattern)
	case !utf8.ValidString(text):
		return nil, errors.New("the pattern is not valid UTF-8")
	case regexp.QuoteMeta(text) == text:
		return &Pattern{text: text, prefix: text}, nil
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, malformed(err)
	}
	bare, err := program(tree)
	if err != nil {
		return nil, err
	}
	wrapped, err := wrap(text, bare)
	if err != nil {
		return nil, malformed(err)
	}
	prefix, whole := literal(tree)
	if whole && wrapped.MatchString(prefix) {
		return &Pattern{text: text, prefix: prefix}, nil
	}
	return &Pattern{text, prefix, needed(tree, true), wrapped, len(bare.Inst)}, nil
}

// wrap compiles text so that it matches whole names only. Bare is its program
// without that.
func wrap(text string, bare *syntax.Prog) (*regexp.Regexp, error) {
	begin, end := `\A(?:`, `)\z`
	runes := 0
	for _, inst := range bare.Inst {
		runes += len(inst.Rune)
	}
	if runes > maxRunes {
		begin, end = `(`+begin, end+`)`
	}
	re, err := regexp.Compile(begin + text + end)
	if err != nil {
		// Only an open \Q can have swallowed the end.
		re, err = regexp.Compile(begin + text + `\E` + end)
	}
	return re, err
}

// String returns the text that the pattern was compiled from.
func (p *Pattern) String() string { return p.text }

// Exact returns the only name that the pattern matches. It is ok also where
// that is written with metacharacters: a\.b, ^ab$.
func (p *Pattern) Exact() (name string, ok bool) {
	if p.program != nil {
		return "", false
	}
	return p.prefix, true
}

// Prefix returns what every name that matches begins with, as far as that is
// one string. An exact pattern's is the name.
func (p *Pattern) Prefix() string { return p.prefix }

// Match reports whether the pattern matches the whole of name.
func (p *Pattern) Match(name string) bool {
	if p.program == nil {
		return name == p.prefix
	}
	return strings.HasPrefix(name, p.prefix) && p.matchRest(name)
}

// matchRest is Match for a pattern that is not exact and a name with its prefix.
// A look for what is needed spares most names the program, which takes many
// times as long.
func (p *Pattern) matchRest(name string) bool {
	return hasAll(name[len(p.prefix):], p.needed) && p.program.MatchString(name)
}
