package directorytest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type mutation struct {
	name           string
	seed           uint64
	file, old, new string
}

// mutations are ways to break the machines, each of which the simulation must see:
// TestSeeds does, beginning at that seed. It is known to see it, and those after it
// are tried too.
var mutations = []mutation{
	{"the youngest holds", 0, "claims.go", "if c.Older(p) {\n\t\t\treturn -1", "if p.Older(c.Publication) {\n\t\t\treturn -1"},
	{"of wider scopes the parent hears nothing", 7, "claims.go", "if taken == LAN {", "if true {"},
	{"what a child says no more is kept", 0, "claims.go", "return slices.ContainsFunc(msg.Claimants, func(p Publication) bool { return p.ID == c.ID })", "return true"},
	{"told to whom the scope does not reach", 0, "claims.go", "taken := parent + 1", "taken := Library + 1"},
	{"offered to its own branch", 1, "seeks.go", "if slices.Contains(s.by, p) {\n\t\t\treturn false", "if slices.Contains(s.by, p) {\n\t\t\treturn true"},
	{"another holder is not told", 0, "seeks.go", "case is && (!was || before.ID != now.ID):", "case is && !was:"},
	{"an actor is offered its own", 177, "seeks.go", "if c.ID == (ID{}) || c.Actor == s.Actor {", "if c.ID == (ID{}) {"},
	{"said again it is not passed on", 120, "seeks.go", "if m.reaches(known.Scope) {", "if m.reaches(known.Scope) && len(known.by) == 1 {"},
	{"a subscription goes with the first of its links", 0, "seeks.go", "if len(s.by) > 0 {", "if false {"},
	{"what is said anew is taken back", 91, "tasks.go", "if !m.says(r.of, Name(name)) {", "if true {"},
	{"a lost link leaves its subscriptions", 0, "tasks.go", "m.unseek(r.of, id)", "_ = id"},
	{"each batch is the first", 2, "tasks.go", "m.scope, !a.begun, last,", "m.scope, true, last,"},
	{"a new parent hears the first slice", 3, "tasks.go", "next, more := m.names.Range(r.from, m.slice, func(name string, s *standing) {", "next, more := \"\", false\n\tm.names.Range(r.from, m.slice, func(name string, s *standing) {"},
	{"what was still to be taken back is forgotten", 85, "tasks.go", "kept = append(kept, w)", "_ = w"},
	{"who has no room is told", 29, "tasks.go", "return !slices.Contains(full, p) })", "return true })"},
	{"nobody below hears who holds", 0, "holders.go", "m.send(p, Held{name, l.scope, now.id, now.stamp})", ""},
	{"what another link said is believed", 3, "holders.go", "above[i].stale = true", "above[i].stale = false"},
	{"who has ended stands by", 93, "holders.go", "if !m.says(actor, p.Name) {", "if false {"},
	{"a lost session goes on", 5, "resolver.go", "case Lost:\n\t\tr.over(m.Session, m.Reason)", "case Lost:"},
	{"what a list has no more is kept", 11, "resolver_offer.go", "if m.Last && l.said < l.held {", "if false {"},
	{"nothing is withdrawn", 0, "resolver_offer.go", "r.act(t, t.route.Change(o, nil), \"\")", ""},
	{"a session is never committed", 0, "resolver_session.go", "r.say(t.session, Commit{t.session})", ""},
	{"who is replaced is not told", 0, "resolver_session.go", "r.say(t.session, Close{t.session, replaced})", ""},
	{"the publisher's end outlives its link", 5, "acceptor.go", "a.drop(sessions[id], \"link lost\")", "_ = id"},
	{"nothing more comes, and then it does", 0, "acceptor.go", "if s := a.openers[key.Opener][key.ID]; s != nil {\n\t\ta.drop(s, reason)", "if s := a.openers[key.Opener][key.ID]; s != nil && !s.begun {\n\t\ta.drop(s, reason)"},
	{"who commits too late is not told", 0, "acceptor.go", "a.do(Say{s.key, Closed{s.key.ID, notCommitted}})", ""},
	{"who has ended is told", 2, "acceptor.go", "if s.begun && p.party != 0 {", "if s.begun {"},
}

// TestMutations breaks the machines in a copy and sees TestSeeds fail on each.
func TestMutations(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the tests once for each mutation")
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			out, err := seedsOn(t, m, 0)
			if err == nil || !strings.Contains(out, "--- FAIL: TestSeeds") {
				t.Errorf("TestSeeds does not see it: %v\n%s", err, out)
			}
			t.Log(out)
		})
	}
}

// A seed that fails prints a script, short enough to be read, that fails alone. On
// machines that are not broken it passes.
func TestFailingSeedPrintsAScript(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the tests once")
	}
	t.Parallel()
	out, _ := seedsOn(t, mutations[0], 2000)
	_, after, found := strings.Cut(out, "this script fails alone (")
	why, script, _ := strings.Cut(after, "):\n")
	if !found || why == "<nil>" {
		t.Fatalf("no script that fails:\n%s", out)
	}
	script, _, _ = strings.Cut(script, "    seeds_test.go")
	if n := strings.Count(script, "\n"); n < 2 || n > 40 {
		t.Errorf("a script of %d lines:\n%s", n, script)
	}
	if err := Run(script); err != nil {
		t.Errorf("it fails on the machines as they are: %v\n%s", err, script)
	}
	t.Logf("%s: %s\n%s", mutations[0].name, why, script)
}

// seedsOn runs TestSeeds, from the seed of a mutation on, on machines that are so
// broken. A script that fails is played that often to make it short.
func seedsOn(t *testing.T, m mutation, shrink int) (string, error) {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", m.file))
	if err != nil {
		t.Fatal(err)
	}
	original, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(original), m.old); n != 1 {
		t.Fatalf("%q is %d times in %s, want once", m.old, n, m.file)
	}
	source := strings.Replace(string(original), m.old, m.new, 1)
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{changed: source, overlay: string(list)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Little is played, so it is built in haste: nothing is optimized, and little is collected.
	cmd := exec.Command("go", "test", "-overlay="+overlay, "-vet=off", "-ldflags=-s -w", "-gcflags=github.com/layer-cake/layer-cake/directory/...=-N -l", "-count=1", "-run=^TestSeeds$", ".", fmt.Sprint("-from=", m.seed), "-seeds=3000", fmt.Sprint("-shrink=", shrink))
	cmd.Env = append(os.Environ(), "GOGC=400")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
