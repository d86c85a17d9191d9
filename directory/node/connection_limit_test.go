package node

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// R17: so many connections there may be with one process, so many calls at once, and
// those do not take the links of the directory.
func TestConnectionsAreLimited(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		host := b.open("server", directory.Host, "server:4000", "")
		server := b.open("server", directory.Process, "", "server:4000")
		client := b.open("server", directory.Process, "", "server:4000")
		at := server.listen(1, "server:0")
		for range maxConnections {
			client.Call(1, at, at)
		}
		synctest.Wait()
		count := map[bool]int{}
		for _, got := range client.heard(1) {
			switch m := got.(event).fact.(type) {
			case directory.Connected:
				count[true]++
			case directory.NotConnected:
				count[false]++
				t.Errorf("got %v", m)
			}
		}
		if count[true] != maxConnections || count[false] != 0 {
			t.Errorf("connected and not: %v", count)
		}
		client.Call(1, at, at)
		if m, _ := next[directory.NotConnected](client, 1); !strings.Contains(m.Reason, "1024 connections") {
			t.Errorf("got %v", m)
		}
		server.publish(2, "svc", directory.Host)
		client.subscribe(2, "svc", directory.Host)
		_, s := next[directory.Available](client, 2)
		if s.Connection() {
			t.Error("a session of the directory is a connection")
		}
		s.Send(s.Local(), "hello")
		next[directory.Delivered](server, 2)
		server.message(2)

		// All ends with the actor.
		client.Ended(1)
		synctest.Wait()
		accepted, ended := 0, 0
		for _, got := range server.heard(1) {
			switch m := got.(event).fact.(type) {
			case directory.Accepted:
				accepted++
			case directory.HungUp:
				if ended++; m.Reason != "the other actor has ended" {
					t.Errorf("got %v", m)
				}
			}
		}
		if accepted != maxConnections || ended != maxConnections {
			t.Errorf("accepted %d, ended %d", accepted, ended)
		}
		for _, p := range []*process{server, client} {
			p.onNode(func() {
				if len(p.connections) != 0 || len(p.links) != 2 { // the host's, and the other's
					t.Errorf("%d connections and %d links are left", len(p.connections), len(p.links))
				}
			})
			links, _, connected, _ := p.admission.counts()
			if links != 2 || connected != 0 {
				t.Errorf("%d links and %d connections are counted", links, connected)
			}
		}
		_ = host
	})
}

// R17: so many calls there may be at once; one more is told so, and all are in time.
func TestCallsAreLimited(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		client := b.open("here", directory.Process, "", "")
		b.net.Cut("here", "there")
		for range directory.MaxCalls {
			client.Call(1, "there:1", "there:1")
		}
		synctest.Wait()
		if got := client.heard(1); len(got) != 0 {
			t.Fatalf("got %v", got)
		}
		client.Call(1, "there:1", "there:1")
		if m, _ := next[directory.NotConnected](client, 1); !strings.Contains(m.Reason, "overloaded: 1024 connections are being made") {
			t.Errorf("got %v", m)
		}
		begin := time.Now()
		for range directory.MaxCalls {
			next[directory.NotConnected](client, 1)
		}
		if took := time.Since(begin); took != dialTime {
			t.Errorf("it took %v", took)
		}
		client.Call(1, "there:1", "there:1")
		client.Ended(1) // it is told nothing
		b.rest()
		if got := client.heard(1); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
}

// What was sent before the end goes ahead of it, also where the link is full.
func TestFullQueueBeforeTheLastWord(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		small := func(c *Config) {
			tr := b.net.Transport("here")
			tr.QueueBytes = wire.PartSize
			c.Transport = tr
		}
		server, client := b.open("here", directory.Process, "", "", small), b.open("here", directory.Process, "", "", small)
		server.keeps = true
		at := server.listen(1, "here:0")
		b.net.Delay("here", "here", 50*time.Millisecond)
		client.Call(1, at, at)
		_, out := next[directory.Connected](client, 1)
		next[directory.Accepted](server, 1)
		sent := fillUp(out)
		client.HangUp(out)
		next[directory.HungUp](client, 1)
		for i := range sent {
			if got := server.message(1); got.Message != filling {
				t.Fatalf("message %d: got %v", i, got)
			}
		}
		next[directory.HungUp](server, 1)
		b.rest()
		for _, p := range []*process{server, client} {
			p.onNode(func() {
				if len(p.links) != 0 {
					t.Errorf("%d links are left", len(p.links))
				}
			})
			if lost := p.Counts().Lost; lost != 0 {
				t.Errorf("%d messages are lost", lost)
			}
		}
	})
}

// Where both sides end a connection at once, what waits still leaves before the link is
// closed, to be given back.
func TestFullQueueWhereLastWordsCross(t *testing.T) {
	inBubble(t, func(t *testing.T, b bubble) {
		small := func(c *Config) {
			tr := b.net.Transport("here")
			tr.QueueBytes = wire.PartSize
			c.Transport = tr
		}
		server, client := b.open("here", directory.Process, "", ""), b.open("here", directory.Process, "", "", small)
		server.keeps = true
		at := server.listen(1, "here:0")
		b.net.Delay("here", "here", 50*time.Millisecond)
		client.Call(1, at, at)
		_, out := next[directory.Connected](client, 1)
		_, in := next[directory.Accepted](server, 1)
		sent := fillUp(out)
		client.HangUp(out)
		server.HangUp(in)
		b.rest()
		back, taken := 0, 0
		for _, got := range append(client.heard(1), server.heard(1)...) {
			switch got.(type) {
			case Undelivered:
				back++
			case Delivery:
				taken++
			}
		}
		if back == 0 || taken+back != sent || client.Counts().Lost != 0 {
			t.Errorf("of %d messages %d were taken, %d came back, and %d were lost", sent, taken, back, client.Counts().Lost)
		}
		for _, p := range []*process{server, client} {
			p.onNode(func() {
				if len(p.links) != 0 {
					t.Errorf("%d links are left", len(p.links))
				}
			})
		}
	})
}
