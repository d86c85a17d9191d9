package node

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A bucket gives what it has room for at once, then as much as it gets, and never
// more than that for having waited.
func TestBucket(t *testing.T) {
	now := time.Unix(1000, 0)
	var b bucket
	took := func(n int) (got int) {
		for b.take(now, n, 10, 50) {
			got += n
		}
		return got
	}
	for i, c := range []struct {
		after time.Duration
		n     int
		want  int
	}{
		{0, 1, 50}, {0, 1, 0}, {99 * time.Millisecond, 1, 0}, {time.Millisecond, 1, 1},
		{time.Second, 3, 9}, {0, 1, 1}, {4900 * time.Millisecond, 1, 49}, {time.Hour, 1, 50},
		{5 * time.Second, 51, 0}, {0, 50, 50}, {-time.Hour, 1, 0},
	} {
		now = now.Add(c.after)
		if got := took(c.n); got != c.want {
			t.Errorf("step %d: took %d, want %d", i, got, c.want)
		}
	}
}

// R17: a peer that sends a million messages to nobody does not make this process say
// more than it is allowed to. What is beyond is counted; the log has it twice.
func TestMillionMessagesToNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		p := b.open("a", directory.Process, "a:1", "")
		l := b.stranger("b", "a:1")
		l.Send(wire.Type, wire.AppendType(nil, 1, "text"))
		me := transport.Address{Process: l.self, Actor: 1, Key: 1}
		body := append(wire.AppendMessage(nil, wire.MessageHead{To: transport.Address{Process: p.ID(), Actor: 1, Key: 1}, From: me, Type: 1}), 0xd9, 1, 'x')
		count := many(1_000_000)
		began := time.Now()
		var took time.Duration
		words := 0
		for i := range count {
			if err := l.Send(wire.Message, body); err != nil {
				t.Fatal(err)
			}
			took = time.Since(began)
			if i%1000 == 999 {
				time.Sleep(10 * time.Millisecond) // a hundred thousand a second
				synctest.Wait()
				words += l.words()
			}
		}
		allowed := wordsAtOnce + int(took.Seconds()*wordsPerSecond)
		if words != min(allowed, count) {
			t.Errorf("it was told of %d, want %d, in %v", words, min(allowed, count), took)
		}
		want := Counts{Undelivered: uint64(count), Lost: uint64(count - words), Withheld: uint64(count - words)}
		if got := p.Counts(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		// After a while he is told again, as much as before.
		time.Sleep(time.Minute)
		for range 10 {
			l.Send(wire.Message, body)
		}
		synctest.Wait()
		if got := l.words(); got != 10 {
			t.Errorf("of 10 he is told of %d", got)
		}
		l.Close(nil)
		b.rest()
		for _, text := range []string{"too many messages do not arrive", fmt.Sprintf(`was not told" scope=PROCESS peer="stranger (%s)" messages=%d`, l.self.Short(), count-words)} {
			if n := strings.Count(p.logs.String(), text); n != 1 {
				t.Errorf("the log has %q %d times, want once; it is\n%s", text, n, p.logs)
			}
		}
	})
}

