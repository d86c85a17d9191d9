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
	n.hub.ip("link add br0 type bridge", "link set br0 up")
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
	if err := <-made; err != nil {
		close(m.calls)
		t.Fatalf("cannot make a network namespace: %v; this test needs Linux and must be run as root, "+
			"in a container with CAP_SYS_ADMIN and CAP_NET_ADMIN", err)
	}
	t.Cleanup(func() {
		close(m.calls)
		<-ended
		m.namespace.Close()
	})
	m.ip("link set lo up")
	return m
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
	c := exec.Command("ip", "-batch", "-")
	c.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := m.finish(c); err != nil {
		m.t.Fatalf("ip on %s: %v\n%s(this test needs the program ip, of the package iproute2, and root's rights)", m.name, err, &out)
	}
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
