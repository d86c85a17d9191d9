package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/actor/role"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// openNode opens a directory of a scope, under a parent if one is named.
func openNode(t *testing.T, scope directory.Scope, executable, parent string) *node.Node {
	t.Helper()
	return openNodeOf(t, nobody{}, scope, executable, parent)
}

func openNodeOf(t *testing.T, actors node.Actors, scope directory.Scope, executable, parent string) *node.Node {
	t.Helper()
	c := node.Config{
		Scope: scope, Executable: executable, Actors: actors, Transport: tcp.Transport{},
		Mint:   transport.NewMint(transport.NewProcessID()),
		Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler),
	}
	if parent != "" {
		c.Parent = func() (string, error) { return parent, nil }
		c.ParentScope = scope - 1
	}
	n, err := node.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	if parent != "" {
		if err := n.Attach(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, _, err := n.Survey(t.Context(), node.Look{}); err != nil { // now the parent knows its child
			t.Fatal(err)
		}
	}
	return n
}

func TestNetwork(t *testing.T) {
	host := openNode(t, directory.Host, "host-cake", "")
	group := openNode(t, directory.Group, "group-cake", host.Address())
	openNode(t, directory.Process, "server\x1b[31m", group.Address())
	openNode(t, directory.Process, "worker", host.Address())
	const id, whole = `[0-9a-f]{8}`, `[-0-9a-f]{36}`
	const pid, at = ` <\d+>`, ` <\d+> 127\.0\.0\.1:\d+`
	for _, test := range []struct {
		flags       []string
		id, pid, at string
	}{
		{nil, id, "", ""},
		{[]string{"--full-identity"}, whole, "", ""},
		{[]string{"--long-listing"}, id, pid, at},
		{[]string{`--connect-to-directory={"host": "127.0.0.1", "port": ` + strings.TrimPrefix(host.Address(), "127.0.0.1:") + `}`}, id, "", ""},
	} {
		want := strings.NewReplacer("ID", test.id, "TOOL", test.pid, "AT", test.at).Replace(`^\[HOST\] host-cake \(ID\)AT
\+   \[GROUP\] group-cake \(ID\)AT
\+   \+   \[PROCESS\] server\?\[31m \(ID\)AT
\+   \[PROCESS\] worker \(ID\)AT
\+   \[PROCESS\] layer-cake \(ID\)TOOL
$`)
		left(t, host)
		var stdout, stderr bytes.Buffer
		args := append([]string{"network", "--connect-to-directory=" + host.Address()}, test.flags...)
		if status := execute(args, &stdout, &stderr); status != 0 || stderr.Len() > 0 {
			t.Errorf("%v: status %d, %s", args, status, &stderr)
		}
		if !regexp.MustCompile(want).MatchString(stdout.String()) {
			t.Errorf("%v: got\n%swant\n%s", args, &stdout, want)
		}
	}
}

// facts are actors that tell what they are told.
type facts struct {
	nobody
	told chan directory.Message
}

func newFacts() facts { return facts{told: make(chan directory.Message, 100)} }

func (f facts) Tell(_ transport.ActorID, fact directory.Message, _ *node.Session) { f.told <- fact }

// hears waits until an actor is told something of a kind.
func hears[T directory.Message](t *testing.T, f facts) T {
	t.Helper()
	for late := time.After(10 * time.Second); ; {
		select {
		case m := <-f.told:
			if fact, ok := m.(T); ok {
				return fact
			}
		case <-late:
			t.Fatalf("nobody was told a %T", *new(T))
		}
	}
}

// A meeting is a host with two who publish "svc:a", and one who has subscribed to
// "svc:.*" and has a session with the first.
type meeting struct {
	host, first, second, sub *node.Node
	told                     facts // to those who publish
	found                    facts // to the subscriber
}

func openMeeting(t *testing.T) meeting {
	t.Helper()
	m := meeting{host: openNode(t, directory.Host, "host-cake", ""), told: newFacts(), found: newFacts()}
	publish := func(n *node.Node) {
		t.Helper()
		if err := n.Publish(1, "svc:a", directory.Host); err != nil {
			t.Fatal(err)
		}
	}
	m.first = openNodeOf(t, m.told, directory.Process, "first", m.host.Address())
	publish(m.first)
	m.sub = openNodeOf(t, m.found, directory.Process, "sub", m.host.Address())
	if err := m.sub.Subscribe(1, "svc:.*", directory.Host); err != nil {
		t.Fatal(err)
	}
	hears[directory.Available](t, m.found)
	m.second = openNodeOf(t, m.told, directory.Process, "second", m.host.Address())
	publish(m.second)
	hears[directory.Standby](t, m.told)
	return m
}

