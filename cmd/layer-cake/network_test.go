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

	"github.com/layer-cake/layer-cake/actor/role"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// openNode opens a directory of a scope, under a parent if one is named.
func openNode(t *testing.T, scope directory.Scope, executable, parent string) *node.Node {
	t.Helper()
	c := node.Config{
		Scope: scope, Executable: executable, Actors: nobody{}, Transport: tcp.Transport{},
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
		if _, err := n.Survey(t.Context()); err != nil { // now the parent knows its child
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

// left waits until the tool that ran before has left the tree.
func left(t *testing.T, host *node.Node) {
	isTool := func(t node.Tree) bool { return t.Executable == "layer-cake" }
	for {
		tree, err := host.Survey(t.Context())
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
		{"nowhere", true, "", "nowhere: there is no such home: "},
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
