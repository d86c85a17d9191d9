package memory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/memory"
)

// A script notes what happens at both ends of links, and when.
type script struct {
	began time.Time
	mu    sync.Mutex
	lines []string
}

func (s *script) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf("%v ", time.Since(s.began))+fmt.Sprintf(format, args...))
}

// expect waits until nothing moves and compares the script with what it should
// be, a line each. It then begins anew.
func (s *script) expect(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := cmp.Diff(strings.Join(want, "\n"), strings.Join(s.lines, "\n")); d != "" {
		t.Errorf("script (-want +got):\n%s", d)
	}
	s.lines, s.began = nil, time.Now()
}

// at notes what one end receives.
type at struct {
	*script
	who string
}

func (a at) Received(kind transport.Kind, body []byte) error {
	a.note("%s: %d %s", a.who, kind, body)
	return nil
}

func (a at) Lost(reason error) { a.note("%s lost: %v", a.who, reason) }

func hello(heartbeat uint32) transport.Hello {
	return transport.Hello{Process: transport.NewProcessID(), Heartbeat: heartbeat}
}

// A scene is a link from alpha, which beats every 100 ms, to beta, which does
// every 200 ms.
type scene struct {
	*script
	network     *memory.Network
	alpha, beta transport.Link
}

// bubble runs test in a bubble, in which a goroutine that is left is an error.
func bubble(t *testing.T, test func(t *testing.T, s *scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := memory.NewNetwork()
		accepted := make(chan transport.Link, 10)
		l, err := n.Transport("beta").Listen("beta:1", hello(200), func(l transport.Link) { accepted <- l })
		if err != nil {
			t.Fatal(err)
		}
		s := &scene{script: &script{began: time.Now()}, network: n}
		s.alpha, err = n.Transport("alpha").Dial(t.Context(), l.Address(), hello(100))
		if err != nil {
			t.Fatal(err)
		}
		s.beta = <-accepted
		s.alpha.Start(at{s.script, "alpha"})
		s.beta.Start(at{s.script, "beta"})
		test(t, s)
		s.alpha.Close(nil)
		s.beta.Close(nil)
		l.Close()
	})
}

func send(t *testing.T, l transport.Link, body string) {
	t.Helper()
	if err := l.Send(40, []byte(body)); err != nil {
		t.Errorf("Send of %s: %v", body, err)
	}
}

// TestQuiet shows that a link on which nothing is said lives on.
func TestQuiet(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		time.Sleep(time.Hour)
		s.expect(t)
		send(t, s.alpha, "a")
		s.expect(t, "0s beta: 40 a")
	})
}

func TestDelay(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		s.network.Delay("alpha", "beta", 5*time.Second)
		send(t, s.alpha, "a")
		time.Sleep(time.Second)
		send(t, s.beta, "b")
		s.network.Delay("beta", "alpha", time.Second)
		send(t, s.alpha, "does not overtake")
		s.alpha.Close(errors.New("done"))
		send(t, s.beta, "is too late")
		time.Sleep(time.Minute)
		s.expect(t, "1s alpha lost: done", "5s beta: 40 a", "5s beta: 40 does not overtake", "5s beta lost: closed by peer: done")
	})
}

// TestCut shows a silent partition: each end finds out three of the other's
// heartbeats later.
func TestCut(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		time.Sleep(time.Second)
		s.network.Cut("alpha", "beta")
		send(t, s.alpha, "vanishes")
		time.Sleep(time.Minute)
		s.expect(t, "1.3s beta lost: "+transport.ErrSilent.Error(), "1.6s alpha lost: "+transport.ErrSilent.Error())
		if err := s.alpha.Send(40, nil); err != transport.ErrClosed {
			t.Errorf("Send after that: %v, want ErrClosed", err)
		}
	})
}

// TestHealInTime shows that a partition which is over before anybody noticed costs
// nothing but time.
func TestHealInTime(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		for range 3 {
			s.network.Cut("beta", "alpha")
			send(t, s.alpha, "a")
			send(t, s.beta, "b")
			time.Sleep(299 * time.Millisecond)
			s.expect(t)
			s.network.Heal("alpha", "beta")
			synctest.Wait()
			s.mu.Lock() // two ends: either may be first
			if d := cmp.Diff(2, len(s.lines)); d != "" {
				t.Errorf("lines %v (-want +got):\n%s", s.lines, d)
			}
			s.lines, s.began = nil, time.Now()
			s.mu.Unlock()
		}
	})
}

// TestCutOneWay shows that each end learns by itself: beta hears nothing and ends
// the link, and alpha hears of that.
func TestCutOneWay(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		s.network.Delay("alpha", "beta", 10*time.Millisecond)
		s.network.CutOneWay("alpha", "beta")
		send(t, s.beta, "b")
		time.Sleep(time.Minute)
		s.expect(t, "10ms alpha: 40 b", "300ms beta lost: "+transport.ErrSilent.Error(),
			"310ms alpha lost: closed by peer without a goodbye: EOF")
	})
}

