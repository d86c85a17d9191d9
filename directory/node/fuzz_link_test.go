package node

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A plot is what a peer says, and what befalls it meanwhile, as bytes: each act begins
// with one byte, and takes what it needs of those that follow. Where none are left it
// takes zeros.
type plot struct {
	rest []byte
	k    *court
	f    *feed
}

func (p *plot) byte() byte {
	if len(p.rest) == 0 {
		return 0
	}
	b := p.rest[0]
	p.rest = p.rest[1:]
	return b
}

func (p *plot) below(n int) int { return int(p.byte()) % n }

// bytes takes up to 64 bytes as they are.
func (p *plot) bytes() []byte {
	n := min(p.below(65), len(p.rest))
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

// number is a small number mostly, and now and then any.
func (p *plot) number() uint64 {
	b := p.byte()
	if b < 0xf0 {
		return uint64(b % 8)
	}
	var all [8]byte
	for i := range all {
		all[i] = p.byte()
	}
	return binary.BigEndian.Uint64(all[:])
}

func (p *plot) address() transport.Address {
	switch p.below(6) {
	case 0:
		return transport.Address{}
	case 1, 2:
		return p.k.pub.Mint.Address(transport.ActorID(4 + p.below(8)))
	case 3:
		return transport.Address{Process: p.f.self(), Actor: transport.ActorID(p.number()), Key: 1}
	case 4:
		return p.k.sub.Mint.Address(transport.ActorID(4 + p.below(8)))
	}
	return transport.Address{Process: transport.ProcessID{p.byte()}, Actor: 1}
}

// value is a message's, sound or not.
func (p *plot) value() []byte {
	switch p.below(6) {
	case 0:
		return []byte{0xc0}
	case 1:
		return []byte("\xd9\x02ok")
	case 2:
		n := p.below(256) << 12 // up to a frame
		return append(binary.BigEndian.AppendUint32([]byte{0xdb}, uint32(n)), make([]byte, n)...)
	case 3:
		return p.address().Append([]byte{0xc4, transport.AddressSize})
	case 4:
		return []byte("\xdd\xff\xff\xff\xff")
	}
	return p.bytes()
}

func (p *plot) typeNumber() uint64 { return 1 + p.number()%wire.MaxTypes }

func (p *plot) session() uint64 { return 1 + p.number()%(1<<62) }

// message is the body of a Message or of data, and its kind.
func (p *plot) message() (transport.Kind, []byte) {
	if p.below(2) == 0 {
		h := wire.MessageHead{Hops: byte(p.below(10)), To: p.address(), From: p.address(), Type: p.typeNumber()}
		return wire.Message, append(wire.AppendMessage(nil, h), p.value()...)
	}
	h := wire.DataHead{Session: p.session(), Explicit: p.below(4) == 0, Type: p.typeNumber()}
	if h.Explicit {
		h.From = p.address()
	}
	kind := wire.DataOut + transport.Kind(p.below(4)/3)
	return kind, append(wire.AppendData(nil, h), p.value()...)
}

// act does the next thing, which is a frame most often.
func (p *plot) act() (kind transport.Kind, body []byte, is bool) {
	frame := func(k transport.Kind, b []byte) (transport.Kind, []byte, bool) { return k, b, true }
	says := func(m directory.Message) (transport.Kind, []byte, bool) {
		b, k := dirwire.Append(nil, m)
		return k, b, true
	}
	switch p.below(20) {
	case 0: // anything
		return frame(transport.Kind(p.byte()), p.bytes())
	case 1:
		names := []string{"text", "nil", "address", "mystery", string(p.bytes())}
		return frame(wire.Type, wire.AppendType(nil, p.typeNumber(), names[p.below(len(names))]))
	case 2, 3:
		return frame(p.message())
	case 4:
		h := wire.UndeliveredHead{Told: p.address(), To: p.address(), Reason: string(p.bytes()), Type: p.typeNumber()}
		return frame(wire.Undelivered, append(wire.AppendUndelivered(nil, h), p.value()...))
	case 5:
		h := wire.CreditHead{Side: wire.Side(p.below(3)), Session: p.session(), Bytes: 1 + p.number()}
		if h.Side == wire.OutsideSessions {
			h.Session = 0
		}
		return frame(wire.Credit, wire.AppendCredit(nil, h))
	case 6: // the first part of a message
		kind, body := p.message()
		sizes := []uint64{wire.PartSize + 1, 3 * wire.PartSize, wire.MaxMessage, uint64(len(body)), p.number()}
		h := wire.PartHead{Number: 1 + p.number(), First: true, Kind: kind, Size: sizes[p.below(len(sizes))]}
		return frame(wire.Part, append(wire.AppendPart(nil, h), body[:min(len(body), wire.PartSize)]...))
	case 7: // another
		sizes := []int{1, wire.PartSize - 100, wire.PartSize, 3 * wire.PartSize, p.below(256)}
		bytes := bytes.Repeat([]byte{p.byte()}, sizes[p.below(len(sizes))])
		return frame(wire.Part, append(wire.AppendPart(nil, wire.PartHead{Number: 1 + p.number()}), bytes...))
	case 8:
		pub := p.k.publication
		m := directory.Open{
			Session: directory.SessionID(p.session()), Publication: pub.ID, Token: pub.Token, Scope: directory.Host,
			Subscriber: transport.Address{Process: p.f.self(), Actor: 1, Key: 1},
		}
		if p.below(8) == 0 {
			m.Token[0] ^= p.byte()
			m.Subscriber = p.address()
		}
		return says(m)
	case 9:
		return says(directory.Commit{Session: directory.SessionID(p.session())})
	case 10:
		return says(directory.Close{Session: directory.SessionID(p.session()), Reason: string(p.bytes())})
	case 11:
		return says([]directory.Message{
			directory.Closed{Session: directory.SessionID(p.session())}, directory.Ready{Session: directory.SessionID(p.session())},
			directory.NotOpened{Session: directory.SessionID(p.session())}, directory.Refused{Reason: string(p.bytes())},
		}[p.below(4)])
	case 12: // who listens says something, short or long
		p.k.crowd.answer(strings.Repeat("x", []int{1, 1000, wire.PartSize, 300_000}[p.below(4)]))
	case 13: // and takes what came
		p.k.crowd.settle()
	case 14: // the peer reads nothing, or goes on
		p.f.mu.Lock()
		p.f.full = !p.f.full
		p.f.mu.Unlock()
	case 15: // all that was said has come to pass
		p.k.pub.onNode(func() {})
	case 16: // a registration of its own
		own := directory.ID{Origin: p.f.self(), Seq: p.number()}
		return says([]directory.Message{
			directory.Claim{Name: "mine", Claimants: []directory.Publication{{ID: own, Name: "mine", Scope: directory.Scope(p.below(8)), Stamp: 5}}},
			directory.Seek{Subscription: directory.Subscription{ID: own, Pattern: directory.Pattern(p.bytes()), Scope: directory.Scope(p.below(8)), Actor: p.address()}},
			directory.Unseek{ID: own}, directory.Withdraw{Subscription: own, Scope: directory.Host, Name: "mine"},
		}[p.below(4)])
	case 18: // the connection that it came for, or another
		m := directory.Join{Session: directory.SessionID(p.session()), Actor: transport.Address{Process: p.f.self(), Actor: 1, Key: 1}}
		if p.below(8) == 0 {
			m.Actor = p.address()
		}
		return says(m)
	case 19: // as if it had been called
		if p.below(2) == 0 {
			return says(directory.Heard{Session: directory.SessionID(p.session())})
		}
		return says(directory.Joined{Session: directory.SessionID(p.session()), Actor: p.address()})
	default:
		return says([]directory.Message{
			directory.List{}, directory.Describe{}, directory.Listed{}, directory.Found{Number: p.number()},
			directory.Enquire{Topic: directory.TopicNames, Number: p.number()},
		}[p.below(5)])
	}
	return 0, nil, false
}

// acts is how many acts a plot has at most, so that it takes little memory of ours.
const acts = 200

// FuzzLink feeds a node whole links: after a good hello any sequence of frames, in
// sessions and in none. Whatever comes, the node lives, what it says makes sense, nothing
// of the link is left behind, its memory is bounded, and an honest peer is served.
func FuzzLink(f *testing.F) {
	const open, commit, typ = "\x08\x00\x01", "\x09\x00", "\x01\x00\x00\x00"
	for _, seed := range []string{
		"",
		typ + "\x02\x00\x00\x01\x01\x03\x01\x00\x01",                                                                        // a message
		open + "\x0f" + commit + "\x0f" + typ + "\x02\x01\x00\x01\x00\x00\x01" + "\x0d\x0a\x00\x00",                         // a session
		open + "\x0f" + commit + "\x0f\x0c\x03\x0c\x03\x0c\x02\x05\x01\x00\xf0\x00\x00\x00\x00\x00\x00\xff\xff\x0a\x00\x00", // much is said in it
		open + "\x0f" + commit + typ + "\x06\x01\x00\x01\x00\x00\x01\x00\x01\x07\x02\x07\x02\x07\x02",                       // parts
		"\x06\x00\x00\x01\x01\x03\x01\x00\x01\x00\x02\x06\x00\x00\x01\x01\x03\x01\x00\x01\x01\x02",                          // parts that never end
		"\x05\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff",                                                                  // boundless credit
		"\x04\x01\x00\x03\x00\x00\x00\x00\x01",
		"\x0e" + open + "\x0e" + open + "\x0b\x00\x0b\x03",
		"\x10\x00\x01\x03", "\x11\x00", "\x11\x04", "\x00\x63\x01\x90",
	} {
		f.Add(false, []byte(seed))
		f.Add(true, []byte(seed))
	}
	k := newCourt(f)
	most := heapInUse() + 256<<20 // what one link may hold in parts of messages, and what lies about
	runs := 0
	f.Fuzz(func(t *testing.T, child bool, script []byte) {
		k.pub.t, k.sub.t, k.host.t = t, t, t
		at, relation := k.pub, dirwire.Peer
		if child {
			at, relation = k.host, dirwire.Child
		}
		feed := newFeed(relation)
		at.accept(feed)
		feed.await(t)
		(&plot{rest: script, k: k, f: feed}).play()
		k.adjourn(t, feed, at)
		if runs++; runs%500 == 0 {
			k.pub.logs.forget()
			k.host.logs.forget()
			if now, ok := heapWithin(most); !ok {
				t.Errorf("after %d links the heap has %d bytes, at most %d are allowed", runs, now, most)
			}
		}
	})
}

// play has the peer say all.
func (p *plot) play() {
	for range acts {
		if len(p.rest) == 0 || p.f.closed() != nil {
			return
		}
		kind, body, is := p.act()
		if !is || !wire.Carried(kind) || len(body) > wire.MaxBody {
			continue // a link takes the others itself
		}
		if err := p.f.receiver.Received(kind, bytes.Clone(body)); err != nil {
			p.f.Close(err)
		}
	}
}

// FuzzConnection is FuzzLink for links that come in at the listener of an actor.
func FuzzConnection(f *testing.F) {
	const join, typ, far = "\x12\x00\x01", "\x01\x00\x00\x00", "\x0f"
	for _, seed := range []string{
		"",
		join + far + typ + "\x02\x01\x00\x01\x00\x00\x01" + "\x0d\x0a\x00\x00", // a message, and the end
		join + far + "\x0c\x03\x0c\x03\x0c\x02" + "\x0a\x00\x00",               // much is said in it
		join + far + join,
		join + "\x0e" + far + "\x0a\x00\x00",
		join + typ + "\x06\x01\x00\x01\x00\x00\x01\x00\x01\x07\x02\x07\x02\x07\x02", // parts
		"\x12\x00\x00\x01", "\x13\x00\x00", "\x08\x00\x01" + "\x09\x00", "\x10\x00\x01\x03", "\x11\x00", "\x00\x2e\x03\x92\x01\xc0",
		join + far + "\x0b\x00" + "\x0b\x01" + "\x0b\x02" + "\x0b\x03",
	} {
		f.Add([]byte(seed))
	}
	k := newCourt(f)
	if err := k.pub.ListenFor(5, "127.0.0.1:0", "127.0.0.1:0"); err != nil {
		f.Fatal(err)
	}
	next[directory.Listening](k.pub, 5)
	door := k.pub.doorways.at(5, "")[0]
	most := heapInUse() + 256<<20
	runs := 0
	f.Fuzz(func(t *testing.T, script []byte) {
		k.pub.t, k.sub.t, k.host.t = t, t, t
		feed := newFeed(dirwire.Caller)
		k.pub.acceptCaller(door, feed)
		feed.await(t)
		(&plot{rest: script, k: k, f: feed}).play()
		k.adjourn(t, feed, k.pub)
		if runs++; runs%500 == 0 {
			k.pub.logs.forget()
			k.host.logs.forget()
			if now, ok := heapWithin(most); !ok {
				t.Errorf("after %d links the heap has %d bytes, at most %d are allowed", runs, now, most)
			}
		}
	})
}

// heapInUse is what the heap has that is alive.
func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}

// heapWithin reports whether no more than so much of the heap is alive. Garbage that is
// made while it is collected counts too, now and then, so it is looked at several times.
func heapWithin(most uint64) (now uint64, ok bool) {
	for range 10 {
		if now = heapInUse(); now <= most {
			return now, true
		}
	}
	return now, false
}
