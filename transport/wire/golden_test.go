package wire_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

var (
	processOne = transport.ProcessID{0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11}
	one        = transport.Address{Process: processOne, Actor: 7, Key: 0x0102030405060708}
	two        = transport.Address{Process: transport.ProcessID{15: 0x22}, Actor: 1 << 40, Key: 1}
)

const (
	hexOne = "11111111111111111111111111111111" + "0000000000000007" + "0102030405060708"
	hexTwo = "00000000000000000000000000000022" + "0000010000000000" + "0000000000000001"
	hexNil = "00000000000000000000000000000000" + "0000000000000000" + "0000000000000000"
)

// TestGolden has each frame as it travels.
func TestGolden(t *testing.T) {
	hello := transport.Hello{Process: processOne, Heartbeat: 500, Body: []byte("node")}
	helloBody, err := wire.AppendHello(nil, hello)
	if err != nil {
		t.Fatal(err)
	}
	value := []byte{0x93, 1, 2, 3}
	for _, c := range []struct {
		name string
		kind transport.Kind
		body []byte
		want string // with spaces between the fields
	}{
		{"hello", wire.Hello, helloBody,
			"0000001e 01 4c43414b 04 11111111111111111111111111111111 000001f4 6e6f6465"},
		{"heartbeat", wire.Heartbeat, nil,
			"00000001 02"},
		{"goodbye", wire.Goodbye, wire.AppendGoodbye(nil, errors.New("so long")),
			"00000008 03 736f206c6f6e67"},
		{"goodbye without a reason", wire.Goodbye, wire.AppendGoodbye(nil, nil),
			"00000001 03"},
		{"type", wire.Type, wire.AppendType(nil, 300, "api.Xy"),
			"00000009 04 ac02 6170692e5879"},
		{"message", wire.Message,
			append(wire.AppendMessage(nil, wire.MessageHead{Hops: 8, To: one, From: two, Type: 1}), value...),
			"00000047 05 08 " + hexOne + hexTwo + " 01 93010203"},
		{"message from nobody", wire.Message,
			append(wire.AppendMessage(nil, wire.MessageHead{To: one, Type: 128}), value...),
			"00000048 05 00 " + hexOne + hexNil + " 8001 93010203"},
		{"data from the subscriber", wire.DataOut,
			append(wire.AppendData(nil, wire.DataHead{Session: 200, Type: 2}), value...),
			"00000009 06 c801 00 02 93010203"},
		{"data from the publisher, by another", wire.DataBack,
			append(wire.AppendData(nil, wire.DataHead{Session: 1, Explicit: true, From: one, Type: 2}), value...),
			"00000028 07 01 01 " + hexOne + " 02 93010203"},
		{"data from the publisher, by nobody", wire.DataBack,
			append(wire.AppendData(nil, wire.DataHead{Session: 1, Explicit: true, Type: 2}), value...),
			"00000028 07 01 01 " + hexNil + " 02 93010203"},
		{"undelivered", wire.Undelivered,
			append(wire.AppendUndelivered(nil, wire.UndeliveredHead{Told: one, To: two, Reason: "ended", Type: 3}), value...),
			"0000004d 08 00 " + hexOne + hexTwo + " 05 656e646564 03 93010203"},
		{"undelivered, without the message", wire.Undelivered,
			wire.AppendUndelivered(nil, wire.UndeliveredHead{Hops: 8, Told: one, To: two, Reason: "ended"}),
			"00000049 08 08 " + hexOne + hexTwo + " 05 656e646564 00"},
		{"credit of a link", wire.Credit, wire.AppendCredit(nil, wire.CreditHead{Bytes: 300}),
			"00000005 09 00 00 ac02"},
		{"credit of a session, from its publisher", wire.Credit,
			wire.AppendCredit(nil, wire.CreditHead{Side: wire.ToPublisher, Session: 200, Bytes: 1}),
			"00000005 09 02 c801 01"},
		{"the first part of a message", wire.Part,
			append(wire.AppendPart(nil, wire.PartHead{Number: 1, First: true, Kind: wire.DataBack, Size: 1 << 20}), "bytes"...),
			"0000000c 0a 01 01 07 808040 6279746573"},
		{"another part", wire.Part, append(wire.AppendPart(nil, wire.PartHead{Number: 129}), "more"...),
			"00000008 0a 8101 00 6d6f7265"},
		{"watch", wire.Watch, wire.AppendWatch(nil, wire.WatchHead{Number: 200, Hops: 1, Actor: one}),
			"00000024 0b c801 01 " + hexOne},
		{"unwatch", wire.Unwatch, wire.AppendUnwatch(nil, 1),
			"00000002 0c 01"},
		{"ended", wire.Ended, wire.AppendEnded(nil, wire.EndedHead{Number: 200}),
			"00000005 0d c801 00 00"},
		{"ended, with a value", wire.Ended, append(wire.AppendEnded(nil, wire.EndedHead{Number: 1, Type: 3}), value...),
			"00000008 0d 01 00 03 93010203"},
		{"ended, for it is not known", wire.Ended, wire.AppendEnded(nil, wire.EndedHead{Number: 1, Reason: "ended"}),
			"00000009 0d 01 05 656e646564 00"},
	} {
		got := hex.EncodeToString(wire.AppendFrame(nil, c.kind, c.body))
		if want := strings.ReplaceAll(c.want, " ", ""); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
	}
}

