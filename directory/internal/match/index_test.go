package match

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type pair struct {
	Name  string
	Value int
}

// visited runs a visit to its end and counts its slices.
func visited(limit int, visit func(from string, limit int, visit func(string, int)) (string, bool)) (got []pair, slices int) {
	from, more := "", true
	for more {
		from, more = visit(from, limit, func(name string, v int) { got = append(got, pair{name, v}) })
		slices++
	}
	return got, slices
}

// Names and Patterns go through the same random changes as two dumb lists that
// test every name with every expression.
func TestIndexesAgreeWithADumbScan(t *testing.T) {
	pattern := somePattern()
	rapid.Check(t, func(t *rapid.T) {
		var names Names[int]
		var patterns Patterns[int]
		dumbNames := map[string]int{}
		dumbPatterns := map[string]int{}
		compiled := map[string]*regexp.Regexp{}
		wholly := func(text, name string) bool {
			re := compiled[text]
			if re == nil {
				re = regexp.MustCompile(text)
				re.Longest()
				compiled[text] = re
			}
			at := re.FindStringIndex(name)
			return at != nil && at[0] == 0 && at[1] == len(name)
		}
		check := func(text, name string, limit int) {
			p, err := Compile(text)
			if err != nil {
				t.Fatalf("Compile(%q): %v", text, err)
			}
			var all, matching []pair
			tried := 0
			for _, name := range slices.Sorted(maps.Keys(dumbNames)) {
				all = append(all, pair{name, dumbNames[name]})
				if wholly(text, name) {
					matching = append(matching, all[len(all)-1])
				}
				if strings.HasPrefix(name, p.Prefix()) {
					tried++
				}
			}
			got, n := visited(limit, func(from string, limit int, visit func(string, int)) (string, bool) {
				return names.Scan(p, from, limit, visit)
			})
			if d := gocmp.Diff(matching, got); d != "" {
				t.Fatalf("Scan(%q) in slices of %d: -want +got\n%s", text, limit, d)
			}
			want := max(1, (tried+limit-1)/limit)
			if _, exact := p.Exact(); exact {
				want = 1
			}
			if n != want && p.size < 256 { // a name may count as several
				t.Fatalf("Scan(%q) in slices of %d took %d slices, want %d", text, limit, n, want)
			}
			got, n = visited(limit, names.Range)
			if d := gocmp.Diff(all, got); d != "" {
				t.Fatalf("Range in slices of %d: -want +got\n%s", limit, d)
			}
			if want := max(1, (len(all)+limit-1)/limit); n != want {
				t.Fatalf("Range in slices of %d took %d slices, want %d", limit, n, want)
			}
			var wanted, found []string
			for text, v := range dumbPatterns {
				if wholly(text, name) {
					wanted = append(wanted, fmt.Sprint(text, " ", v))
				}
			}
			slices.Sort(wanted)
			patterns.Find(name, func(e *Entry[int]) { found = append(found, fmt.Sprint(e.Pattern, " ", e.Value)) })
			slices.Sort(found)
			if d := gocmp.Diff(wanted, found); d != "" {
				t.Fatalf("Find(%q): -want +got\n%s", name, d)
			}
			if names.Len() != len(dumbNames) || patterns.Len() != len(dumbPatterns) {
				t.Fatalf("Len: %d names of %d, %d patterns of %d", names.Len(), len(dumbNames), patterns.Len(), len(dumbPatterns))
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				name, v := someName.Draw(t, "name"), rapid.IntRange(1, 9).Draw(t, "value")
				names.Set(name, v)
				dumbNames[name] = v
			},
			"delete": func(t *rapid.T) {
				name := someName.Draw(t, "name")
				if len(dumbNames) > 0 && rapid.Bool().Draw(t, "there") {
					name = rapid.SampledFrom(slices.Sorted(maps.Keys(dumbNames))).Draw(t, "which")
				}
				names.Delete(name)
				delete(dumbNames, name)
				if v, ok := names.Get(name); ok {
					t.Fatalf("%q is deleted, but has %d", name, v)
				}
			},
			"add": func(t *rapid.T) {
				text := pattern.Draw(t, "text")
				if len(dumbPatterns) > 0 && rapid.Bool().Draw(t, "again") {
					text = rapid.SampledFrom(slices.Sorted(maps.Keys(dumbPatterns))).Draw(t, "which")
				}
				e, err := patterns.Add(text)
				if err != nil {
					t.Fatalf("Add(%q): %v", text, err)
				}
				if e.Value != dumbPatterns[text] || patterns.Get(text) != e {
					t.Fatalf("Add(%q): %+v, want the entry that has %d", text, e, dumbPatterns[text])
				}
				e.Value++
				dumbPatterns[text]++
			},
			"remove": func(t *rapid.T) {
				text := pattern.Draw(t, "text")
				if len(dumbPatterns) > 0 && rapid.Bool().Draw(t, "there") {
					text = rapid.SampledFrom(slices.Sorted(maps.Keys(dumbPatterns))).Draw(t, "which")
				}
				patterns.Delete(text)
				delete(dumbPatterns, text)
				if e := patterns.Get(text); e != nil {
					t.Fatalf("%q is deleted, but has %+v", text, e)
				}
			},
			"": func(t *rapid.T) {
				text := pattern.Draw(t, "text")
				if len(dumbPatterns) > 0 && rapid.Bool().Draw(t, "known") {
					text = rapid.SampledFrom(slices.Sorted(maps.Keys(dumbPatterns))).Draw(t, "which")
				}
				check(text, someName.Draw(t, "name"), rapid.IntRange(1, 4).Draw(t, "limit"))
			},
		})
	})
}

