package route

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutations are ways to break the package, each of which TestRules must see.
var mutations = []struct{ name, old, new string }{
	{"a better offer does not disturb", "e.offer.Compare(r.session) >= 0", "true"},
	{"a worse offer disturbs", "e.offer.Compare(r.session) >= 0", "false"},
	{"the same offer disturbs", "e.offer.Compare(r.session) >= 0", "e.offer.Compare(r.session) > 0"},
	{"a resting offer is tried", "if !e.resting {\n\t\t\treturn e.offer", "if true {\n\t\t\treturn e.offer"},
	{"two sessions at once", "case r.session == none:\n\t\treturn", "default:\n\t\treturn"},
	{"closed twice", "if r.closing {\n\t\treturn nil\n\t}\n\tr.closing = true", "r.closing = true"},
	{"what is ready is not begun", "if r.ready {\n\t\tdo = r.begin(do)", "if false {\n\t\tdo = r.begin(do)"},
	{"what is decided is changed", "if r.closing && r.ready || r.attempt == want", "if r.attempt == want"},
	{"an attempt is forgotten", "if r.attempt != none {\n\t\tdo = append(do, Action[O]{Verb: Abandon, Offer: r.attempt})\n\t}\n\tr.attempt = want", "r.attempt = want"},
	{"a lost offer is tried at once", "if !r.closing {\n\t\tdo = r.rest(r.session, do)\n\t}", ""},
	{"a closed offer rests", "if !r.closing {\n\t\tdo = r.rest(r.session, do)\n\t}", "do = r.rest(r.session, do)"},
	{"a failure is not counted", "e.failed++", ""},
	{"failures are never forgotten", "r.offers[i].failed = 0", "_ = i"},
	{"a rest outlives its offer", "do = r.wake(i, do)\n\t\tr.offers = slices.Delete", "r.offers = slices.Delete"},
	{"said again in vain", "do = r.wake(i, do)\n\t} else if", "_ = i\n\t} else if"},
	{"a withdrawn offer is kept", "r.offers = slices.Delete(r.offers, i, i+1)", ""},
	{"a withdrawn offer ends the session", "r.offers = slices.Delete(r.offers, i, i+1)",
		"r.offers = slices.Delete(r.offers, i, i+1)\n\t\tif gone == r.session {\n\t\t\treturn r.Lost()\n\t\t}"},
	{"closed without being asked", "if !r.closing {\n\t\treturn nil\n\t}\n\treturn r.Lost()", "return r.Lost()"},
	{"ready after a failure", "r.attempt, r.ready = none, false\n\treturn r.settle(do)", "r.attempt = none\n\treturn r.settle(do)"},
	{"closing for ever", "r.session, r.closing = none, false", "r.session = none"},
	{"a rest is left at the end", "for i := range r.offers {", "for i := range r.offers[:0] {"},
}

// TestMutations breaks copies of the package and sees TestRules fail on each.
func TestMutations(t *testing.T) {
	source, err := os.ReadFile("route.go")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := os.ReadFile("route_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := runRules(t, string(source), rules); err != nil {
		t.Fatalf("the package as it is: %v\n%s", err, out)
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%q is %d times in route.go, want once", m.old, n)
			}
			out, err := runRules(t, strings.Replace(string(source), m.old, m.new, 1), rules)
			if err == nil || !strings.Contains(out, "--- FAIL: TestRules") {
				t.Errorf("TestRules does not see it: %v\n%s", err, out)
			}
		})
	}
}

// runRules runs TestRules on a package of that source.
func runRules(t *testing.T, source string, rules []byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module route\n\ngo 1.26\n",
		"route.go":      source,
		"route_test.go": string(rules),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "-vet=off", "-count=1", "-run=^TestRules$", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
