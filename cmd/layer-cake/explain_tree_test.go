package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
)

func TestExplainATree(t *testing.T) {
	m := openMeeting(t)
	got, stderr, status := m.tool(t, "explain", "svc:.*", "svc:a")
	const want = `The pattern "svc:.*" matches the name "svc:a".

"svc:a" is published, the oldest first, by
    FIRST.1  [PROCESS] first (FIRST) <PID>, actor 1, scope HOST
    SECOND.1  [PROCESS] second (SECOND) <PID>, actor 1, scope HOST

The directories that know it:
    [HOST] host-cake (HOST): held by FIRST.1; standing by: SECOND.1
    [PROCESS] first (FIRST): held by FIRST.1
    [PROCESS] second (SECOND): held by SECOND.1

"svc:.*" is subscribed to by
    SUB.1  [PROCESS] sub (SUB) <PID>, actor 1, scope HOST
        has a session with FIRST.1, matched at HOST
        FIRST.1  offered at HOST: it is used
        SECOND.1  not offered: it stands by in [HOST] host-cake (HOST) behind FIRST.1, which is older
`
	if diff := cmp.Diff(want, m.known(got)); diff != "" || status != 0 || stderr != "" {
		t.Errorf("status %d, %s, (-want +got):\n%s", status, stderr, diff)
	}

	m.first.Close() // as if it were killed: the one that stood by is used
	hears[directory.Promoted](t, m.told)
	if available := hears[directory.Available](t, m.found); available.Publisher.Process != m.second.ID() {
		t.Fatalf("got %v", available)
	}
	got, _, status = m.tool(t, "explain", "svc:.*", "svc:a", "--json")
	var o explanationObject
	if err := json.Unmarshal([]byte(got), &o); err != nil || status != 0 || o.Sessions != 1 || len(o.Publications) != 1 ||
		o.Subscriptions[0].Session.Publication != m.second.ID().String()+".1" {
		t.Errorf("status %d, %v: %s", status, err, got)
	}

	// Nothing to find: the explanation, and status 1.
	for _, test := range []struct{ pattern, name, want string }{
		{"svc:.*", "other", "The pattern \"svc:.*\" does not match the name \"other\".\nNobody publishes \"other\".\n"},
		{"svc:b", "svc:a", "The pattern \"svc:b\" does not match the name \"svc:a\".\n"},
		{"svc:[a]", "svc:a", "Nobody subscribes to \"svc:[a]\".\n"},
	} {
		got, stderr, status = m.tool(t, "explain", test.pattern, test.name)
		if status != 1 || !strings.Contains(got, test.want) || stderr != "layer-cake explain: there is no such session\n" {
			t.Errorf("%v: status %d, stderr %q, stdout\n%s", test, status, stderr, got)
		}
	}
}
