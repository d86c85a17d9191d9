package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// What is published for a machine cannot be had from another, not even by who
// knows its token: nothing listens beyond the loopback before the first
// publication for the LAN, one socket does from then on, and it refuses what is
// not for the LAN (R16).
func TestPrivate(t *testing.T) {
	t.Parallel()
	l := newLAN(t)
	worker := l.a.puppet("worker", "publish secret Host", "publish secret-too Host")
	l.a.puppet("neighbour", "subscribe secret Host").expect("available secret Host")
	worker.expect("delivered secret Host")
	l.b.puppet("stranger", "subscribe secret LAN")

	at := hosts(listening(t, worker))
	if want := []string{"127.0.0.1", "127.0.0.1"}; !slices.Equal(at, want) { // host-cake and the worker
		t.Errorf("before the first publication for the LAN host A listens at %v, want %v", at, want)
	}
	worker.say("publish service LAN")
	worker.expect("published service")
	worker.say("publish service-too LAN")
	worker.expect("published service-too")
	at = hosts(listening(t, worker))
	if want := []string{"10.0.0.11", "127.0.0.1", "127.0.0.1"}; !slices.Equal(at, want) {
		t.Errorf("after it host A listens at %v, want %v", at, want)
	}

	spy := l.a.dial(actor.HostDirectory, wire.Child)
	secret, service := spy.offered("secret", directory.Host), spy.offered("service", directory.LAN)
	near, far := place(t, secret, directory.Host), place(t, service, directory.LAN)
	for _, test := range []struct {
		name        string
		from        *machine
		at          string
		publication directory.Publication
		want        directory.Message
	}{
		{"the secret, on its machine", l.a, near, secret, directory.Ready{Session: 1}},
		{"the service, from another", l.b, far, service, directory.Ready{Session: 1}},
		{"the secret, from another", l.b, far, secret,
			directory.NotOpened{Session: 1, Reason: "a publication of scope HOST is not for other machines"}},
		{"the secret, on its machine at the LAN address", l.a, far, secret,
			directory.NotOpened{Session: 1, Reason: "a publication of scope HOST is not for other machines"}},
		{"the service, without its token", l.b, far, directory.Publication{ID: service.ID},
			directory.NotOpened{Session: 1, Reason: "no such publication"}},
		{"the secret, without its token", l.b, far, directory.Publication{ID: secret.ID},
			directory.NotOpened{Session: 1, Reason: "no such publication"}},
	} {
		c := test.from.dial(test.at, wire.Peer)
		c.say(directory.Open{
			Session:     1,
			Publication: test.publication.ID,
			Token:       test.publication.Token,
			Scope:       directory.LAN,
			Subscriber:  c.actor(),
		})
		if diff := cmp.Diff(test.want, c.hears()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}

	// The secret's directory and port are not to be had from there at all.
	for _, address := range []string{"10.0.0.11:54195", strings.Replace(near, "127.0.0.1", "10.0.0.11", 1)} {
		if link, err := l.b.tryDial(address, hello(wire.Peer)); err == nil {
			t.Errorf("from host B there is somebody at %s", address)
			link.Close(nil)
		}
	}
	worker.say("ask nobody") // the next line shows that no other session began
	worker.expect("answer nobody *")
}

// place returns where a publication takes links from so far away.
func place(t *testing.T, p directory.Publication, s directory.Scope) string {
	t.Helper()
	for _, e := range p.Endpoints {
		if e.Scope == s {
			return e.Address
		}
	}
	t.Fatalf("%v has no endpoint for %v: %v", p, s, p.Endpoints)
	return ""
}

// listening returns the addresses at which the machine of a process takes TCP
// connections, whoever does.
func listening(t *testing.T, p *program) []string {
	t.Helper()
	var found []string
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", p.cmd.Process.Pid, table))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			fields := strings.Fields(line)
			if i == 0 || fields[3] != "0A" { // of titles, or not a listener
				continue
			}
			address, err := parseSocket(fields[1])
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			found = append(found, address)
		}
	}
	slices.Sort(found)
	return found
}

// parseSocket reads an address of the kernel's table of sockets: words of four
// bytes in the order of the machine, which is little-endian, then the port.
func parseSocket(text string) (string, error) {
	ip, port, _ := strings.Cut(text, ":")
	b, err := hex.DecodeString(ip)
	if err != nil {
		return "", err
	}
	for word := range slices.Chunk(b, 4) {
		slices.Reverse(word)
	}
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return "", err
	}
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return "", fmt.Errorf("%d bytes are no address", len(b))
	}
	return netip.AddrPortFrom(a, uint16(n)).String(), nil
}

// hosts returns the addresses without their ports.
func hosts(addresses []string) []string {
	var list []string
	for _, a := range addresses {
		list = append(list, a[:strings.LastIndexByte(a, ':')])
	}
	return list
}

// A caller is a process that says what it likes.
type caller struct {
	transport.Link
	t     *testing.T
	self  transport.ProcessID
	heard chan directory.Message
	lost  chan error
}

// hello is that of a new process.
func hello(r wire.Relation) transport.Hello {
	self := transport.NewProcessID()
	d := directory.Directory{Process: self, Scope: directory.Process, Executable: "caller"}
	return transport.Hello{
		Process:   self,
		Heartbeat: 500,
		Body:      wire.AppendGreeting(nil, wire.Greeting{Relation: r, Directory: d}),
	}
}

// tryDial dials on the thread of the machine, and so from there.
func (m *machine) tryDial(address string, h transport.Hello) (link transport.Link, err error) {
	m.do(func() { link, err = tcp.Transport{}.Dial(context.Background(), address, h) })
	return link, err
}

func (m *machine) dial(address string, r wire.Relation) *caller {
	m.t.Helper()
	h := hello(r)
	link, err := m.tryDial(address, h)
	if err != nil {
		m.t.Fatalf("from %s: %v", m.name, err)
	}
	c := &caller{link, m.t, h.Process, make(chan directory.Message, 100), make(chan error, 1)}
	link.Start(c)
	m.t.Cleanup(func() {
		link.Close(nil)
		<-c.lost
	})
	return c
}

func (c *caller) Received(kind transport.Kind, body []byte) error {
	m, err := new(wire.Decoder).Decode(kind, bytes.Clone(body))
	if err == nil {
		c.heard <- m
	}
	return err
}

func (c *caller) Lost(err error) { c.lost <- err }

func (c *caller) actor() transport.Address { return transport.NewMint(c.self).Address(1) }

func (c *caller) say(m directory.Message) {
	c.t.Helper()
	body, kind := wire.Append(nil, m)
	if err := c.Send(kind, body); err != nil {
		c.t.Fatal(err)
	}
}

func (c *caller) hears() directory.Message {
	c.t.Helper()
	select {
	case m := <-c.heard:
		return m
	case <-time.After(patience):
		c.t.Fatalf("nothing came from %s", c.Remote())
		return nil
	}
}

// offered subscribes to a name and returns what the directory of the machine
// offers.
func (c *caller) offered(name directory.Name, s directory.Scope) directory.Publication {
	c.t.Helper()
	id := directory.ID{Origin: c.self, Seq: uint64(len(name))}
	c.say(directory.Seek{Subscription: directory.Subscription{
		ID:      id,
		Pattern: directory.Pattern(name),
		Scope:   s,
		Actor:   c.actor(),
	}})
	for {
		switch m := c.hears().(type) {
		case directory.Offered:
			if m.Subscription == id && len(m.Offers) == 1 {
				return m.Offers[0]
			}
		case directory.Offer:
			if m.Subscription == id {
				return m.Publication
			}
		}
	}
}