// tool runs the tool on the meeting and returns what it printed, with its status.
func (m meeting) tool(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	left(t, m.host)
	var out, err bytes.Buffer
	status = execute(append(args, "--connect-to-directory="+m.host.Address()), &out, &err)
	return out.String(), err.String(), status
}

// known puts names for the identities of the meeting in a text.
func (m meeting) known(text string) string {
	var pairs []string
	for name, n := range map[string]*node.Node{"HOST": m.host, "FIRST": m.first, "SECOND": m.second, "SUB": m.sub} {
		pairs = append(pairs, n.ID().String(), name, n.ID().Short(), name)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	for expression, name := range map[string]string{
		`layer-cake \([0-9a-f]{8}\)`: "layer-cake (TOOL)", `"pid":[0-9]+`: `"pid":PID`, `<[0-9]+>`: "<PID>",
		`"stamp":[0-9]+`: `"stamp":AGE`, `127\.0\.0\.1:[0-9]+`: "AT",
	} {
		text = regexp.MustCompile(expression).ReplaceAllString(text, name)
	}
	return text
}

func TestNetworkLists(t *testing.T) {
	m := openMeeting(t)
	got, stderr, status := m.tool(t, "network", "--list-published", "--list-subscribed", "--list-routed", "--list-connected")
	const want = `[HOST] host-cake (HOST)
+   # "svc:a" (FIRST.1)
+   # "svc:a" (SECOND.1) stands by
+   ? "svc:.*" (SUB.1)
+   <> "svc:a" (SUB.1 -> FIRST.1)
+   [PROCESS] first (FIRST)
+   +   # "svc:a" (FIRST.1)
+   [PROCESS] sub (SUB)
+   +   ? "svc:.*" (SUB.1)
+   +   +   > "svc:a"[HOST] (SUB.1 -> FIRST.1)
+   [PROCESS] second (SECOND)
+   +   # "svc:a" (SECOND.1)
+   [PROCESS] layer-cake (TOOL)
`
	if diff := cmp.Diff(want, m.known(got)); diff != "" || status != 0 || stderr != "" {
		t.Errorf("status %d, %s, (-want +got):\n%s", status, stderr, diff)
	}
	got, stderr, status = m.tool(t, "network", "-c")
	const sessions = `[HOST] host-cake (HOST)
+   [PROCESS] first (FIRST)
+   [PROCESS] sub (SUB)
+   +   ? "svc:.*" (SUB.1)
+   +   +   > "svc:a"[HOST] (SUB.1 -> FIRST.1)
+   [PROCESS] second (SECOND)
+   [PROCESS] layer-cake (TOOL)
`
	if diff := cmp.Diff(sessions, m.known(got)); diff != "" || status != 0 || stderr != "" {
		t.Errorf("status %d, %s, (-want +got):\n%s", status, stderr, diff)
	}
	got, stderr, status = m.tool(t, "network", "-psrc", "--json")
	var lines []string
	for line := range strings.Lines(m.known(got)) {
		if !strings.Contains(line, `"layer-cake"`) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	objects := []string{
		`{"kind":"directory","process":"HOST","scope":"HOST","executable":"host-cake","pid":PID,"listens":"AT"}`,
		`{"kind":"publication","directory":"HOST","name":"svc:a","id":"FIRST.1","scope":"HOST","stamp":AGE,"actor":"FIRST:1","holds":true}`,
		`{"kind":"publication","directory":"HOST","name":"svc:a","id":"SECOND.1","scope":"HOST","stamp":AGE,"actor":"SECOND:1","holds":false}`,
		`{"kind":"subscription","directory":"HOST","pattern":"svc:.*","id":"SUB.1","scope":"HOST","actor":"SUB:1"}`,
		`{"kind":"offer","directory":"HOST","name":"svc:a","subscription":"SUB.1","publication":"FIRST.1"}`,
		`{"kind":"directory","process":"FIRST","parent":"HOST","scope":"PROCESS","executable":"first","pid":PID,"listens":"AT"}`,
		`{"kind":"publication","directory":"FIRST","name":"svc:a","id":"FIRST.1","scope":"HOST","stamp":AGE,"actor":"FIRST:1","holds":true}`,
		`{"kind":"directory","process":"SUB","parent":"HOST","scope":"PROCESS","executable":"sub","pid":PID,"listens":"AT"}`,
		`{"kind":"subscription","directory":"SUB","pattern":"svc:.*","id":"SUB.1","scope":"HOST","actor":"SUB:1"}`,
		`{"kind":"session","directory":"SUB","name":"svc:a","subscription":"SUB.1","publication":"FIRST.1","scope":"HOST",` +
			`"offers":[{"publication":"FIRST.1","scope":"HOST","state":"in use"}]}`,
		`{"kind":"directory","process":"SECOND","parent":"HOST","scope":"PROCESS","executable":"second","pid":PID,"listens":"AT"}`,
		`{"kind":"publication","directory":"SECOND","name":"svc:a","id":"SECOND.1","scope":"HOST","stamp":AGE,"actor":"SECOND:1","holds":true}`,
	}
	if diff := cmp.Diff(objects, lines); diff != "" || status != 0 || stderr != "" {
		t.Errorf("status %d, %s, (-want +got):\n%s", status, stderr, diff)
	}
}

// left waits until the tool that ran before has left the tree.
func left(t *testing.T, host *node.Node) {
	isTool := func(t node.Tree) bool { return t.Executable == "layer-cake" }
	for {
		tree, _, err := host.Survey(t.Context(), node.Look{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(tree.Children, isTool) {
			return
		}
	}
}

// The directory is that of the home, of a host-cake or a lan-cake.
func TestNetworkOfAHome(t *testing.T) {
	for name, scope := range map[string]directory.Scope{"host-cake": directory.Host, "lan-cake": directory.LAN} {
		above := openNode(t, scope, name, "")
		kept := role.Group{DirectoryAtHost: above.Address()}
		if scope == directory.LAN {
			kept = role.Group{DirectoryAtLAN: above.Address()}
		}
		t.Chdir(t.TempDir())
		if _, err := role.Create(role.DefaultHome, kept); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"network"}, {"network", "--home-path=" + role.DefaultHome}} {
			left(t, above)
			var stdout, stderr bytes.Buffer
			status := execute(args, &stdout, &stderr)
			if status != 0 || !strings.Contains(stdout.String(), "] "+name+" (") {
				t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, &stdout, &stderr)
			}
		}
	}
}

func TestDirectoryOf(t *testing.T) {
	t.Chdir(t.TempDir())
	for home, kept := range map[string]role.Group{
		"none set": {},
		"host":     {DirectoryAtHost: "127.0.0.1:1"},
		"lan":      {DirectoryAtLAN: "127.0.0.1:2"},
	} {
		if _, err := role.Create(home, kept); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("no home", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		home      string
		named     bool
		want, err string
	}{
		{"none set", true, node.DefaultHost, ""},
		{"host", true, "127.0.0.1:1", ""},
		{"lan", false, "127.0.0.1:2", ""},
		{"nowhere", false, node.DefaultHost, ""},
		{"nowhere", true, "", "nowhere: there is no such home; make one with layer-cake create --home-path=nowhere"},
		{"no home", false, "", "no home: it is not the home of a composite process"},
	} {
		got, err := directoryOf(test.home, test.named)
		reason := fmt.Sprint(err)
		if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.HasPrefix(reason, test.err) {
			t.Errorf("%s, named %v: got %q, %v, want %q, %s", test.home, test.named, got, err, test.want, test.err)
		}
	}
	var stdout, stderr bytes.Buffer
	if status := execute([]string{"network", "--home-path=nowhere"}, &stdout, &stderr); status != 1 {
		t.Errorf("status %d, %s", status, &stderr)
	}
}

func TestNetworkWithoutDirectory(t *testing.T) {
	gone := openNode(t, directory.Host, "host-cake", "")
	address := gone.Address()
	gone.Close()
	var stdout, stderr bytes.Buffer
	status := execute([]string{"network", "--connect-to-directory=" + address}, &stdout, &stderr)
	if status != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "no directory at "+address) {
		t.Errorf("status %d, stdout %q, stderr %q", status, &stdout, &stderr)
	}
	stderr.Reset()
	if status := execute([]string{"network", "--connect-to-directory=nowhere"}, &stdout, &stderr); status != 2 {
		t.Errorf("status %d, %s", status, &stderr)
	}
}

// A name may have offers and no session: it is told how it stands.
func TestNetworkWithoutSession(t *testing.T) {
	const host, group = directory.Host, directory.Group
	none := directory.ID{}
	failed := directory.Prospect{Publication: id(4, 1), Scope: group, State: directory.Resting, Failed: 3, Reason: "connection refused\x1b"}
	trying := directory.Prospect{Publication: id(3, 1), Scope: host, State: directory.Trying}
	for _, test := range []struct {
		name       string
		prospects  []directory.Prospect
		text, json string
	}{
		{"tried", []directory.Prospect{trying}, `! "n"[HOST] (09090909.1 -> 03030303.1) trying`,
			`"offers":[{"publication":"` + wholeID(id(3, 1)) + `","scope":"HOST","state":"trying"}]}`},
		{"rests", []directory.Prospect{failed, trying},
			`! "n"[GROUP] (09090909.1 -> 04040404.1) resting, failed 3 times: connection refused?`,
			`"offers":[{"publication":"` + wholeID(id(4, 1)) + `","scope":"GROUP","state":"resting","failed":3,"reason":"connection refused\u001b"},` +
				`{"publication":"` + wholeID(id(3, 1)) + `","scope":"HOST","state":"trying"}]}`},
		{"nothing offered", nil, `! "n" no offer`, `"offers":[]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := box(1, host, node.Known{},
				box(9, directory.Process, node.Known{Subscriptions: interest(host), Efforts: efforts(none, 0, test.prospects...)}))
			show := shown{connected: true}
			var b bytes.Buffer
			show.text(&b, tree)
			want := "[HOST] host (01010101)\n+   [PROCESS] process (09090909)\n+   +   ? \"n.*\" (09090909.1)\n+   +   +   " + test.text + "\n"
			if diff := cmp.Diff(want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			b.Reset()
			show.json(&b, tree)
			lines := strings.Split(strings.TrimSpace(b.String()), "\n")
			last := `{"kind":"session","directory":"` + process(9).String() + `","name":"n","subscription":"` + wholeID(id(9, 1)) + `",` + test.json
			if diff := cmp.Diff(last, lines[len(lines)-1]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What did not answer to the end is marked and said, with the reason where it is
// known.
func TestNetworkOfTheSilent(t *testing.T) {
	lost := box(1, directory.Host, node.Known{}, box(9, directory.Process, node.Known{}), box(8, directory.Process, node.Known{}))
	lost.Silent, lost.Reason = true, "it is\x1b out of reach"
	mute := lost.Children[0]
	mute.Silent = true
	const said, unheard = "[HOST] host (01010101) did not answer to the end: it is? out of reach", "[PROCESS] process (09090909) did not answer to the end: nothing was heard for 2s"
	for _, test := range []struct {
		tree node.Tree
		want string
	}{{lost.Children[1], "<nil>"}, {lost, said}, {mute, unheard}} {
		if got := fmt.Sprint(answered(test.tree)); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	lost.Children[0] = mute
	const both = "2 of the directories did not answer to the end, the first of them [HOST] host (01010101): it is? out of reach"
	if err := answered(lost); err == nil || err.Error() != both {
		t.Errorf("got %v, want %s", err, both)
	}
	var text, objects bytes.Buffer
	shown{}.text(&text, lost)
	shown{}.json(&objects, lost)
	const tree = "[HOST] host (01010101) does not answer: it is? out of reach\n" +
		"+   [PROCESS] process (09090909) does not answer\n+   [PROCESS] process (08080808)\n"
	if diff := cmp.Diff(tree, text.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := strings.Count(objects.String(), `"silent":true,"reason":"it is\u001b out of reach"`); n != 1 {
		t.Errorf("got %s", &objects)
	}
}

// Who asks is the root once the directory above is lost. That is no answer.
func TestNetworkOfADirectoryThatIsLost(t *testing.T) {
	host := openNode(t, directory.Host, "host-cake", "")
	n, err := attach(t.Context(), host.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	host.Close()
	want := "the directory at " + host.Address() + " was lost before it could be asked"
	for { // until the tool has heard of it
		tree, err := surveyBy(n, host.Address(), node.Look{})
		if err != nil && err.Error() == want {
			return
		}
		if tree.Process == n.ID() {
			t.Fatalf("got %v, %v", tree, err)
		}
	}
}