// TestParse has what parsers return for what appenders made.
func TestParse(t *testing.T) {
	value := []byte{0xc0}
	type parsed struct {
		Head, Rest any
		Err        error
	}
	hello := transport.Hello{Process: processOne, Heartbeat: 10, Body: []byte{0}}
	message := wire.MessageHead{Hops: 255, To: two, From: one, Type: wire.MaxTypes}
	implicit := wire.DataHead{Session: 1<<64 - 1, Type: 1}
	explicit := wire.DataHead{Session: 1, Explicit: true, From: two, Type: 1}
	undelivered := wire.UndeliveredHead{Hops: 1, Told: two, To: one, Reason: strings.Repeat("é", wire.MaxReason/2), Type: 9}
	var got []parsed
	add := func(head, rest any, err error) { got = append(got, parsed{head, rest, err}) }

	body, err := wire.AppendHello(nil, hello)
	add(nil, nil, err)
	h, err := wire.ParseHello(body)
	add(h, nil, err)
	m, rest, err := wire.ParseMessage(append(wire.AppendMessage(nil, message), value...))
	add(m, rest, err)
	d, rest, err := wire.ParseData(wire.DataOut, append(wire.AppendData(nil, implicit), value...))
	add(d, rest, err)
	d, rest, err = wire.ParseData(wire.DataBack, append(wire.AppendData(nil, explicit), value...))
	add(d, rest, err)
	u, rest, err := wire.ParseUndelivered(append(wire.AppendUndelivered(nil, undelivered), value...))
	add(u, rest, err)
	n, name, err := wire.ParseType(wire.AppendType(nil, 17, "int"))
	add(n, name, err)
	reason, err := wire.ParseGoodbye(wire.AppendGoodbye(nil, errors.New("a\xffb")))
	add(reason, nil, err)
	credit := wire.CreditHead{Side: wire.ToSubscriber, Session: 1 << 40, Bytes: 1<<64 - 1}
	c, err := wire.ParseCredit(wire.AppendCredit(nil, credit))
	add(c, nil, err)
	first := wire.PartHead{Number: 7, First: true, Kind: wire.Message, Size: wire.MaxMessage}
	f, rest, err := wire.ParsePart(append(wire.AppendPart(nil, first), value...))
	add(f, rest, err)
	f, rest, err = wire.ParsePart(append(wire.AppendPart(nil, wire.PartHead{Number: 1 << 63}), value...))
	add(f, rest, err)
	watch := wire.WatchHead{Number: 1<<64 - 1, Hops: 255, Actor: two}
	w, err := wire.ParseWatch(wire.AppendWatch(nil, watch))
	add(w, nil, err)
	n, err = wire.ParseUnwatch(wire.AppendUnwatch(nil, 1<<40))
	add(n, nil, err)
	e, rest, err := wire.ParseEnded(append(wire.AppendEnded(nil, wire.EndedHead{Number: 1, Type: 9}), value...))
	add(e, rest, err)

	want := []parsed{
		{nil, nil, nil}, {hello, nil, nil}, {message, value, nil}, {implicit, value, nil}, {explicit, value, nil},
		{undelivered, value, nil}, {uint64(17), "int", nil}, {"a\uFFFDb", nil, nil},
		{credit, nil, nil}, {first, value, nil}, {wire.PartHead{Number: 1 << 63}, value, nil},
		{watch, nil, nil}, {uint64(1 << 40), nil, nil}, {wire.EndedHead{Number: 1, Type: 9}, value, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was parsed (-want +got):\n%s", diff)
	}
}

// TestHeadSizes shows that the longest heads have the lengths that are promised.
func TestHeadSizes(t *testing.T) {
	got := []int{
		len(wire.AppendMessage(nil, wire.MessageHead{Type: 1<<64 - 1})),
		len(wire.AppendData(nil, wire.DataHead{Session: 1<<64 - 1, Explicit: true, Type: 1<<64 - 1})),
	}
	if d := cmp.Diff([]int{wire.MaxMessageHead, wire.MaxDataHead}, got); d != "" {
		t.Errorf("lengths of heads (-want +got):\n%s", d)
	}
}

// TestAppendDoesNotAllocate holds for heads where there is room.
func TestAppendDoesNotAllocate(t *testing.T) {
	b := make([]byte, 0, 1024)
	got := testing.AllocsPerRun(100, func() {
		wire.AppendMessage(b, wire.MessageHead{To: one, From: two, Type: 5})
		wire.AppendData(b, wire.DataHead{Session: 5, Explicit: true, From: one, Type: 5})
		wire.AppendUndelivered(b, wire.UndeliveredHead{Told: one, To: two, Reason: "ended", Type: 5})
		wire.AppendType(b, 5, "api.Xy")
	})
	if got != 0 {
		t.Errorf("%v allocations, want none", got)
	}
}

// TestRefused has bodies that are not as they should be, and what is said of them.
func TestRefused(t *testing.T) {
	parse := map[transport.Kind]func([]byte) error{
		wire.Hello:       func(b []byte) error { _, err := wire.ParseHello(b); return err },
		wire.Goodbye:     func(b []byte) error { _, err := wire.ParseGoodbye(b); return err },
		wire.Type:        func(b []byte) error { _, _, err := wire.ParseType(b); return err },
		wire.Message:     func(b []byte) error { _, _, err := wire.ParseMessage(b); return err },
		wire.DataOut:     func(b []byte) error { _, _, err := wire.ParseData(wire.DataOut, b); return err },
		wire.Undelivered: func(b []byte) error { _, _, err := wire.ParseUndelivered(b); return err },
		wire.Credit:      func(b []byte) error { _, err := wire.ParseCredit(b); return err },
		wire.Part:        func(b []byte) error { _, _, err := wire.ParsePart(b); return err },
		wire.Watch:       func(b []byte) error { _, err := wire.ParseWatch(b); return err },
		wire.Unwatch:     func(b []byte) error { _, err := wire.ParseUnwatch(b); return err },
		wire.Ended:       func(b []byte) error { _, _, err := wire.ParseEnded(b); return err },
	}
	const id = "11111111111111111111111111111111"
	for _, c := range []struct {
		kind transport.Kind
		body string
		want string
	}{
		{wire.Hello, "", "it does not begin with LCAK: not a Layer Cake process"},
		{wire.Hello, "4c43414c 01", "it does not begin with LCAK: not a Layer Cake process"},
		{wire.Hello, "4c43414b", "it is of version , not 4"},
		{wire.Hello, "4c43414b 01" + id + "000001f4", "it is of version 01, not 4"},
		{wire.Hello, "4c43414b 04" + id + "0000f4", "it has 24 bytes, at least 25 are needed"},
		{wire.Hello, "4c43414b 04 00000000000000000000000000000000 000001f4", "it names no process"},
		{wire.Hello, "4c43414b 04" + id + "00000009", "its heartbeats are 9 ms apart, 10 to 60000 are allowed"},
		{wire.Hello, "4c43414b 04" + id + "0000ea61", "its heartbeats are 60001 ms apart, 10 to 60000 are allowed"},
		{wire.Hello, "4c43414b 04" + id + "000001f4" + strings.Repeat("00", wire.MaxNodeBody+1), "its node says 995 bytes, at most 994 are allowed"},
		{wire.Goodbye, strings.Repeat("61", wire.MaxReason+1), "its reason has 513 bytes, at most 512 are allowed"},
		{wire.Goodbye, "ff", "its reason is not valid UTF-8"},
		{wire.Type, "", "it ends too early"},
		{wire.Type, "00 61", "its type is number 0, 1 to 16384 are allowed"},
		{wire.Type, "818001 61", "its type is number 16385, 1 to 16384 are allowed"},
		{wire.Type, "8100 61", "it has a number that is not in its shortest form"},
		{wire.Type, "ffffffffffffffffff02 61", "it has a number that is not in its shortest form"},
		{wire.Type, "80", "it ends too early"},
		{wire.Type, "01", "its name is empty"},
		{wire.Type, "01" + strings.Repeat("61", wire.MaxTypeName+1), "its name has 1025 bytes, at most 1024 are allowed"},
		{wire.Message, "", "it ends too early"},
		{wire.Message, "00" + hexOne + hexTwo, "it ends too early"},
		{wire.Message, "00" + hexOne + hexTwo[2:], "it ends too early"},
		{wire.DataOut, "", "it ends too early"},
		{wire.DataOut, "00 00 01", "it is in no session"},
		{wire.DataOut, "01 02 01", "its flag is 2, not 0 or 1"},
		{wire.DataOut, "01 01" + hexOne[2:], "it ends too early"},
		{wire.Undelivered, "00" + hexOne + hexTwo + "ffff7f", "its reason has 2097151 bytes, at most 512 are allowed"},
		{wire.Undelivered, "00" + hexOne + hexTwo + "05 6161", "it ends too early"},
		{wire.Credit, "", "it ends too early"},
		{wire.Credit, "03 01 01", "its side is 3, 0 to 2 are allowed"},
		{wire.Credit, "00 01 01", "its session is 1, its side 0"},
		{wire.Credit, "02 00 01", "its session is 0, its side 2"},
		{wire.Credit, "00 00 00", "it gives nothing"},
		{wire.Credit, "00 00 01 00", "1 bytes follow it"},
		{wire.Part, "00 00 61", "it has no number"},
		{wire.Part, "01 02 61", "its flag is 2, not 0 or 1"},
		{wire.Part, "01 00", "it has no bytes"},
		{wire.Part, "01 01 08 808040 61", "it is of a frame of kind 8"},
		{wire.Part, "01 01 06 808004 61", "the whole has 65536 bytes, 65537 to 67108864 are allowed"},
		{wire.Part, "01 01 06 81808020 61", "the whole has 67108865 bytes, 65537 to 67108864 are allowed"},
		{wire.Watch, "00 00" + hexOne, "it has no number"},
		{wire.Watch, "01 00" + hexOne[2:], "it ends too early"},
		{wire.Watch, "01 00" + hexOne + "00", "1 bytes follow it"},
		{wire.Unwatch, "00", "it has no number"},
		{wire.Unwatch, "01 01", "1 bytes follow it"},
		{wire.Ended, "00 00 00", "it has no number"},
		{wire.Ended, "01 02 61", "it ends too early"},
		{wire.Ended, "01 ffff7f", "its reason has 2097151 bytes, at most 512 are allowed"},
		{wire.Ended, "01 00 00 c0", "its type is number 0, 1 to 16384 are allowed"},
	} {
		body, err := hex.DecodeString(strings.ReplaceAll(c.body, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		got := parse[c.kind](body)
		want := &transport.FrameError{Kind: c.kind, Reason: c.want}
		if d := cmp.Diff(error(want), got, cmp.Comparer(func(a, b error) bool {
			var x, y *transport.FrameError
			return errors.As(a, &x) && errors.As(b, &y) && *x == *y
		})); d != "" {
			t.Errorf("%d %.60s: got %v, want %v", c.kind, c.body, got, want)
		}
	}
}