// stranger connects to a node from a machine, as a process that says what it likes.
func (b bubble) stranger(machine, address string) *stranger {
	b.t.Helper()
	self := transport.NewProcessID()
	greeting := dirwire.Greeting{Relation: dirwire.Peer, Directory: directory.Directory{Process: self, Scope: directory.Process, Executable: "stranger"}}
	l, err := b.net.Transport(machine).Dial(b.t.Context(), address, transport.Hello{
		Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	s := &stranger{Link: l, t: b.t, self: self, frames: make(chan frame, 100_000), lost: make(chan error, 1)}
	l.Start(s)
	b.t.Cleanup(func() { l.Close(nil) })
	return s
}

// words takes what was heard so far, and returns how much of it was told of messages
// that did not arrive.
func (s *stranger) words() (n int) {
	for {
		select {
		case f := <-s.frames:
			if f.kind == wire.Undelivered {
				n++
			}
		default:
			return n
		}
	}
}

// What is too long comes back without its message, and so does what is beyond the
// bytes that are allowed. The reason says so.
func TestBareUndelivered(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		b.open("host", directory.LAN, "host:1", "")
		pub := b.open("pub", directory.Process, "", "host:1")
		sub := b.open("sub", directory.Process, "", "host:1")
		pub.publish(1, "svc", directory.LAN)
		sub.subscribe(1, "svc", directory.LAN)
		_, s := next[directory.Available](sub, 1)
		next[directory.Delivered](pub, 1)
		nobody := transport.Address{Process: pub.ID(), Actor: 5, Key: 5}
		back := func(message string) Undelivered {
			t.Helper()
			if err := sub.Send(s.Local(), nobody, message); err != nil {
				t.Fatal(err)
			}
			u, ok := sub.next(1).(Undelivered)
			if !ok || u.From != s.Local() || u.To != nobody || !strings.Contains(u.Reason, errNoAddress.Error()) {
				t.Errorf("got %v", u)
			}
			return u
		}
		for size, note := range map[int]string{
			1: "", maxGivenBack - 5: "",
			maxGivenBack - 4: fmt.Sprintf("the message of %d bytes is too long to be given back", maxGivenBack+1),
			1 << 20:          "the message of 1048581 bytes is too long to be given back",
		} {
			message := strings.Repeat("x", size)
			var want any = message
			reason := errNoAddress.Error()
			if note != "" {
				want = nil
				reason += "; " + note
			}
			if u := back(message); u.Message != want || u.Reason != reason {
				t.Errorf("of %d bytes: got %.10v… %q, want %q", size, u.Message, u.Reason, reason)
			}
			time.Sleep(time.Second) // for the bytes
		}

		// Beyond the bytes at once.
		time.Sleep(time.Minute)
		message := strings.Repeat("x", maxGivenBack-5)
		const fit = bytesAtOnce / maxGivenBack
		for i := range 2 * fit {
			u := back(message)
			if whole := u.Message == message; whole != (i < fit) || whole == strings.Contains(u.Reason, "too many") {
				t.Errorf("number %d came back whole: %v, with reason %q", i, whole, u.Reason)
			}
		}
		if u := back("short"); u.Message != "short" {
			t.Errorf("a short one: %v", u)
		}
		want := Counts{Undelivered: 2*fit + 5, Bare: fit + 2}
		if got := pub.Counts(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// R17: who gives back more than is given back is cut off: no window bounds it.
func TestGivenBackTooLong(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		p := b.open("a", directory.Process, "a:1", "")
		s := b.stranger("b", "a:1")
		s.Send(wire.Type, wire.AppendType(nil, 1, "text"))
		gives := func(size int) {
			body := wire.AppendUndelivered(nil, wire.UndeliveredHead{Told: p.at(), Reason: "ended", Type: 1})
			body, _, _ = texts{}.Append(body, strings.Repeat("x", size-5))
			s.Send(wire.Undelivered, body)
		}
		gives(maxGivenBack)
		if got := p.back(); len(got.Message.(string)) != maxGivenBack-5 {
			t.Errorf("got %.20v", got)
		}
		gives(maxGivenBack + 1)
		s.isClosed("at most")
		if got := p.heard(1); len(got) > 0 {
			t.Errorf("got %.20v", got)
		}
	})
}

// A note is not cut off a reason, however long the reason is.
func TestNoteOfLongReason(t *testing.T) {
	for _, long := range []string{strings.Repeat("r", 2*wire.MaxReason), strings.Repeat("é", wire.MaxReason)} {
		reason := withNote(long, "and a note")
		h, _, err := wire.ParseUndelivered(wire.AppendUndelivered(nil, wire.UndeliveredHead{Reason: reason}))
		if err != nil || h.Reason != reason || !strings.HasSuffix(reason, "; and a note") || len(reason) < wire.MaxReason-5 {
			t.Errorf("got %d bytes %q, %v", len(reason), h.Reason, err)
		}
	}
}