func TestFindOrderIsThatOfThePatterns(t *testing.T) {
	want := []string{
		"ab", `[a]b`, `^ab$`, `a{1}b`, // just this name
		`.*`, `[ab]+`, `\w.`, // any name
		`a(b|c)`, `a.`, `ab*`, `ab?`, // names with a
		`ab(c|)`, `ab.{0}.?`, // names with ab
	}
	rapid.Check(t, func(t *rapid.T) {
		var s Patterns[struct{}]
		for _, text := range rapid.Permutation(want).Draw(t, "order") {
			for _, text := range []string{text, text + "x", "x" + text} { // and some that do not match
				if _, err := s.Add(text); err != nil {
					t.Fatal(err)
				}
			}
		}
		var got []string
		s.Find("ab", func(e *Entry[struct{}]) { got = append(got, e.Pattern.String()) })
		if d := gocmp.Diff(want, got); d != "" {
			t.Fatalf("-want +got\n%s", d)
		}
	})
}

func TestScanTriesFewerNamesWithALargePattern(t *testing.T) {
	var names Names[int]
	for i := range 100 {
		names.Set(fmt.Sprintf("%0250d", i), i)
	}
	for _, c := range []struct {
		text  string
		limit int
		want  []int // names in each slice
	}{
		{".*", 40, []int{40, 40, 20}},
		{".*", 0, slices.Repeat([]int{1}, 100)},
		{".*", 1000, []int{100}},
		{"(?:.?){497}", 1000, []int{17, 17, 17, 17, 17, 15}}, // 996 instructions on 250 bytes are 61
		{"(?:.?){497}", 1, slices.Repeat([]int{1}, 100)},
		{"0.*1", 40, []int{4, 4, 2}},
		{"1.*", 1, []int{0}},
	} {
		p, err := Compile(c.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for from, more := "", true; more; {
			n := 0
			from, more = names.Scan(p, from, c.limit, func(string, int) { n++ })
			got = append(got, n)
		}
		if d := gocmp.Diff(c.want, got); d != "" {
			t.Errorf("Scan(%q) in slices of %d: -want +got\n%s", c.text, c.limit, d)
		}
	}
}

func TestRangeTakesAtLeastOneName(t *testing.T) {
	var names Names[int]
	names.Set("a", 1)
	names.Set("b", 2)
	got, n := visited(0, names.Range)
	if d := gocmp.Diff([]pair{{"a", 1}, {"b", 2}}, got); d != "" || n != 2 {
		t.Errorf("in %d slices: -want +got\n%s", n, d)
	}
}

// What comes and goes between two slices counts only where it is ahead.
func TestScanGoesOnAfterChanges(t *testing.T) {
	var names Names[int]
	for _, name := range []string{"a1", "a3", "a5", "a7"} {
		names.Set(name, 0)
	}
	p, err := Compile("a.")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	visit := func(name string, _ int) { got = append(got, name) }
	next, more := names.Scan(p, "", 2, visit)
	if next != "a5" || !more {
		t.Fatalf("after two names: next %q, more %t", next, more)
	}
	names.Set("a2", 0)
	names.Set("a6", 0)
	names.Delete("a1")
	names.Delete("a5")
	for more {
		next, more = names.Scan(p, next, 2, visit)
	}
	if d := gocmp.Diff([]string{"a1", "a3", "a6", "a7"}, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestExactScanIsOneSlice(t *testing.T) {
	var names Names[int]
	names.Set("a", 1)
	names.Set("a.b", 2)
	for _, c := range []struct {
		text, from string
		want       []pair
	}{
		{"a", "", []pair{{"a", 1}}},
		{"a", "a", []pair{{"a", 1}}},
		{"a", "b", nil},
		{`a\.b`, "", []pair{{"a.b", 2}}},
		{`c`, "", nil},
	} {
		p, err := Compile(c.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []pair
		next, more := names.Scan(p, c.from, 1, func(name string, v int) { got = append(got, pair{name, v}) })
		if d := gocmp.Diff(c.want, got); d != "" || next != "" || more {
			t.Errorf("Scan(%q) from %q: next %q, more %t, -want +got\n%s", c.text, c.from, next, more, d)
		}
	}
}

// Many subscribers share an entry; the user of the set counts them.
func TestPatternsShareOneEntry(t *testing.T) {
	var s Patterns[[]string]
	find := func(name string) (got []string) {
		s.Find(name, func(e *Entry[[]string]) { got = append(got, e.Value...) })
		return got
	}
	for _, who := range []string{"x", "y"} {
		for _, text := range []string{"ab", "a.", `a[b]`, "a.*"} {
			e, err := s.Add(text)
			if err != nil {
				t.Fatal(err)
			}
			e.Value = append(e.Value, text+" "+who)
		}
	}
	if _, err := s.Add("a("); err == nil {
		t.Error("a( is taken")
	}
	if s.Len() != 4 || s.Get("a(") != nil {
		t.Errorf("Len is %d, a( has %v", s.Len(), s.Get("a("))
	}
	if d := gocmp.Diff([]string{"ab x", "ab y", "a[b] x", "a[b] y", "a. x", "a. y", "a.* x", "a.* y"}, find("ab")); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	// A name that reads like a pattern is a name still.
	if d := gocmp.Diff([]string{"a. x", "a. y", "a.* x", "a.* y"}, find("a.")); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if d := gocmp.Diff([]string{"a.* x", "a.* y"}, find("a[b]")); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	for _, text := range []string{"ab", "a.", `a[b]`, "nobody", "a.*", "ab"} {
		s.Delete(text)
	}
	if got := find("ab"); got != nil || s.Len() != 0 {
		t.Errorf("after all are deleted: %q, Len %d", got, s.Len())
	}
	if len(s.open)+len(s.quoted)+len(s.depths) != 0 {
		t.Errorf("left behind: %v %v %v", s.open, s.quoted, s.depths)
	}
}
