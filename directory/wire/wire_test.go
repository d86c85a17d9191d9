package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	frame "github.com/layer-cake/layer-cake/transport/wire"
)

var rewrite = flag.Bool("rewrite", false, "write the golden file anew")

func process(b byte) transport.ProcessID {
	return transport.ProcessID(bytes.Repeat([]byte{b}, 16))
}

func publication(b byte) directory.Publication {
	return directory.Publication{
		ID:    directory.ID{Origin: process(b), Seq: 7},
		Name:  "test:worker",
		Scope: directory.LAN,
		Stamp: 1_700_000_000_000_000_000,
		Token: directory.Token(bytes.Repeat([]byte{0xee}, 16)),
		Actor: transport.Address{Process: process(b), Actor: 3, Key: 0x0102030405060708},
		Endpoints: []directory.Endpoint{
			{Scope: directory.Host, Address: "127.0.0.1:40001"},
			{Scope: directory.LAN, Address: "10.1.2.3:40002"},
		},
	}
}

// examples has each message that travels.
var examples = []directory.Message{
	directory.Claim{Name: "test:worker", Claimants: []directory.Publication{publication(1), publication(2)}},
	directory.Claim{Name: "test:worker", Ask: true},
	directory.Held{Name: "test:worker", Scope: directory.Host, Holder: directory.ID{Origin: process(2), Seq: 7}, Stamp: 1_700_000_000_000_000_000},
	directory.Seek{Subscription: directory.Subscription{
		ID: directory.ID{Origin: process(3), Seq: 1}, Pattern: "test:.*", Scope: directory.Host,
		Actor: transport.Address{Process: process(3), Actor: 5, Key: 9},
	}},
	directory.Unseek{ID: directory.ID{Origin: process(3), Seq: 1}},
	directory.Offered{
		Subscription: directory.ID{Origin: process(3), Seq: 1}, Scope: directory.Host,
		First: true, Offers: []directory.Publication{publication(1)},
	},
	directory.Offered{Subscription: directory.ID{Origin: process(3), Seq: 1}, Scope: directory.Host, Last: true},
	directory.Offer{Subscription: directory.ID{Origin: process(3), Seq: 1}, Scope: directory.Group, Publication: publication(1)},
	directory.Withdraw{Subscription: directory.ID{Origin: process(3), Seq: 1}, Scope: directory.Group, Name: "test:worker"},
	directory.Open{
		Session: 4, Publication: directory.ID{Origin: process(1), Seq: 7}, Token: directory.Token{1, 2, 3},
		Scope: directory.Host, Subscriber: transport.Address{Process: process(3), Actor: 5, Key: 9},
	},
	directory.Ready{Session: 4},
	directory.NotOpened{Session: 4, Reason: "no such publication"},
	directory.Commit{Session: 4},
	directory.Close{Session: 4, Reason: "unsubscribed"},
	directory.Closed{Session: 4, Reason: "unpublished"},
	directory.Join{Session: 1, Actor: transport.Address{Process: process(3), Actor: 5, Key: 9}},
	directory.Joined{Session: 1, Actor: transport.Address{Process: process(1), Actor: 3, Key: 0x0102030405060708}},
	directory.Heard{Session: 1},
	directory.List{Route: directory.Route{process(1), process(2)}},
	directory.Describe{Route: directory.Route{process(1)}},
	directory.Listed{
		Route:     directory.Route{process(1), process(2)},
		Directory: directory.Directory{Process: process(1), Scope: directory.Host, Executable: "host-cake", PID: 12, Listens: "127.0.0.1:54195"},
		Children:  []directory.Directory{{Process: process(2), Scope: directory.Process, Executable: "worker", Role: "worker-1", PID: 13}},
		Last:      true,
	},
	directory.Refused{Reason: "it is not a child"},
	directory.Enquire{
		Route: directory.Route{process(1), process(2)}, To: directory.Route{process(1), process(3)}, Number: 300,
		Topic: directory.TopicOffers, Name: "test:worker", Pattern: "test:.*",
		After: directory.Mark{Name: "test:worker", Stamp: 1_700_000_000_000_000_000, ID: directory.ID{Origin: process(1), Seq: 7}},
	},
	directory.Found{
		Route: directory.Route{process(1), process(2)}, Number: 300, Next: directory.Mark{Name: "test:worker"},
		Claimants: []directory.Claimant{
			{Name: "test:worker", ID: directory.ID{Origin: process(1), Seq: 7}, Scope: directory.LAN, Stamp: 1_700_000_000_000_000_000, Actor: 3, Holds: true},
		},
		Subscriptions: []directory.Interest{{Pattern: "test:.*", ID: directory.ID{Origin: process(3), Seq: 1}, Scope: directory.Host, Actor: 5}},
		Offers: []directory.Pairing{
			{Name: "test:worker", Publication: directory.ID{Origin: process(1), Seq: 7}, Subscription: directory.ID{Origin: process(3), Seq: 1}},
		},
	},
	directory.Found{
		Route: directory.Route{process(2)}, Number: 301,
		Efforts: []directory.Effort{{
			Subscription: directory.ID{Origin: process(3), Seq: 1}, Name: "test:worker",
			Session: directory.ID{Origin: process(1), Seq: 7}, Scope: directory.Host,
			Prospects: []directory.Prospect{
				{Publication: directory.ID{Origin: process(2), Seq: 7}, Scope: directory.Group, State: directory.Resting, Failed: 2, Reason: "not ready in time"},
				{Publication: directory.ID{Origin: process(1), Seq: 7}, Scope: directory.Host, State: directory.InUse},
			},
		}, {Subscription: directory.ID{Origin: process(3), Seq: 1}, Name: "test:other"}},
	},
	directory.Found{Route: directory.Route{process(2)}, Number: 302, Gone: true},
	directory.Found{Route: directory.Route{process(2)}, Number: 304, Usage: []directory.Figure{
		{Name: "links", Used: 3, Most: 8192}, {Name: "links refused so far", Used: 300},
	}},
	directory.Found{Route: directory.Route{process(2)}, Number: 303, Reason: "too many enquiries wait there already"},
}

