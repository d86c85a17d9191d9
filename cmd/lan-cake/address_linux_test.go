package main

import (
	"slices"
	"strings"
	"testing"
)

// Where the address of the LAN cannot be known, lan-cake says so and ends, and
// host-cake says so and is the directory of its machine nevertheless.
func TestNoStandardAddress(t *testing.T) {
	const none = "no network interface has a private IPv4 address: set the address of the LAN directory"
	const several = "10.0.0.5 (eth0), 192.168.1.5 (eth1) are private IPv4 addresses, and none of their interfaces " +
		"has the default route: set the address of the LAN directory"
	for _, test := range []struct {
		name   string
		ip     []string
		reason string
	}{
		{"only the loopback", nil, none},
		{"a public address", []string{eth0, "addr add 203.0.113.5/24 dev eth0", "link set eth0 up"}, none},
		{"a private one that is down", []string{eth0, "addr add 10.0.0.5/24 dev eth0"}, none},
		{"two private ones", twoAddresses, several},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, "the machine")
			if test.ip != nil {
				m.ip(test.ip...)
			}
			lanCake := m.start("lan-cake")
			status := lanCake.wait()
			want := "lan-cake: --directory-at-lan=host:port is not set, and " + test.reason + "\n"
			if got := lanCake.log.String(); status != 1 || got != want {
				t.Errorf("lan-cake: status %d, %q\nwant status 1, %q", status, got, want)
			}

			hostCake := m.start("host-cake")
			worker := m.puppet("worker", "publish service LAN")
			seeker := m.puppet("seeker", "subscribe service LAN")
			seeker.expect("available service Host")
			worker.expect("delivered service Host")
			seeker.ask("service", "worker")
			hostCake.logs("level=WARN")
			hostCake.logs(test.reason)
			worker.logs("published for this machine only")
			got, at := hosts(listening(t, hostCake)), []string{"127.0.0.1", "127.0.0.1"} // host-cake and the worker
			if !slices.Equal(got, at) {
				t.Errorf("the machine listens at %v, want %v", got, at)
			}
		})
	}
}

// Interfaces; their cables lead nowhere.
const (
	eth0 = "link add eth0 type veth peer name cable0"
	eth1 = "link add eth1 type veth peer name cable1"
)

var twoAddresses = []string{
	eth0, "addr add 10.0.0.5/24 dev eth0", "link set eth0 up", "link set cable0 up",
	eth1, "addr add 192.168.1.5/24 dev eth1", "link set eth1 up", "link set cable1 up",
}

// The default route says which of two private addresses is that of the LAN. It is
// not the one where host-cakes look, and lan-cake says so.
func TestDefaultRoute(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "the machine")
	m.ip(append(slices.Clone(twoAddresses), "route add default dev eth1")...)
	lanCake := m.daemon("lan-cake")
	if got, want := strings.Join(listening(t, lanCake), " "), "192.168.1.5:54195"; got != want {
		t.Errorf("lan-cake listens at %s, want %s", got, want)
	}
	lanCake.logs("level=WARN")
	lanCake.logs(`standard=192.168.0.195:54195 at=192.168.1.5:54195 then="host-cake --directory-at-lan=192.168.1.5:54195"`)
}
