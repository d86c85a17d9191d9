package actortest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/transport/memory"
)

// A Tree is a LAN in memory: a lan-cake, hosts that each have a host-cake, and on them
// the systems that a test opens, each as if it were a process. All are what runs in
// production but for the links. Its methods are called by the test's goroutine.
type Tree struct {
	t       testing.TB
	network *memory.Network
	hosts   []string
	cut     map[string]bool
}

const (
	lanPlace      = "lan-cake" // a machine of its own
	lanDirectory  = lanPlace + ":54195"
	hostDirectory = "127.0.0.1:54195" // of each host
	heartbeat     = 100 * time.Millisecond
)

// NewTree returns a LAN with the given hosts. A link that is cut is found to be lost
// after 300 ms.
func NewTree(t testing.TB, hosts ...string) *Tree {
	t.Helper()
	tr := &Tree{t: t, network: memory.NewNetwork(), hosts: hosts, cut: make(map[string]bool)}
	tr.open(lanPlace, actor.Options{Scope: actor.LAN, Listen: lanDirectory, Executable: "lan-cake"}, nil)
	for i, host := range hosts {
		if host == "" || host == lanPlace || strings.ContainsAny(host, ":[]") || slices.Contains(hosts[:i], host) {
			t.Fatalf("actortest.NewTree: %q cannot be a host: it is empty, has a colon or a bracket, or is taken", host)
		}
		tr.open(host, actor.Options{Scope: actor.Host, Listen: hostDirectory, Directory: lanDirectory, Executable: "host-cake"}, nil)
	}
	return tr
}

// Open opens a system on a host of the tree, as Open does for one that stands alone.
func (tr *Tree) Open(host string, types actor.Types, allowed ...Allowance) *actor.System {
	tr.t.Helper()
	tr.known("Open", host)
	return tr.open(host, actor.Options{Types: types, Directory: hostDirectory}, allowed)
}

func (tr *Tree) open(place string, options actor.Options, allowed []Allowance) *actor.System {
	tr.t.Helper()
	options.Heartbeat = heartbeat
	return open(tr.t, tr.network, place, options, allowed)
}

// Cut cuts the links of a host to all others, as who pulls a cable: nobody is told, and
// what is on its way stays there. On the host itself all goes on. Links are found to be
// lost 300 ms later, if Heal does not come first.
func (tr *Tree) Cut(host string) {
	tr.t.Helper()
	tr.known("Cut", host)
	tr.cut[host] = true
	for _, other := range tr.others(host) {
		tr.network.Cut(host, other)
	}
}

// Heal joins them again, except to hosts that are cut themselves. The host-cake dials
// again as it does in production: at once after a short cut, and up to two and a half
// seconds later after one of seconds. A probe that waits for that needs a longer Within.
func (tr *Tree) Heal(host string) {
	tr.t.Helper()
	tr.known("Heal", host)
	delete(tr.cut, host)
	for _, other := range tr.others(host) {
		if !tr.cut[other] {
			tr.network.Heal(host, other)
		}
	}
}

func (tr *Tree) others(host string) []string {
	others := []string{lanPlace}
	for _, h := range tr.hosts {
		if h != host {
			others = append(others, h)
		}
	}
	return others
}

// known fails the test if there is no such host.
func (tr *Tree) known(verb, host string) {
	tr.t.Helper()
	if !slices.Contains(tr.hosts, host) {
		tr.t.Fatalf("actortest.Tree.%s: there is no host %q; there are %s", verb, host, fmt.Sprint(tr.hosts))
	}
}