func TestRoundTrip(t *testing.T) {
	for _, want := range examples {
		body, kind := Append(nil, want)
		got, err := new(Decoder).Decode(kind, body)
		if err != nil {
			t.Errorf("%T: %v", want, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%T (-want +got):\n%s", want, diff)
		}
	}
}

// A change of the golden file is a change of the wire.
func TestGolden(t *testing.T) {
	const file = "testdata/frames.txt"
	var b strings.Builder
	for _, msg := range examples {
		body, kind := Append(nil, msg)
		fmt.Fprintf(&b, "%d %T\n%s", kind, msg, hex.Dump(body))
	}
	g := AppendGreeting(nil, Greeting{Child, directory.Directory{
		Process: process(1), Scope: directory.Process, Executable: "worker", Role: "worker-1", PID: 13,
	}})
	fmt.Fprintf(&b, "greeting\n%s", hex.Dump(g))
	g = AppendGreeting(nil, Greeting{Caller, directory.Directory{Process: process(1), Scope: directory.Process, Executable: "client", PID: 14}})
	fmt.Fprintf(&b, "greeting of a caller\n%s", hex.Dump(g))
	if *rewrite {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
}

func TestGreeting(t *testing.T) {
	want := Greeting{Child, directory.Directory{Process: process(1), Scope: directory.Group, Executable: "group-cake", PID: 13, Listens: "127.0.0.1:1"}}
	got, err := ParseGreeting(AppendGreeting(nil, want))
	if err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	long := strings.Repeat("x", 4000)
	want.Directory.Executable, want.Directory.Role = long, long
	if n := len(AppendGreeting(nil, want)); n > 900 {
		t.Errorf("a greeting with long texts has %d bytes: it does not fit a hello", n)
	}
	if _, err := ParseGreeting([]byte{0x92, 9, 0x90}); err == nil {
		t.Error("an unknown relation was taken")
	}
}

// R17: a batch of the longest publications fits a frame; else it could not be
// sent, and the subscription would never be answered.
func TestLongestBatchFits(t *testing.T) {
	p := directory.Publication{
		ID: directory.ID{Origin: process(255), Seq: math.MaxUint64}, Name: directory.Name(strings.Repeat("n", directory.MaxName)),
		Scope: directory.Process, Stamp: math.MinInt64,
	}
	for range MaxEndpoints {
		p.Endpoints = append(p.Endpoints, directory.Endpoint{Scope: directory.Host, Address: strings.Repeat("a", MaxAddress)})
	}
	const batch = 256 // of the machine
	msg := directory.Offered{Subscription: p.ID, Scope: directory.Host, Last: true, Offers: slices.Repeat([]directory.Publication{p}, batch)}
	body, kind := Append(nil, msg)
	if len(body) > frame.MaxBody {
		t.Errorf("it has %d bytes, a frame has room for %d", len(body), frame.MaxBody)
	}
	if _, err := new(Decoder).Decode(kind, body); err != nil {
		t.Error(err)
	}
	p.Endpoints[0].Address += "a"
	body, kind = Append(nil, directory.Claim{Name: p.Name, Claimants: []directory.Publication{p}})
	if got, err := new(Decoder).Decode(kind, body); err == nil {
		t.Errorf("an address of %d bytes was taken: %v", MaxAddress+1, got)
	}
}

// R17: so does a page of the longest entries.
func TestLongestPageFits(t *testing.T) {
	longest := directory.ID{Origin: process(255), Seq: math.MaxUint64}
	name, pattern := directory.Name(strings.Repeat("n", directory.MaxName)), directory.Pattern(strings.Repeat("p", 256))
	prospect := directory.Prospect{
		Publication: longest, Scope: directory.Library, State: directory.Resting, Failed: math.MaxUint32, Reason: strings.Repeat("r", MaxFailure),
	}
	for _, page := range []directory.Found{
		{Claimants: slices.Repeat([]directory.Claimant{{
			Name: name, ID: longest, Scope: directory.Process, Stamp: math.MinInt64, Actor: math.MaxUint64,
		}}, directory.Page)},
		{Subscriptions: slices.Repeat([]directory.Interest{{
			Pattern: pattern, ID: longest, Scope: directory.Process, Actor: math.MaxUint64,
		}}, directory.Page)},
		{Offers: slices.Repeat([]directory.Pairing{{Name: name, Publication: longest, Subscription: longest}}, directory.Page)},
		{Efforts: slices.Repeat([]directory.Effort{{
			Subscription: longest, Name: name, Session: longest, Scope: directory.Process,
			// At most one for each scope.
			Prospects: slices.Repeat([]directory.Prospect{prospect}, int(directory.Library)),
		}}, directory.Page)},
		{Usage: slices.Repeat([]directory.Figure{{Name: strings.Repeat("n", MaxText), Used: math.MaxUint64, Most: math.MaxUint64}}, directory.Page)},
	} {
		page.Route = slices.Repeat(directory.Route{process(255)}, directory.MaxRoute)
		page.Next = directory.Mark{Name: name, Stamp: math.MinInt64, ID: longest}
		page.Reason = strings.Repeat("r", MaxText)
		body, kind := Append(nil, page)
		if len(body) > frame.MaxBody {
			t.Errorf("%v: it has %d bytes, a frame has room for %d", page, len(body), frame.MaxBody)
		}
		if got, err := new(Decoder).Decode(kind, body); err != nil {
			t.Errorf("%v: %v", page, err)
		} else if diff := cmp.Diff(directory.Message(page), got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", page, diff)
		}
	}
	// What is for people is cut.
	prospect.Reason += "more"
	body, kind := Append(nil, directory.Found{Efforts: []directory.Effort{{Prospects: []directory.Prospect{prospect}}}})
	got, err := new(Decoder).Decode(kind, body)
	if err != nil || len(got.(directory.Found).Efforts[0].Prospects[0].Reason) != MaxFailure {
		t.Errorf("got %v, %v", got, err)
	}
}

// What a later version adds at the end of an array is skipped.
func TestUnknownFieldsAreIgnored(t *testing.T) {
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	e.EncodeArrayLen(4)
	e.EncodeUint(4)
	e.EncodeString("gone")
	e.EncodeMap(map[string]any{"more": []int{1, 2}})
	e.EncodeNil()
	got, err := new(Decoder).Decode(KindClosed, b.Bytes())
	if want := (directory.Closed{Session: 4, Reason: "gone"}); err != nil || got != directory.Message(want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// What is equal in the claims of a link is there once (R17): so a directory with
// 100 000 names of a few processes has few lists of endpoints.
func TestDecoderShares(t *testing.T) {
	var d Decoder
	claim := func(name directory.Name, b byte, port string) directory.Claim {
		t.Helper()
		p := publication(b)
		p.Name = name
		p.Endpoints[0].Address = "127.0.0.1:" + port
		want := directory.Claim{Name: name, Claimants: []directory.Publication{p}}
		body, kind := Append(nil, want)
		got, err := d.Decode(kind, body)
		if err != nil {
			t.Fatal(err)
		}
		clear(body) // which is the reader's, and used again
		if diff := cmp.Diff(directory.Message(want), got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return got.(directory.Claim)
	}
	endpoints := func(c directory.Claim) *directory.Endpoint { return &c.Claimants[0].Endpoints[0] }
	first := claim("svc:a", 1, "1001")
	if unsafe.StringData(string(first.Name)) != unsafe.StringData(string(first.Claimants[0].Name)) {
		t.Error("a claim has its name twice")
	}
	other := claim("svc:b", 2, "1002")
	if same := claim("svc:c", 1, "1001"); endpoints(same) != endpoints(first) {
		t.Error("another name of the first process has endpoints of its own")
	}
	if same := claim("svc:d", 2, "1002"); endpoints(same) != endpoints(other) {
		t.Error("another name of the second process has endpoints of its own")
	}
	moved := claim("svc:e", 1, "1003")
	if same := claim("svc:f", 1, "1003"); endpoints(same) != endpoints(moved) {
		t.Error("new endpoints are not shared")
	}
}

// A frame is written into the room that there is.
func TestAppendSetsNothingAside(t *testing.T) {
	room := make([]byte, 0, 4096)
	for _, msg := range examples {
		if n := testing.AllocsPerRun(10, func() { Append(room, msg) }); n != 0 {
			t.Errorf("%T: %v allocations", msg, n)
		}
	}
}

func TestBrokenFrames(t *testing.T) {
	var many bytes.Buffer
	e := msgpack.NewEncoder(&many)
	e.EncodeArrayLen(1)
	e.EncodeArrayLen(directory.MaxRoute + 1)
	for range directory.MaxRoute + 1 {
		e.EncodeBytes(make([]byte, 16))
	}
	for name, frame := range map[string]struct {
		kind transport.Kind
		body []byte
	}{
		"empty":               {KindReady, nil},
		"not an array":        {KindReady, []byte{0x04}},
		"too few fields":      {KindClosed, []byte{0x91, 0x04}},
		"a text for a number": {KindReady, []byte{0x91, 0xa1, 'x'}},
		"two values":          {KindReady, []byte{0x91, 0x04, 0x00}},
		"truncated":           {KindReady, []byte{0x91}},
		"a bomb":              {KindClaim, []byte{0xdd, 0xff, 0xff, 0xff, 0xff}},
		"a short id":          {KindUnseek, []byte{0x91, 0x92, 0xc4, 0x02, 1, 2, 7}},
		"no such scope":       {KindWithdraw, append(append([]byte{0x93, 0x92, 0xc4, 0x10}, make([]byte, 16)...), 7, 9, 0xa1, 'x')},
		"nobody's join":       {KindJoin, []byte{0x92, 0x01, 0xc4, 0x01, 1}},
		"half a joined":       {KindJoined, []byte{0x91, 0x01}},
		"a long route":        {KindList, many.Bytes()},
		"unknown kind":        {99, []byte{0x90}},
	} {
		msg, err := new(Decoder).Decode(frame.kind, frame.body)
		if !errors.Is(err, transport.ErrProtocol) {
			t.Errorf("%s: got %v, %v; want a protocol error", name, msg, err)
		}
	}
}

// Whatever comes, Decode returns; and what it returns goes back to a frame that
// says the same.
func FuzzDecode(f *testing.F) {
	for _, msg := range examples {
		body, kind := Append(nil, msg)
		f.Add(uint8(kind), body)
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		msg, err := new(Decoder).Decode(transport.Kind(kind), body)
		if err != nil {
			return
		}
		again, k := Append(nil, msg)
		if k != transport.Kind(kind) {
			t.Fatalf("kind %d became %d", kind, k)
		}
		back, err := new(Decoder).Decode(k, again)
		if err != nil {
			t.Fatalf("%v, written again: %v", msg, err)
		}
		if diff := cmp.Diff(msg, back); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}

// A greeting that parses is understood when it is said again, its long texts cut.
func FuzzGreeting(f *testing.F) {
	for _, r := range []Relation{Peer, Child, Caller} {
		f.Add(AppendGreeting(nil, Greeting{Relation: r, Directory: directory.Directory{
			Process: transport.ProcessID{1}, Scope: directory.Host, Executable: "host-cake", Role: "host", PID: 70_000, Listens: "127.0.0.1:54195",
		}}))
	}
	long := directory.Directory{Process: transport.ProcessID{1}, Scope: directory.Host, Executable: "host-cake"}
	body := AppendGreeting(nil, Greeting{Peer, long})
	f.Add(bytes.Replace(body, []byte("\xa9host-cake"), []byte("\xd9\xca"+strings.Repeat("é", 101)), 1))
	f.Add([]byte{0x92, 1, 0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := ParseGreeting(body)
		if err != nil {
			return
		}
		again := AppendGreeting(nil, g)
		back, err := ParseGreeting(again)
		if err != nil {
			t.Fatalf("%+v, written again: %v", g, err)
		}
		if once := AppendGreeting(nil, back); !bytes.Equal(again, once) {
			t.Errorf("%x\nbecame %x\nand then %x", body, again, once)
		}
		if len(again) > frame.MaxNodeBody {
			t.Errorf("%x\nbecame %d bytes", body, len(again))
		}
		d, of := g.Directory, back.Directory
		d.Executable, d.Role, d.Listens = of.Executable, of.Role, of.Listens
		if diff := cmp.Diff(d, of); diff != "" || g.Relation != back.Relation {
			t.Errorf("%x became %x (-first +second):\n%s", body, again, diff)
		}
	})
}
