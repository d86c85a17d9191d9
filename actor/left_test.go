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
	idle := self.Spawn(func(*Self) any { return State(func(self *Self, m any) State { return nil }) })
	server := self.Spawn(echo)
	self.Spawn(func(self *Self) any {
		if err := self.ListenHTTP("127.0.0.1:0", httpTypes); err != nil {
			return err
		}
		self.Send(self.parent.Address(), self.Input())
		for range self.Messages() {
			self.Reply("answer")
		}
		return nil
	})
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
		"spawn": {5000, func() {
			self.Spawn(func(*Self) any { return nil })
			self.Input()
		}},
		"spawn a state": {5000, func() {
			a := self.Spawn(func(self *Self) any { return State(func(self *Self, m any) State { return nil }) })
			self.Stop(a)
			self.Input()
		}},
		"watch": {5000, func() {
			self.Watch(idle)
			self.Unwatch(idle)
			self.Watch(Address{at: sys.mint.Address(1 << 40)})
			self.Input()
		}},
		"ask": {5000, func() {
			self.Ask(server, "question", func(any, error) { self.After(0, "on") })
			self.Input()
		}},
		"timer": {5000, func() {
			self.After(time.Hour, "never").Cancel()
			self.Every(time.Hour, "never").Cancel()
		}},
		"restart": {500, func() {
			self.Spawn(func(self *Self) any { self.After(time.Hour, "never"); self.Watch(idle); return nil }, Restart{Always: true, After: 1, Tries: 10})
			for {
				if _, over := self.Input().(Returned); over {
					break
				}
			}
		}},
		"HTTP": {1000, func() {
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
			got[Accepted](t, far)
			self.Close(remote)
			got[Closed](t, self)
			got[Closed](t, far)
		}},
	} {
		for range test.rounds / 10 {
			test.f()
		}
		heap, goroutines, files := held()
		for range test.rounds {
			test.f()
		}
		// What is on its way out has a while; so have what the runtime itself keeps, and maps.
		room := 64<<10 + 8*test.rounds
		var more [3]int
		for range 100 {
			h, g, f := held()
			more = [3]int{h - heap, g - goroutines, f - files}
			if more[0] <= room && more[1] <= 0 && more[2] <= 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Logf("%s: heap %+d, goroutines %+d, files %+d", name, more[0], more[1], more[2])
		if more[0] > room || more[1] > 0 || more[2] > 0 {
			t.Errorf("%s, %d times: %+d bytes, at most %d are told from nothing; %+d goroutines, %+d files", name, test.rounds, more[0], room, more[1], more[2])
		}
	}
}

// held returns what the process holds: bytes, goroutines, files where they can be counted.
func held() (heap, goroutines, files int) {
	runtime.GC()
	runtime.GC() // what pools kept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	list, _ := os.ReadDir("/proc/self/fd")
	return int(m.HeapAlloc), runtime.NumGoroutine(), len(list)
}
