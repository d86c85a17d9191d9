package role

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCheckName(t *testing.T) {
	for name, want := range map[string]string{
		"worker":                  "",
		"worker-2":                "",
		"Arbeiter für alles":      "",
		"subgroup":                "",
		strings.Repeat("x", 64):   "",
		strings.Repeat("x", 65):   strings.Repeat("x", 65) + ": the name has 65 bytes, at most 64 are allowed",
		"":                        "the name of the role is empty",
		"a/b":                     "a/b: the name has a separator",
		`a\b`:                     `a\b: the name has a separator`,
		"a\nb":                    `"a\nb": the name has a control character`,
		"a\u0085b":                `"a\u0085b": the name has a control character`,
		"a\xffb":                  `"a\xffb": the name is not valid UTF-8`,
		"..":                      "..: the name begins with '.'",
		"-x":                      "-x: the name begins with '-'",
		" x":                      " x: the name begins with ' '",
		"x ":                      "x : the name ends with a space",
		"group":                   "group: names that begin with group are reserved",
		"group-cake":              "group-cake: names that begin with group are reserved",
		"\x1b[2Jclear the screen": `"\x1b[2Jclear the screen": the name has a control character`,
	} {
		got := ""
		if err := CheckName(name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("CheckName(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestCompareNames(t *testing.T) {
	want := []string{
		"server", "w", "worker", "worker-0", "worker-1", "worker-1b", "worker-01b", "worker-2", "worker-02",
		"worker-10", "worker-10-2", "worker-10-11", "worker-99999999999999999999", "worker-100000000000000000000", "worker-x",
	}
	// Names of equal value go by their bytes.
	slices.Sort(want[5:7])
	slices.Sort(want[7:9])
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareNames)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sorted names (-want +got):\n%s", diff)
	}
}

func TestCompareNamesIsAnOrder(t *testing.T) {
	name := rapid.StringMatching(`[a01-]{0,5}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		if ab, ba := compareNames(a, b), compareNames(b, a); ab != -ba || (ab == 0) != (a == b) {
			t.Errorf("compare %q, %q: got %d and %d the other way round", a, b, ab, ba)
		}
		if compareNames(a, b) < 0 && compareNames(b, c) < 0 && compareNames(a, c) >= 0 {
			t.Errorf("%q before %q before %q, which is not after the first", a, b, c)
		}
	})
}
