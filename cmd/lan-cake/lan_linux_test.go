package main

import (
	"strings"
	"testing"
)

// A lan is a network as the manual has it: lan-cake on the machine that has the
// standard address, two others with a host-cake each, and nothing set anywhere.
type lan struct {
	*network
	standard, a, b        *machine
	lanCake, hostA, hostB *program
}

func newLAN(t *testing.T) *lan {
	t.Helper()
	n := newNetwork(t)
	l := &lan{
		network:  n,
		standard: n.machine("the LAN's machine", "10.0.0.195"),
		a:        n.machine("host A", "10.0.0.11"),
		b:        n.machine("host B", "10.0.0.12"),
	}
	l.lanCake = l.standard.daemon("lan-cake")
	l.hostA = l.a.daemon("host-cake")
	l.hostB = l.b.daemon("host-cake")
	return l
}

// Nobody knows an address: two processes on two machines find each other, and
// each machine shows the same tree.
func TestZeroConfiguration(t *testing.T) {
	t.Parallel()
	l := newLAN(t)
	tool := buildTool(t)
	worker := l.a.puppet("a", "publish service LAN")
	seeker := l.b.puppet("b", "subscribe ser.* LAN")
	seeker.expect("available service LAN")
	worker.expect("delivered service LAN")
	seeker.ask("service", "a")

	const a = `
[LAN] lan-cake
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   +   [PROCESS] layer-cake
+   [HOST] host-cake
+   +   [PROCESS] puppet
`
	l.a.network(tool, a)
	l.b.network(tool, a)
	l.standard.network(tool, `
[LAN] lan-cake
+   [PROCESS] layer-cake
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   [HOST] host-cake
+   +   [PROCESS] puppet
`, "--connect-to-directory=10.0.0.195:54195")
	if log := l.lanCake.log.String(); strings.Contains(log, "level=WARN") {
		t.Errorf("lan-cake has a warning:\n%s", log)
	}
}

// A publisher on the own machine goes before an older one elsewhere, for as long
// as it lives (R8, R9).
func TestNearerWins(t *testing.T) {
	t.Parallel()
	l := newLAN(t)
	far := l.a.puppet("far", "publish service LAN")
	seeker := l.b.puppet("seeker", "subscribe service LAN")
	seeker.expect("available service LAN")
	far.expect("delivered service LAN")

	near := l.b.puppet("near", "publish service LAN")
	seeker.expect("dropped service LAN: replaced by a better publisher", "available service Host")
	near.expectBoth("standby service LAN", "delivered service Host")
	far.expect("dropped service LAN: replaced by a better publisher")
	seeker.ask("service", "near")

	near.kill()
	seeker.expect("dropped service Host: link lost: *", "available service LAN")
	far.expect("delivered service LAN")
	seeker.ask("service", "far")
}

// A machine whose cable is cut closes no socket: its heartbeats are missed, on
// both sides, and another publisher takes over until it is back (R13, R14). The
// other one is on the machine of lan-cake, which has a host-cake of its own.
func TestMachineLost(t *testing.T) {
	t.Parallel()
	l := newLAN(t)
	tool := buildTool(t)
	l.standard.daemon("host-cake")
	older := l.a.puppet("older", "publish service LAN")
	seeker := l.b.puppet("seeker", "subscribe service LAN")
	seeker.expect("available service LAN")
	older.expect("delivered service LAN")
	younger := l.standard.puppet("younger", "publish service LAN")
	younger.expect("standby service LAN")
	l.standard.network(tool, `
[LAN] lan-cake
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   +   [PROCESS] layer-cake
`)

	l.unplug(l.a)
	seeker.expect("dropped service LAN: link lost: no sign of life within three heartbeats", "available service LAN")
	older.expect("dropped service LAN: link lost*")
	younger.expectBoth("promoted service LAN", "delivered service LAN")
	seeker.ask("service", "younger")

	l.plug(l.a)
	seeker.expect("dropped service LAN: replaced by a better publisher", "available service LAN")
	younger.expectBoth("standby service LAN", "dropped service LAN: replaced by a better publisher")
	older.expect("delivered service LAN")
	seeker.ask("service", "older")
}

// Without lan-cake what has met goes on; a new one finds everything again (R10,
// R14).
func TestLANCakeKilled(t *testing.T) {
	t.Parallel()
	l := newLAN(t)
	worker := l.a.puppet("worker", "publish service-1 LAN")
	seeker := l.b.puppet("seeker", "subscribe service-[0-9] LAN")
	seeker.expect("available service-1 LAN")
	worker.expect("delivered service-1 LAN")

	l.lanCake.kill()
	l.hostA.logs("parent lost")
	l.hostB.logs("parent lost")
	seeker.ask("service-1", "worker")
	late := l.a.puppet("late", "publish service-2 LAN") // nobody can be told of it yet

	l.standard.daemon("lan-cake")
	seeker.expect("available service-2 LAN")
	late.expect("delivered service-2 LAN")
	seeker.ask("service-2", "late")
	l.a.puppet("new", "publish service-3 LAN")
	seeker.expect("available service-3 LAN")
	seeker.ask("service-3", "new")
	seeker.ask("service-1", "worker")
}

// A host-cake that was killed is told everything again by the processes of its
// machine, and tells lan-cake (R14).
func TestHostCakeRestarted(t *testing.T) {
	t.Parallel()
	l := newLAN(t)
	tool := buildTool(t)
	worker := l.a.puppet("worker", "publish service-1 LAN")
	seeker := l.b.puppet("seeker", "subscribe service-[0-9] LAN")
	seeker.expect("available service-1 LAN")
	worker.expect("delivered service-1 LAN")

	l.hostA.kill()
	l.hostB.kill()
	l.standard.network(tool, `
[LAN] lan-cake
+   [PROCESS] layer-cake
`, "--connect-to-directory=10.0.0.195:54195")
	seeker.ask("service-1", "worker")

	l.a.daemon("host-cake")
	l.b.daemon("host-cake")
	l.standard.network(tool, `
[LAN] lan-cake
+   [PROCESS] layer-cake
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   [HOST] host-cake
+   +   [PROCESS] puppet
`, "--connect-to-directory=10.0.0.195:54195")
	l.b.puppet("second", "subscribe service-1 LAN").expect("available service-1 LAN") // what the worker said again
	worker.expect("delivered service-1 LAN")
	l.a.puppet("new", "publish service-2 LAN")
	seeker.expect("available service-2 LAN") // what the seeker said again
	seeker.ask("service-2", "new")
	seeker.ask("service-1", "worker")
}

// Lan-cake and host-cake share a machine, whichever comes first, and its
// processes find others and are found.
func TestSharedMachine(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	shared, a := n.machine("the LAN's machine", "10.0.0.195"), n.machine("host A", "10.0.0.11")
	tool := buildTool(t)
	shared.daemon("host-cake")
	a.daemon("host-cake")
	here := shared.puppet("here", "publish here LAN", "subscribe there LAN")
	there := a.puppet("there", "publish there LAN", "subscribe here LAN")

	shared.daemon("lan-cake")
	here.expectBoth("available there LAN", "delivered here LAN")
	there.expectBoth("available here LAN", "delivered there LAN")
	here.ask("there", "there")
	there.ask("here", "here")
	shared.network(tool, `
[LAN] lan-cake
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   [HOST] host-cake
+   +   [PROCESS] puppet
+   +   [PROCESS] layer-cake
`)
}
