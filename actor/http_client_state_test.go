package actor

import (
	"context"
	"testing"
)

// A buyer asks a server a few times, as a state machine.
type buyer struct {
	url    string
	left   int
	server Address
	asked  chan struct{}
}

func (b *buyer) run(self *Self) any {
	self.ConnectHTTP(b.url)
	return State(b.connecting)
}

func (b *buyer) connecting(self *Self, m any) State {
	switch m := m.(type) {
	case Connected:
		b.server = m.Remote
		return b.request(self)
	case NotConnected:
		return self.End(m)
	}
	return nil
}

func (b *buyer) request(self *Self) State {
	self.Send(b.server, httpXy{b.left, 1})
	return b.requesting
}

func (b *buyer) requesting(self *Self, m any) State {
	switch m := m.(type) {
	case httpTable:
		if len(m) != 1 || len(m[0]) != b.left {
			return self.End(Faulted{"not the matching table", ""})
		}
		if b.left--; b.left > 0 {
			return b.request(self)
		}
		if b.asked != nil {
			close(b.asked)
			return b.waiting
		}
		self.Close(b.server)
		return b.closing
	case error:
		return self.End(m)
	}
	return nil
}

func (b *buyer) waiting(self *Self, m any) State {
	if m, ok := m.(Closed); ok {
		return self.End(Faulted{"server has gone", m.Reason})
	}
	return nil
}

func (b *buyer) closing(self *Self, m any) State {
	if _, ok := m.(Closed); ok {
		return self.End(nil)
	}
	return nil
}

// A state machine is a client like any, and notices that its server goes.
func TestHTTPClientAsState(t *testing.T) {
	sys := clientSystem(t, Options{})
	urls := make(chan string, 1)
	server := sys.Spawn(func(self *Self) any {
		self.ListenHTTP("127.0.0.1:0", httpTypes)
		urls <- "http://" + self.Input().(Listening).Address + "/"
		return clerk(self)
	})
	url := <-urls
	ends := func(b *buyer) any {
		value, err := sys.Wait(context.Background(), sys.Spawn(b.run))
		sameAnswer(t, "Wait", err, nil)
		return value
	}
	sameAnswer(t, "orderly", ends(&buyer{url: url, left: 3}), nil)
	asked := make(chan struct{})
	go func() {
		<-asked
		sys.Stop(server)
	}()
	sameAnswer(t, "server gone", ends(&buyer{url: url, left: 3, asked: asked}), Faulted{"server has gone", "the server closed the connection"})
	sameAnswer(t, "no server", ends(&buyer{url: url, left: 3}), NotConnected{url, "connection refused; is the server running?"})
}

// The connections of a life are not those of the next.
func TestHTTPClientOfOneThatRestarts(t *testing.T) {
	sys := clientSystem(t, Options{})
	urls := make(chan string, 1)
	sys.Spawn(func(self *Self) any {
		self.ListenHTTP("127.0.0.1:0", httpTypes)
		urls <- "http://" + self.Input().(Listening).Address + "/"
		return clerk(self)
	})
	url := <-urls
	remotes := make(chan Address, 2)
	lives := 0
	a := sys.Spawn(func(self *Self) any {
		lives++
		self.ConnectHTTP(url)
		remote := self.Input().(Connected).Remote
		remotes <- remote
		if lives == 1 {
			return Faulted{"once", ""}
		}
		return len(self.tied().clients)
	}, Restart{After: 1})
	value, err := sys.Wait(context.Background(), a)
	sameAnswer(t, "Wait", []any{value, err}, []any{1, nil})
	if first, second := <-remotes, <-remotes; first == second {
		t.Errorf("both lives have %v", first)
	}
}
