package tcp

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChoose(t *testing.T) {
	faces := func(pairs ...string) (fs []face) {
		for _, p := range pairs {
			name, address, _ := strings.Cut(p, " ")
			fs = append(fs, face{name, netip.MustParseAddr(address)})
		}
		return fs
	}
	const unset = "set the address of the LAN directory"
	for _, c := range []struct {
		name   string
		faces  []face
		routes []string
		want   string // the address, or what the error has
	}{
		{"nothing", nil, nil, "no network interface has a private IPv4 address: " + unset},
		{"one", faces("eth0 192.168.1.20"), nil, "192.168.1.20"},
		{"one, with the default route", faces("eth0 192.168.1.20"), []string{"eth0"}, "192.168.1.20"},
		{"one, the default route elsewhere", faces("eth0 192.168.1.20"), []string{"ppp0"}, "192.168.1.20"},
		{"the default route decides", faces("eth0 10.1.2.3", "wlan0 192.168.1.20"), []string{"wlan0"}, "192.168.1.20"},
		{"the preferred default route decides", faces("eth0 10.1.2.3", "wlan0 192.168.1.20"), []string{"wlan0", "eth0"}, "192.168.1.20"},
		{"a default route without a candidate is passed over", faces("eth0 10.1.2.3", "wlan0 192.168.1.20"), []string{"ppp0", "eth0"}, "10.1.2.3"},
		{"several without a default route", faces("eth0 10.1.2.3", "wlan0 192.168.1.20"), nil,
			"10.1.2.3 (eth0), 192.168.1.20 (wlan0) are private IPv4 addresses, and none of their interfaces has the default route: " + unset},
		{"several, the default route elsewhere", faces("eth0 10.1.2.3", "wlan0 192.168.1.20"), []string{"ppp0"}, unset},
		{"the first of one interface", faces("eth0 192.168.1.20", "eth0 10.9.9.9"), nil, "192.168.1.20"},
		{"containers do not count", faces("docker0 172.17.0.1", "br-5a6b 172.18.0.1", "veth12 10.0.0.1", "virbr0 192.168.122.1", "cni0 10.88.0.1", "eth0 192.168.1.20"),
			nil, "192.168.1.20"},
		{"containers only", faces("docker0 172.17.0.1"), nil, "no network interface"},
		{"containers with the default route", faces("docker0 172.17.0.1"), []string{"docker0"}, "no network interface"},
		{"a bridge of its owner", faces("br0 192.168.1.20"), nil, "192.168.1.20"},
		{"public", faces("eth0 203.0.113.9"), []string{"eth0"}, "no network interface"},
		{"shared address space", faces("eth0 100.64.0.1"), nil, "no network interface"},
		{"link local", faces("eth0 169.254.1.1"), nil, "no network interface"},
		{"public beside private", faces("eth0 203.0.113.9", "eth1 10.1.2.3"), []string{"eth0"}, "10.1.2.3"},
		{"loopback", faces("lo 10.1.2.3"), nil, "no network interface"},
	} {
		a, err := choose(c.faces, c.routes)
		if err == nil && a.String() != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v, want %s", c.name, a, err, c.want)
		}
	}
}

func TestStandardLAN(t *testing.T) {
	for address, want := range map[string]string{
		"10.0.0.1": "10.0.0.195:54195", "10.1.2.3": "10.0.0.195:54195", "10.255.255.255": "10.0.0.195:54195",
		"172.16.0.1": "172.16.0.195:54195", "172.31.255.255": "172.16.0.195:54195",
		"192.168.0.1": "192.168.0.195:54195", "192.168.44.1": "192.168.0.195:54195",
		"172.15.0.1": "", "172.32.0.1": "", "192.169.0.1": "", "11.0.0.1": "", "127.0.0.1": "", "fd00::1": "",
	} {
		got, err := standardLAN(netip.MustParseAddr(address))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", address, got, err, want)
		}
	}
}

func TestParseRoutes(t *testing.T) {
	const titles = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	for _, c := range []struct {
		name, table string
		want        []string
		err         string
	}{
		{"nothing", "", nil, ""},
		{"titles", titles, nil, ""},
		{"one", titles + "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n" +
			"eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n", []string{"eth0"}, ""},
		{"by metric", titles + "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n" +
			"eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n" +
			"ppp0\t00000000\t00000000\t0001\t0\t0\t600\t00000000\t0\t0\t0\n", []string{"eth0", "wlan0", "ppp0"}, ""},
		{"half of the Internet is not all", titles + "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n", nil, ""},
		{"down", titles + "eth0\t00000000\t0101A8C0\t0002\t0\t0\t100\t00000000\t0\t0\t0\n", nil, ""},
		{"reject", titles + "*\t00000000\t00000000\t0201\t0\t0\t100\t00000000\t0\t0\t0\n", nil, ""},
		{"short", titles + "eth0\t00000000\n", nil, "table of routes, line 2: 2 fields, at least 8 are needed"},
		{"strange", titles + "eth0\t00000000\t0101A8C0\tzz\t0\t0\t100\t00000000\n", nil, "line 2: flags"},
	} {
		got, err := parseRoutes(strings.NewReader(c.table))
		if d := cmp.Diff(c.want, got); d != "" || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: got %v, %v, want %v, %q", c.name, got, err, c.want, c.err)
		}
	}
}

// TestPrivateIPv4 runs on what this machine has, which may be nothing.
func TestPrivateIPv4(t *testing.T) {
	a, err := PrivateIPv4()
	if err == nil && !(a.Is4() && a.IsPrivate()) {
		t.Errorf("got %v, want a private IPv4 address", a)
	}
	if err != nil && !strings.Contains(err.Error(), "set the address of the LAN directory") {
		t.Errorf("got %v, want an error that says what to do", err)
	}
	standard, lanErr := StandardLAN()
	if (err == nil) != (lanErr == nil) || err == nil && !strings.HasSuffix(standard, ".195:54195") {
		t.Errorf("got %q, %v where the private address is %v, %v", standard, lanErr, a, err)
	}
}