// TestHealAfterOneEnd shows that after a partition which one end only has noticed,
// the other is told.
func TestHealAfterOneEnd(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		s.network.Cut("alpha", "beta")
		time.Sleep(400 * time.Millisecond)
		s.expect(t, "300ms beta lost: "+transport.ErrSilent.Error())
		send(t, s.alpha, "to nobody")
		s.network.Heal("alpha", "beta")
		s.expect(t, "0s alpha lost: closed by peer without a goodbye: EOF")
	})
}

func TestReset(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		s.network.Delay("alpha", "beta", 10*time.Millisecond)
		send(t, s.alpha, "lost on the way")
		s.network.CutOneWay("beta", "alpha")
		s.network.Reset("beta", "alpha")
		time.Sleep(20 * time.Millisecond)
		s.expect(t, "10ms beta lost: connection lost: reset by the network")
		send(t, s.alpha, "alpha has not heard")
		s.network.Heal("beta", "alpha")
		s.expect(t, "0s alpha lost: connection lost: reset by the network")
	})
}

// TestOtherPlaces shows that what is done to two places leaves a third alone.
func TestOtherPlaces(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		s.network.Cut("alpha", "gamma")
		s.network.Cut("gamma", "beta")
		s.network.Delay("alpha", "gamma", time.Hour)
		s.network.Reset("alpha", "gamma")
		send(t, s.alpha, "a")
		time.Sleep(time.Minute)
		s.expect(t, "0s beta: 40 a")
	})
}

func TestDialOverABadNetwork(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		dial := func() (time.Duration, error) {
			began := time.Now()
			l, err := s.network.Transport("alpha").Dial(context.Background(), "beta:1", hello(100))
			if err == nil {
				l.Close(nil)
			}
			return time.Since(began), err
		}
		type result struct {
			Took        time.Duration
			Unreachable bool
		}
		var got []result
		add := func(took time.Duration, err error) {
			got = append(got, result{took, errors.Is(err, transport.ErrUnreachable)})
		}
		s.network.Delay("alpha", "beta", 100*time.Millisecond)
		add(dial())
		s.network.Delay("alpha", "beta", 600*time.Millisecond) // there, but not back
		add(dial())
		s.network.Delay("alpha", "beta", 0)
		s.network.CutOneWay("beta", "alpha")
		add(dial())
		s.network.Heal("alpha", "beta")
		s.network.Cut("alpha", "beta")
		time.AfterFunc(500*time.Millisecond, func() { s.network.Heal("alpha", "beta") })
		add(dial())
		want := []result{{200 * time.Millisecond, false}, {time.Second, true}, {time.Second, true}, {500 * time.Millisecond, false}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("dials (-want +got):\n%s", d)
		}
	})
}

func TestAddresses(t *testing.T) {
	n := memory.NewNetwork()
	alpha, beta := n.Transport("alpha"), n.Transport("beta")
	nobody := func(l transport.Link) { t.Errorf("a link was accepted from %s", l.Remote()) }
	for _, address := range []string{"beta:1", "alpha", "", "10.0.0.1:1"} {
		if l, err := alpha.Listen(address, hello(100), nobody); err == nil {
			t.Errorf("alpha listens at %q, which is no address of it", address)
			l.Close()
		}
	}
	var peers []string
	var mu sync.Mutex
	var accepted sync.WaitGroup
	take := func(who string) func(transport.Link) {
		return func(l transport.Link) {
			mu.Lock()
			peers = append(peers, who+" at "+l.Local())
			mu.Unlock()
			l.Close(nil)
			accepted.Done()
		}
	}
	// The same loopback address means another listener in each place.
	for place, tr := range map[string]transport.Transport{"alpha": alpha, "beta": beta} {
		if _, err := tr.Listen("127.0.0.1:7", hello(100), take(place)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tr := range []transport.Transport{alpha, beta, beta} {
		accepted.Add(1)
		l, err := tr.Dial(t.Context(), "127.0.0.1:7", hello(100))
		if err != nil {
			t.Fatal(err)
		}
		accepted.Wait()
		l.Close(nil)
	}
	want := []string{"alpha at 127.0.0.1:7", "beta at 127.0.0.1:7", "beta at 127.0.0.1:7"}
	if d := cmp.Diff(want, peers); d != "" {
		t.Errorf("links (-want +got):\n%s", d)
	}
	if _, err := beta.Dial(t.Context(), "alpha:7", hello(100)); !errors.Is(err, transport.ErrUnreachable) {
		t.Errorf("Dial from afar to a loopback address: %v, want ErrUnreachable", err)
	}
}

// TestQueue shows the bound of the queue to the byte.
func TestQueue(t *testing.T) {
	bubble(t, func(t *testing.T, s *scene) {
		tr := s.network.Transport("alpha")
		tr.QueueBytes = 1000
		l, err := tr.Dial(t.Context(), "beta:1", hello(100))
		if err != nil {
			t.Fatal(err)
		}
		s.network.Cut("alpha", "beta")
		var got []error
		for _, size := range []int{495, 495, 0} {
			got = append(got, l.Send(40, make([]byte, size)))
		}
		want := []error{nil, nil, transport.ErrOverloaded}
		if d := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); d != "" {
			t.Errorf("Send (-want +got):\n%s", d)
		}
		l.Close(nil)
	})
}
