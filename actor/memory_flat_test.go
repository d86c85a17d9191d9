package actor

import (
	"context"
	"io"
	"net/http"
	"os"
	"runtime"
	"testing"
	"time"
)

// What comes and goes leaves nothing: the heap and the goroutines are after many rounds
// what they were after few.
func TestNothingIsLeft(t *testing.T) {
	sys := overTCP(t)
	t.Cleanup(func() { sys.Close(context.Background()) })
	other := overTCP(t)
	t.Cleanup(func() { other.Close(context.Background()) })
	self := enter(t, sys, "self")
	far := enter(t, other, "far")
	idle := self.Spawn(func(*Self) any { return State(func(self *Self, m any) State { return self.Stay() }) })
	server := self.Spawn(echo)
	web := self.Spawn(func(self *Self) any {
		if err := self.ListenHTTP("127.0.0.1:0", httpTypes); err != nil {
			return err
		}
		self.Send(self.parent.Address(), self.Input())
		for range self.Messages() {
			self.Reply("answer")
		}
		return nil
	})
	_ = web
	url := "http://" + got[Listening](t, self).Address + "/xy?x=1&y=2"
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	if err := far.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	where := got[Listening](t, far).Address

	for name, test := range map[string]struct {
		rounds int
		f      func()
	}{
		"spawn": {20000, func() {
			self.Spawn(func(*Self) any { return nil })
			self.Input()
		}},
		"spawn a state": {20000, func() {
			a := self.Spawn(func(self *Self) any { return State(func(self *Self, m any) State { return nil }) })
			self.Stop(a)
			self.Input()
		}},
		"watch": {20000, func() {
			self.Watch(idle)
			self.Unwatch(idle)
			self.Watch(Address{at: sys.mint.Address(1 << 40)})
			self.Input()
		}},
		"ask": {20000, func() {
			self.Ask(server, "question", func(any, error) { self.After(0, "on") })
			self.Input()
		}},
		"timer": {20000, func() {
			self.After(time.Hour, "never").Cancel()
			self.Every(time.Hour, "never").Cancel()
		}},
		"restart": {2000, func() {
			self.Spawn(func(self *Self) any { self.After(time.Hour, "never"); self.Watch(idle); return nil }, Restart{Always: true, After: 1, Tries: 10})
			for {
				if _, over := self.Input().(Returned); over {
					break
				}
			}
		}},
		"HTTP": {2000, func() {
			response, err := client.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}},
		"connect": {500, func() {
			self.Connect(where)
			remote := got[Connected](t, self).Remote
			accepted := got[Accepted](t, far)
			_ = accepted
			self.Close(remote)
			got[Closed](t, self)
			got[Closed](t, far)
		}},
	} {
		measure := func() (heap, goroutines, files int) {
			for range 3 {
				runtime.GC()
				time.Sleep(10 * time.Millisecond)
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			list, _ := os.ReadDir("/proc/self/fd")
			return int(m.HeapAlloc), runtime.NumGoroutine(), len(list)
		}
		for range test.rounds / 10 {
			test.f()
		}
		h, g, f := measure()
		for range test.rounds {
			test.f()
		}
		h2, g2, f2 := measure()
		t.Logf("%s: heap %+d, goroutines %+d, files %+d", name, h2-h, g2-g, f2-f)
	}
}
