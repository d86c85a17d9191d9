package tcp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-sockaddr"
)

// StandardLAN returns where the directory of this machine's LAN listens unless
// something else was said: 10.0.0.195:54195, 172.16.0.195:54195 or
// 192.168.0.195:54195, whichever is in the same private range as PrivateIPv4,
// whose errors it returns.
func StandardLAN() (string, error) {
	a, err := PrivateIPv4()
	if err != nil {
		return "", err
	}
	return standardLAN(a)
}

func standardLAN(a netip.Addr) (string, error) {
	for _, r := range [...]struct{ private, standard string }{
		{"10.0.0.0/8", "10.0.0.195:54195"},
		{"172.16.0.0/12", "172.16.0.195:54195"},
		{"192.168.0.0/16", "192.168.0.195:54195"},
	} {
		if netip.MustParsePrefix(r.private).Contains(a) {
			return r.standard, nil
		}
	}
	return "", fmt.Errorf("tcp.StandardLAN: %v is no private IPv4 address", a)
}

// PrivateIPv4 returns the primary private IPv4 address of this machine: that of
// the only network interface which has one, or of the one with the default route
// where there are several. Interfaces that are down, the loopback and those of
// containers and virtual machines do not count. The error says what there is, and
// that the address must be set.
//
// Interfaces and their addresses come from package sockaddr. The default route is
// read from /proc/net/route; where that does not exist, it is the interface of
// the address which the system would send from to the Internet (nothing is sent).
func PrivateIPv4() (netip.Addr, error) {
	candidates, err := candidates()
	if err != nil {
		return netip.Addr{}, fmt.Errorf("tcp.PrivateIPv4: %w", err)
	}
	routes, err := defaultRoutes(candidates)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("tcp.PrivateIPv4: %w", err)
	}
	a, err := choose(candidates, routes)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("tcp.PrivateIPv4: %w", err)
	}
	return a, nil
}

// A face is an address of a network interface.
type face struct {
	name    string
	address netip.Addr
}

// candidates returns the private IPv4 addresses of this machine, in the order of
// the system, which has the primary address of an interface first.
func candidates() ([]face, error) {
	all, err := sockaddr.GetAllInterfaces()
	if err != nil {
		return nil, err
	}
	all, _ = sockaddr.FilterIfByType(all, sockaddr.TypeIPv4)
	all, _, err = sockaddr.IfByFlag("up", all)
	if err != nil {
		return nil, err
	}
	private, _, err := sockaddr.IfByRFC("1918", all)
	if err != nil {
		return nil, err
	}
	var faces []face
	for _, f := range private {
		ip := sockaddr.ToIPv4Addr(f.SockAddr)
		if ip == nil {
			continue
		}
		if a, ok := netip.AddrFromSlice(*ip.NetIP()); ok {
			faces = append(faces, face{f.Interface.Name, a.Unmap()})
		}
	}
	return faces, nil
}

// choose returns the primary address of faces. Routes are the names of interfaces
// with a default route, the preferred first.
func choose(faces []face, routes []string) (netip.Addr, error) {
	faces = slices.DeleteFunc(slices.Clone(faces), func(f face) bool { return virtual(f.name) || !f.address.IsPrivate() })
	for _, r := range routes {
		if i := slices.IndexFunc(faces, func(f face) bool { return f.name == r }); i >= 0 {
			return faces[i].address, nil
		}
	}
	switch {
	case len(faces) == 0:
		return netip.Addr{}, errors.New("no network interface has a private IPv4 address: set the address of the LAN directory")
	case slices.ContainsFunc(faces, func(f face) bool { return f.name != faces[0].name }):
		var found []string
		for _, f := range faces {
			found = append(found, fmt.Sprintf("%v (%s)", f.address, f.name))
		}
		return netip.Addr{}, fmt.Errorf("%s are private IPv4 addresses, and none of their interfaces has the default route: "+
			"set the address of the LAN directory", strings.Join(found, ", "))
	}
	return faces[0].address, nil
}

// virtual reports whether an interface leads to containers or virtual machines on
// this machine, not to others.
func virtual(name string) bool {
	for _, prefix := range [...]string{"docker", "br-", "veth", "virbr", "cni"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name == "lo"
}

// defaultRoutes returns the names of interfaces with a default route, the
// preferred first.
func defaultRoutes(faces []face) ([]string, error) {
	table, err := os.Open("/proc/net/route")
	if err == nil {
		defer table.Close()
		return parseRoutes(table)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	conn, err := net.Dial("udp4", "192.0.2.1:9") // an address for documentation; a datagram socket only looks up the route
	if err != nil {
		return nil, nil // there is none
	}
	defer conn.Close()
	local := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
	for _, f := range faces {
		if f.address == local {
			return []string{f.name}, nil
		}
	}
	return nil, nil
}

// parseRoutes reads the kernel's table of IPv4 routes: after a line of titles, one
// route a line, its fields Iface, Destination, Gateway, Flags, RefCnt, Use,
// Metric, Mask and others.
func parseRoutes(table io.Reader) ([]string, error) {
	type route struct {
		name   string
		metric uint64
	}
	const (
		up     = 0x1
		reject = 0x200
	)
	var found []route
	lines := bufio.NewScanner(table)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if n == 1 || len(fields) == 0 {
			continue
		}
		if len(fields) < 8 {
			return nil, fmt.Errorf("table of routes, line %d: %d fields, at least 8 are needed", n, len(fields))
		}
		flags, err := strconv.ParseUint(fields[3], 16, 32)
		if err != nil {
			return nil, fmt.Errorf("table of routes, line %d: flags: %w", n, err)
		}
		metric, err := strconv.ParseUint(fields[6], 10, 64)
		if err != nil {
			metric = math.MaxUint64
		}
		if fields[1] == "00000000" && fields[7] == "00000000" && flags&up != 0 && flags&reject == 0 {
			found = append(found, route{fields[0], metric})
		}
	}
	slices.SortStableFunc(found, func(a, b route) int {
		switch {
		case a.metric < b.metric:
			return -1
		case a.metric > b.metric:
			return 1
		}
		return 0
	})
	var names []string
	for _, r := range found {
		names = append(names, r.name)
	}
	return names, lines.Err()
}
