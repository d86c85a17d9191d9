package match

import (
	"regexp"
	"regexp/syntax"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCompileKnowsPrefixAndExactName(t *testing.T) {
	type facts struct {
		Prefix string
		Exact  bool
	}
	for _, c := range []struct {
		text string
		want facts
	}{
		{"host-1:worker", facts{"host-1:worker", true}},
		{"größe", facts{"größe", true}},
		{"a.b", facts{"a", false}},
		{`a\.b`, facts{"a.b", true}},
		{`\Qa.b\E`, facts{"a.b", true}},
		{`\Qa.b`, facts{"a.b", true}},
		{`\Qa.b\`, facts{`a.b\`, true}},
		{`a.*\Q(b`, facts{"a", false}},
		{`^ab$`, facts{"ab", true}},
		{`\Aab\z`, facts{"ab", true}},
		{`(?m)^ab$`, facts{"ab", true}},
		{`\bab\b`, facts{"ab", true}},
		{`\Bab`, facts{"ab", false}},
		{`a$b`, facts{"ab", false}},
		{`a^b`, facts{"ab", false}},
		{"(?m:a$\n^b)", facts{"a\nb", true}},
		{`[a][b]`, facts{"ab", true}},
		{`(?P<x>a)(b)`, facts{"ab", true}},
		{`a{3}`, facts{"aaa", true}},
		{`(?:a{2}b){2}`, facts{"aabaab", true}},
		{`a{0}b`, facts{"b", true}},
		{`a{0}`, facts{"", true}},
		{`(?:a+){0}b`, facts{"b", true}},
		{`(?:){2,}b`, facts{"b", true}},
		{`^*b`, facts{"b", true}},
		{`ab|ab`, facts{"ab", true}},
		{`^host-.*x.*y$`, facts{"host-", false}},
		{`host-.*`, facts{"host-", false}},
		{`(?:abc)+d`, facts{"abc", false}},
		{`(abc)+`, facts{"abc", false}},
		{`(abc)*d`, facts{"", false}},
		{`(abc)?d`, facts{"", false}},
		{`a{2,3}b`, facts{"aa", false}},
		{`a{2,}b`, facts{"aa", false}},
		{`a{0,2}b`, facts{"", false}},
		{`(?:ab?){2}`, facts{"a", false}},
		{`a|ab`, facts{"a", false}},
		{`ab|a`, facts{"a", false}},
		{`abc?`, facts{"ab", false}},
		{`abc*`, facts{"ab", false}},
		{`abc|abd`, facts{"ab", false}},
		{`(abc|abd)x`, facts{"ab", false}},
		{`ab|cd`, facts{"", false}},
		{`a|`, facts{"", false}},
		{`|a`, facts{"", false}},
		{`é|è`, facts{"", false}},
		{`(é)x|(è)x`, facts{"", false}},
		{`(?:aé)|(?:aè)`, facts{"a", false}},
		{`(?:(?:aé)b|(?:aé)+c)`, facts{"aé", false}},
		{`^a|^b`, facts{"", false}},
		{`^ab|^ac`, facts{"a", false}},
		{`(?i)abc`, facts{"", false}},
		{`(?i)1-abc`, facts{"1-", false}},
		{`(?i)123`, facts{"123", true}},
		{`ab(?i)cd`, facts{"ab", false}},
		{`ab(?i:cd)ef`, facts{"ab", false}},
		{`(?i:a)bc`, facts{"", false}},
		{`(?s).b`, facts{"", false}},
		{`[ab]c`, facts{"", false}},
		{`[aA]c`, facts{"", false}},
		{`a[^\x00-\x{10FFFF}]`, facts{"a", false}},
		{`a.*?b`, facts{"a", false}},
		{`(?U)a+b`, facts{"a", false}},
	} {
		p, err := Compile(c.text)
		if err != nil {
			t.Errorf("Compile(%q): %v", c.text, err)
			continue
		}
		name, exact := p.Exact()
		if got := (facts{p.Prefix(), exact}); got != c.want {
			t.Errorf("Compile(%q): got %+v, want %+v", c.text, got, c.want)
		}
		if exact && name != c.want.Prefix || !exact && name != "" {
			t.Errorf("Compile(%q): exact name %q", c.text, name)
		}
		if p.String() != c.text {
			t.Errorf("Compile(%q): String is %q", c.text, p)
		}
	}
}

func TestCompileKnowsWhatIsNeeded(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{`plant-1:.*`, nil},
		{`.*:worker-3.*:green`, []string{":worker-3", ":green"}},
		{`ab.*cd`, []string{"cd"}},
		{`ab(.*cd)+e`, []string{"cd", "e"}},
		{`(ab.*cd)`, []string{"cd"}},
		{`(ab.*cd){2,3}`, []string{"cd"}},
		{`(ab)+cd`, []string{"cd"}},
		{`(?:abc)+`, nil},
		{`a(?:.cd)?e`, []string{"e"}},
		{`a(?:.cd)*e`, []string{"e"}},
		{`a(?:.cd){0,2}e`, []string{"e"}},
		{`.(?:abc|xbd)e`, []string{"e"}},
		{`.(?i)abc`, nil},
		{`.(?i)123`, []string{"123"}},
		{`^.*\.$`, []string{"."}},
	} {
		p, err := Compile(c.text)
		if err != nil {
			t.Errorf("Compile(%q): %v", c.text, err)
		} else if !slices.Equal(p.needed, c.want) {
			t.Errorf("Compile(%q): %q is needed, want %q", c.text, p.needed, c.want)
		}
	}
}

func TestNeededPiecesStandInOrder(t *testing.T) {
	for _, c := range []struct {
		s      string
		pieces []string
		want   bool
	}{
		{"", nil, true},
		{"abc", []string{"a", "bc"}, true},
		{"abc", []string{"bc", "a"}, false},
		{"aba", []string{"ab", "ba"}, false},
		{"aa", []string{"a", "a"}, true},
		{"a", []string{"a", "a"}, false},
	} {
		if got := hasAll(c.s, c.pieces); got != c.want {
			t.Errorf("hasAll(%q, %q): got %t, want %t", c.s, c.pieces, got, c.want)
		}
	}
}

func TestMatchTakesTheWholeName(t *testing.T) {
	for _, c := range []struct {
		text string
		yes  []string
		no   []string
	}{
		{"ab", []string{"ab"}, []string{"", "a", "abc", "xab", "AB"}},
		{"a.b", []string{"a.b", "axb", "aéb"}, []string{"ab", "a\nb", "axbx"}},
		{"(?s)a.b", []string{"axb", "a\nb"}, []string{"ab"}},
		{"(?m)^a$", []string{"a"}, []string{"a\n", "\na", "a\nb"}},
		{"(?m)a$.*", []string{"a"}, []string{"a\nb", "ab"}},
		{"a|ab", []string{"a", "ab"}, []string{"", "b", "abb", "xa"}},
		{"a|b|", []string{"a", "b", ""}, []string{"ab", "c"}},
		{"(?i)abc", []string{"abc", "ABC", "aBc"}, []string{"ab", "abcd"}},
		{"(?i)k", []string{"k", "K", "\u212a"}, []string{"kk"}},
		{"a*?", []string{"", "a", "aaa"}, []string{"b", "ab"}},
		{"(a|ab)(c|bcd)", []string{"ac", "abc", "abcd", "abbcd"}, []string{"ab", "abcde"}},
		{`\Qa.*b`, []string{"a.*b"}, []string{"axb", "a.*b)"}},
		{`x.\Q)\z`, []string{`xy)\z`}, []string{"xy", "xy)"}},
		{`a.*bab.*ab`, []string{"abbabab", "abababab"}, []string{"abab", "ababb", "abab "}},
		{`a$b`, nil, []string{"ab", "a", "a$b"}},
		{`\Bab`, nil, []string{"ab"}},
		{`^host-.*x.*y$`, []string{"host-xy", "host-1x2y"}, []string{"host-x", "xhost-xy", "host-xyz"}},
		{`test:worker-10:[-0-9a-f]{36}`,
			[]string{"test:worker-10:9e7db6d6-8d0f-4a43-9d5c-0f3b0c3f5a11"},
			[]string{"test:worker-10:", "test:worker-1:9e7db6d6-8d0f-4a43-9d5c-0f3b0c3f5a11"}},
	} {
		p, err := Compile(c.text)
		if err != nil {
			t.Errorf("Compile(%q): %v", c.text, err)
			continue
		}
		for _, name := range c.yes {
			if !p.Match(name) {
				t.Errorf("%q does not match %q", c.text, name)
			}
		}
		for _, name := range c.no {
			if p.Match(name) {
				t.Errorf("%q matches %q", c.text, name)
			}
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	const bad = "the pattern is not a regular expression: "
	for _, c := range []struct{ text, want string }{
		{"", "the pattern is empty"},
		{strings.Repeat("a", 257), "the pattern has 257 bytes, at most 256 are allowed"},
		{"a\xff", "the pattern is not valid UTF-8"},
		{"a.\xff", "the pattern is not valid UTF-8"},
		{"a)|(b", bad + `a ) closes nothing: "a)|(b"`},
		{"(a", bad + `a ( is not closed: "(a"`},
		{"[a", bad + `a [ is not closed: "[a"`},
		{"[z-a]", bad + `no such range of characters: "z-a"`},
		{`\p{Nobody}`, bad + `no such range of characters: "\\p{Nobody}"`},
		{`(a)\1`, bad + `no such escape with \: "\\1"`},
		{`a\E`, bad + `no such escape with \: "\\E"`},
		{`\C`, bad + `no such escape with \: "\\C"`},
		{`a\`, bad + `it ends in a lone \: ""`},
		{"(?=a)", bad + `no such group; there is no looking ahead or behind: "(?="`},
		{"(?<!a)b", bad + `no such group; there is no looking ahead or behind: "(?<!a)b"`},
		{"(?P<a b>c)", bad + `a group has a wrong name: "(?P<a b>"`},
		{"*a", bad + `there is nothing to repeat: "*"`},
		{"a|*", bad + `there is nothing to repeat: "*"`},
		{"a**", bad + `it repeats a repetition: "**"`},
		{"a{1001}", bad + `a repetition is above 1000, or its bounds are in the wrong order: "{1001}"`},
		{"a{2,1}", bad + `a repetition is above 1000, or its bounds are in the wrong order: "{2,1}"`},
		{"(?:a{100}){100}", bad + `a repetition is above 1000, or its bounds are in the wrong order: "{100}"`},
		{"a{999}", "the pattern is too large: at least 1001 instructions, at most 1000 are allowed"},
		{"(?:abcd.){1000}", "the pattern is too large: at least 5000 instructions, at most 1000 are allowed"},
		{"(?:" + strings.Repeat("x", 240) + "){1000}", "the pattern is too large: at least 240000 instructions, at most 1000 are allowed"},
		{strings.Repeat(".{0,1000}", 28), "the pattern is too large: at least 28000 instructions, at most 1000 are allowed"},
		{"(?:abcd){900,}", "the pattern is too large: at least 3600 instructions, at most 1000 are allowed"},
		{"(?:a{0,3}|b){300}", "the pattern is too large: at least 1200 instructions, at most 1000 are allowed"},
	} {
		p, err := Compile(c.text)
		if err == nil {
			t.Errorf("Compile(%q): got %v, want refused: %s", c.text, p, c.want)
		} else if err.Error() != c.want {
			t.Errorf("Compile(%q): got %s, want %s", c.text, err, c.want)
		}
	}
}

// Package regexp would take 7 MB for each of these.
func TestLargeClassesStaySmall(t *testing.T) {
	const count, each = 4, 1 << 20
	text := strings.Repeat(`[\pL\pN]{40}`, 19)
	var kept []*Pattern
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range count {
		p, err := Compile(strings.Repeat("a", i) + text)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, p)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := int64(after.HeapAlloc) - int64(before.HeapAlloc); got > count*each {
		t.Errorf("%d patterns take %d bytes, want at most %d", count, got, count*each)
	}
	for i, p := range kept {
		if name := strings.Repeat("aé", 380); !p.Match(strings.Repeat("a", i)+name) || p.Match(name+"aa"+name) || p.Match(name+":") {
			t.Errorf("%q does not match as it should", p)
		}
	}
}

func TestCompileTakesTheLargestAllowed(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a", MaxPattern),
		strings.Repeat("a", MaxPattern-1) + ".",
		"a{998}", // and two instructions that every program has
		"(a){332}",
		"(?:.{998}){0}" + strings.Repeat(".{0,45}", 10),
	} {
		if _, err := Compile(text); err != nil {
			t.Errorf("Compile(%q): %v", text, err)
		}
	}
}

// The oracle wraps nothing: the longest match of the text as it is must be all
// of the name.
func wholly(t testing.TB, text string) func(name string) bool {
	re, err := regexp.Compile(text)
	if err != nil {
		t.Fatalf("%q is taken, but it is no regular expression: %v", text, err)
	}
	re.Longest()
	return func(name string) bool {
		at := re.FindStringIndex(name)
		return at != nil && at[0] == 0 && at[1] == len(name)
	}
}

// agree checks everything that a pattern says against the oracle, on one name.
func agree(t testing.TB, p *Pattern, want bool, name string) {
	if got := p.Match(name); got != want {
		t.Fatalf("%q on %q: matches %t, want %t", p, name, got, want)
	}
	if want && !strings.HasPrefix(name, p.Prefix()) {
		t.Fatalf("%q matches %q, which does not begin with %q", p, name, p.Prefix())
	}
	if exact, ok := p.Exact(); ok && want != (name == exact) {
		t.Fatalf("%q is exactly %q, but on %q it should say %t", p, exact, name, want)
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range [][2]string{
		{"ab", "ab"}, {"a)|(b", "a"}, {`^host-.*x.*y$`, "host-xy"}, {"(?i)abc", "ABC"},
		{"(?:abc)+d", "abcabcd"}, {"a|ab", "ab"}, {"abc?", "ab"}, {`\Qa.b`, "a.b"},
		{`\Qa\`, `a\`}, {"(?m)^a$", "a\nb"}, {"a{2,5}", "aaa"}, {"é|è", "é"},
		{"(?s).", "\n"}, {`\bab\B`, "ab"}, {"(?U)a+?", "aa"}, {"[^a]|b{0}", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := Compile(text)
		if err != nil || !utf8.ValidString(name) || len(name) > 1000 {
			return
		}
		want := wholly(t, text)
		agree(t, p, want(name), name)
		agree(t, p, want(p.Prefix()), p.Prefix())
		agree(t, p, want(p.Prefix()+name), p.Prefix()+name)
		if wrapped, err := regexp.Compile(`\A(?:` + text + `)\z`); err == nil && wrapped.MatchString(name) != p.Match(name) {
			t.Fatalf("%q on %q: matches %t, wrapped %t", text, name, p.Match(name), !p.Match(name))
		}
	})
}

// Names and patterns over few letters, so that they often meet.
var someName = rapid.StringOfN(rapid.RuneFrom([]rune("abAé:-.\n")), 0, 6, -1)

func somePattern() *rapid.Generator[string] {
	leaf := rapid.SampledFrom([]string{
		"a", "b", "ab", "ba", "é", "A", ":", "-", `\.`, ".", "[ab]", "[^a]", `\w`, `\pL`, "^", "$", `\b`, `\B`,
		`\A`, `\z`, "(?i:a)", "(?i:1b)", "(?i:é)", "(?s:.)", "(?m:^)", "(?m:$)", "(?:)", `\Qa.\E`, "\n",
	})
	var tree func(depth int) *rapid.Generator[string]
	tree = func(depth int) *rapid.Generator[string] {
		if depth == 0 {
			return leaf
		}
		sub := tree(depth - 1)
		return rapid.OneOf(
			leaf,
			rapid.Custom(func(t *rapid.T) string { return sub.Draw(t, "left") + sub.Draw(t, "right") }),
			rapid.Custom(func(t *rapid.T) string {
				return "(?:" + sub.Draw(t, "left") + "|" + sub.Draw(t, "right") + ")"
			}),
			rapid.Custom(func(t *rapid.T) string {
				times := rapid.SampledFrom([]string{"*", "+", "?", "*?", "{2}", "{0}", "{0,2}", "{1,2}", "{2,}"})
				return "(" + sub.Draw(t, "repeated") + ")" + times.Draw(t, "times")
			}),
		)
	}
	return rapid.Custom(func(t *rapid.T) string {
		begin := rapid.SampledFrom([]string{"", "", "", "^", "(?i)", "(?m)", "(?s)", "a", "ab:", `a|`})
		end := rapid.SampledFrom([]string{"", "", "", "$", ".*", `\Q.b`, "|b"})
		return begin.Draw(t, "begin") + tree(3).Draw(t, "tree") + end.Draw(t, "end")
	})
}

func TestPatternsAgreeWithTheirExpressions(t *testing.T) {
	pattern := somePattern()
	rapid.Check(t, func(t *rapid.T) {
		text := pattern.Draw(t, "text")
		p, err := Compile(text)
		if err != nil {
			t.Fatalf("Compile(%q): %v", text, err)
		}
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		prog, err := syntax.Compile(tree.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		if least, size := fewest(tree), len(prog.Inst); least > size || size > 4*least+4 {
			t.Fatalf("%q takes %d instructions, at least %d foreseen", text, size, least)
		}
		re := regexp.MustCompile(text)
		re.Longest()
		for _, name := range rapid.SliceOfN(someName, 1, 20).Draw(t, "names") {
			for _, name := range []string{name, p.Prefix() + name} {
				at := re.FindStringIndex(name)
				want := at != nil && at[0] == 0 && at[1] == len(name)
				if got := p.Match(name); got != want {
					t.Fatalf("%q on %q: matches %t, want %t; prefix %q", text, name, got, want, p.Prefix())
				}
				if want && !strings.HasPrefix(name, p.Prefix()) {
					t.Fatalf("%q matches %q, which does not begin with %q", text, name, p.Prefix())
				}
			}
		}
	})
}
