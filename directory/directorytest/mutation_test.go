package directorytest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutations are ways to break the machines, each of which the simulation must see.
var mutations = []struct{ name, file, old, new string }{
	{"the youngest holds", "claims.go", "if c.Older(p) {\n\t\t\treturn -1", "if p.Older(c.Publication) {\n\t\t\treturn -1"},
	{"of wider scopes the parent hears nothing", "claims.go", "if taken == LAN {", "if true {"},
	{"what a child says no more is kept", "claims.go", "return slices.ContainsFunc(msg.Claimants, func(p Publication) bool { return p.ID == c.ID })", "return true"},
	{"told to whom the scope does not reach", "claims.go", "taken := parent + 1", "taken := Library + 1"},
	{"offered to its own branch", "seeks.go", "if slices.Contains(s.by, p) {\n\t\t\treturn false", "if slices.Contains(s.by, p) {\n\t\t\treturn true"},
	{"another holder is not told", "seeks.go", "case is && (!was || before.ID != now.ID):", "case is && !was:"},
	{"an actor is offered its own", "seeks.go", "if c.ID == (ID{}) || c.Actor == s.Actor {", "if c.ID == (ID{}) {"},
	{"said again it is not passed on", "seeks.go", "if m.reaches(known.Scope) {", "if m.reaches(known.Scope) && len(known.by) == 1 {"},
	{"a subscription goes with the first of its links", "seeks.go", "if len(s.by) > 0 {", "if false {"},
	{"what is said anew is taken back", "tasks.go", "if !m.says(r.of, name) {", "if true {"},
	{"a lost link leaves its subscriptions", "tasks.go", "m.unseek(r.of, id)", "_ = id"},
	{"each batch is the first", "tasks.go", "m.scope, !a.begun, last,", "m.scope, true, last,"},
	{"a new parent hears the first slice", "tasks.go", "next, more := m.names.Range(r.from, m.slice, func(name string, s *standing) {", "next, more := \"\", false\n\tm.names.Range(r.from, m.slice, func(name string, s *standing) {"},
	{"what was still to be taken back is forgotten", "tasks.go", "kept = append(kept, w)", "_ = w"},
	{"who has no room is told", "tasks.go", "return !slices.Contains(full, p) })", "return true })"},
	{"nobody below hears who holds", "holders.go", "m.send(p, Held{name, l.scope, now.id, now.stamp})", ""},
	{"what another link said is believed", "holders.go", "above[i].stale = true", "above[i].stale = false"},
	{"who has ended stands by", "holders.go", "if !m.says(actor, p.Name) {", "if false {"},
	{"a lost session goes on", "resolver.go", "case Lost:\n\t\tr.over(m.Session, m.Reason)", "case Lost:"},
	{"what a list has no more is kept", "resolver_offer.go", "if m.Last && l.said < l.held {", "if false {"},
	{"nothing is withdrawn", "resolver_offer.go", "r.act(t, t.route.Change(o, nil), \"\")", ""},
	{"a session is never committed", "resolver_session.go", "r.say(t.session, Commit{t.session})", ""},
	{"who is replaced is not told", "resolver_session.go", "r.say(t.session, Close{t.session, replaced})", ""},
	{"the publisher's end outlives its link", "acceptor.go", "a.drop(sessions[id], \"link lost\")", "_ = id"},
	{"nothing more comes, and then it does", "acceptor.go", "if s := a.openers[key.Opener][key.ID]; s != nil {\n\t\ta.drop(s, reason)", "if s := a.openers[key.Opener][key.ID]; s != nil && !s.begun {\n\t\ta.drop(s, reason)"},
	{"who has ended is told", "acceptor.go", "if s.begun && p.party != 0 {", "if s.begun {"},
}

// TestMutations breaks the machines in a copy and sees TestSeeds fail on each.
func TestMutations(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the tests once for each mutation")
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			file, err := filepath.Abs(filepath.Join("..", m.file))
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(source), m.old); n != 1 {
				t.Fatalf("%q is %d times in %s, want once", m.old, n, m.file)
			}
			out, err := seedsOn(t, file, strings.Replace(string(source), m.old, m.new, 1))
			if err == nil || !strings.Contains(out, "--- FAIL: TestSeeds") {
				t.Errorf("TestSeeds does not see it: %v\n%s", err, out)
			}
			t.Log(out)
		})
	}
}

// seedsOn runs TestSeeds with that source in place of a file.
func seedsOn(t *testing.T, file, source string) (string, error) {
	t.Helper()
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
	cmd := exec.Command("go", "test", "-overlay="+overlay, "-vet=off", "-ldflags=-s -w", "-count=1", "-run=^TestSeeds$", ".", "-seeds=3000", "-shrink=0")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
