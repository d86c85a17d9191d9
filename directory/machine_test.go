package directory

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The script's keys scope and parent are the machine's scope and the narrowest
// its parent could have; they are process and host unless said. Slice is how many
// names it works through in a step.
func TestMachineScripts(t *testing.T) {
	runScripts(t, "machine", func(keys map[string]string) stepper {
		scope, narrowest := Process, Host
		if keys["scope"] != "" {
			var err error
			if scope, err = parseScope(keys["scope"]); err != nil {
				t.Fatal(err)
			}
			if narrowest, err = parseScope(keys["parent"]); err != nil {
				t.Fatal(err)
			}
		}
		m := NewMachine(scope, narrowest)
		if n, err := strconv.Atoi(keys["slice"]); err == nil {
			m.Limit(n, n)
		}
		return m
	})
}

// R12: what the parent was told of a subscription it is told to forget, also if
// the child says another one under the same identity in between.
func TestSeekChangesItsMind(t *testing.T) {
	m := NewMachine(Group, Host)
	child, parent := LinkParty(1), LinkParty(2)
	m.Step(child, ChildUp{Process})
	m.Step(parent, ParentUp{Host})
	up := func(msg Message) (list []Message) {
		for _, e := range m.Step(child, msg) {
			if s, ok := e.(Send); ok && s.To == parent {
				list = append(list, s.Message)
			}
		}
		return list
	}
	narrow := Subscription{ID: ID{Seq: 1}, Pattern: "a", Scope: Group}
	wide := Subscription{ID: ID{Seq: 1}, Pattern: "b", Scope: Host}
	got := [][]Message{up(Seek{narrow}), up(Seek{wide}), up(Unseek{wide.ID})}
	if diff := cmp.Diff([][]Message{nil, nil, nil}, got); diff != "" {
		t.Errorf("narrow first, the parent was told (-want +got):\n%s", diff)
	}
	got = [][]Message{up(Seek{wide}), up(Seek{narrow}), up(Unseek{wide.ID})}
	if diff := cmp.Diff([][]Message{{Seek{wide}}, {Seek{wide}}, {Unseek{wide.ID}}}, got); diff != "" {
		t.Errorf("wide first, the parent was told (-want +got):\n%s", diff)
	}
}
