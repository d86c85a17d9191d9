package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Who only passes a message on sees the addresses in it, however deep, and nothing
// that only looks like one.
func TestAddresses(t *testing.T) {
	address := func(actor transport.ActorID) transport.Address {
		return transport.Address{Process: transport.ProcessID{1, 15: 2}, Actor: actor, Key: 3}
	}
	ext := func(a transport.Address) string { return string(a.Append([]byte{0xc7, transport.AddressSize, 1})) }
	looks := "\xc4\x23" + ext(address(9)) // bytes
	for _, test := range []struct {
		name, body string
		want       []transport.Address
	}{
		{"itself", ext(address(1)), []transport.Address{address(1)}},
		{"none", "\x93\xa5hello\x01\xc0", nil},
		{"in arrays and maps", "\x92\x91" + ext(address(1)) + "\x82\xa1k" + ext(address(2)) + "\xa1l\x92\xa4box\x00\x91" + ext(address(3)),
			[]transport.Address{address(1), address(2), address(3)}},
		{"in bytes", looks, nil},
		{"another extension", "\xc7\x20\x02" + strings.Repeat("\x00", 32), nil},
		{"another size", "\xc7\x21\x01" + strings.Repeat("\x01", 33), nil},
		{"nobody", "\xc7\x20\x01" + strings.Repeat("\x00", 32), nil},
		{"a timestamp, then one", "\x92\xd6\xff\x00\x00\x00\x01" + ext(address(4)), []transport.Address{address(4)}},
	} {
		if err := wire.Check([]byte(test.body)); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		var got []transport.Address
		wire.Addresses([]byte(test.body), func(a transport.Address) { got = append(got, a) })
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// It takes anything, since what is broken is not its to refuse.
func FuzzAddresses(f *testing.F) {
	f.Add([]byte("\x91\xc7\x20\x01" + strings.Repeat("\x01", 32)))
	f.Add([]byte("\xc7\x20"))
	f.Add([]byte("\xdf\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		wire.Addresses(body, func(a transport.Address) {
			if !bytes.Contains(body, a.Append([]byte{0xc7, transport.AddressSize, 1})) {
				t.Errorf("%x has no address %v", body, a)
			}
		})
	})
}
