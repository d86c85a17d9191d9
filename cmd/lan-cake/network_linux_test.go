package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// A network is a switch with machines on it and no way out: the switch is a
// bridge in a network namespace of its own. Nothing of it has a name or a file
// outside of this process, so the kernel removes all of it when the test ends,
// in whatever way it ends.
type network struct {
	t     *testing.T
	hub   *machine
	ports map[*machine]string
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{t: t, hub: newMachine(t, "the switch"), ports: make(map[*machine]string)}
	if err := n.hub.tryIP("link add br0 type bridge", "link set br0 up"); err != nil {
		noMachines(t, err)
	}
	return n
}

// machine adds a machine with one interface, which has the address.
func (n *network) machine(name, address string) *machine {
	n.t.Helper()
	m := newMachine(n.t, name)
	m.address = address
	port := fmt.Sprintf("port%d", len(n.ports)+1)
	n.ports[m] = port
	n.hub.ip(
		fmt.Sprintf("link add %s type veth peer name eth0 netns /proc/%d/fd/%d", port, os.Getpid(), m.namespace.Fd()),
		fmt.Sprintf("link set %s master br0 up", port),
	)
	m.ip("addr add "+address+"/24 dev eth0", "link set eth0 up")
	return m
}

// unplug takes the machine's cable out of the switch, of which the machine's
// processes are told nothing.
func (n *network) unplug(m *machine) { n.t.Helper(); n.hub.ip("link set " + n.ports[m] + " down") }

// plug puts it in again.
func (n *network) plug(m *machine) { n.t.Helper(); n.hub.ip("link set " + n.ports[m] + " up") }

// A machine is a network namespace, and a thread in it: a process that the
// thread starts lives there, and dies with the thread.
type machine struct {
	t         *testing.T
	name      string
	address   string   // empty: it has only the loopback
	namespace *os.File // keeps it alive
	calls     chan func()
}

func newMachine(t *testing.T, name string) *machine {
	t.Helper()
	m := &machine{t: t, name: name, calls: make(chan func())}
	made, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // for good: nobody else may have a thread that is in there
		err := syscall.Unshare(syscall.CLONE_NEWNET)
		if err == nil {
			m.namespace, err = os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", syscall.Gettid()))
		}
		made <- err
		for f := range m.calls {
			f()
		}
	}()
	err := <-made
	t.Cleanup(func() {
		close(m.calls)
		<-ended
		m.namespace.Close()
	})
	if err == nil {
		err = m.tryIP("link set lo up")
	}
	if err != nil {
		noMachines(t, err)
	}
	return m
}

// noMachines skips a test for which machines could not be made. It is an error
// where LAYER_CAKE_MACHINES=must says that they can.
func noMachines(t *testing.T, reason error) {
	t.Helper()
	const needs = "machines are network namespaces: this test needs root, in a container CAP_SYS_ADMIN and CAP_NET_ADMIN, " +
		"and the program ip, of the package iproute2"
	if os.Getenv("LAYER_CAKE_MACHINES") == "must" {
		t.Fatalf("no machines can be made here: %v; %s", reason, needs)
	}
	t.Skipf("no machines can be made here: %v; %s", reason, needs)
}

// do calls f, which must return, on the thread of the machine.
func (m *machine) do(f func()) {
	done := make(chan struct{})
	m.calls <- func() {
		defer close(done)
		f()
	}
	<-done
}

// ip runs commands of the program ip on the machine.
func (m *machine) ip(commands ...string) {
	m.t.Helper()
	if err := m.tryIP(commands...); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) tryIP(commands ...string) error {
	c := exec.Command("ip", "-batch", "-")
	c.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := m.finish(c); err != nil {
		return fmt.Errorf("ip on %s: %w: %s", m.name, err, bytes.TrimSpace(out.Bytes()))
	}
	return nil
}

// finish runs a command on the machine to its end.
func (m *machine) finish(c *exec.Cmd) error {
	var err error
	m.do(func() { err = c.Start() })
	if err != nil {
		return err
	}
	return c.Wait()
}
