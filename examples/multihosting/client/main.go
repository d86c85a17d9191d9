// Client asks an HTTP server again and again, and looks at what it gets: a state for
// each thing that it may be waiting for.
package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/multihosting/api"
)

type settings struct {
	Server   string        `usage:"the server's URL"`
	Requests int           `usage:"how many to make"`
	Pause    time.Duration `usage:"between two"`
	Side     int           `usage:"longest side of a table"`
}

// client is one run: what it changes is its own.
type client struct {
	settings
	server actor.Address
	asked  api.Xy
	busy   int
}

type rested struct{}

func (s *settings) run(self *actor.Self) any {
	c := &client{settings: *s}
	self.ConnectHTTP(c.Server)
	return actor.State(c.connecting)
}

func (c *client) connecting(self *actor.Self, m any) actor.State {
	switch m := m.(type) {
	case actor.Connected:
		c.server = m.Remote
		return c.ask(self)
	case actor.NotConnected:
		return self.End(m)
	}
	return nil
}

func (c *client) ask(self *actor.Self) actor.State {
	if c.Requests == 0 {
		self.Close(c.server)
		return c.closing
	}
	c.Requests--
	c.asked = api.Xy{X: 1 + rand.IntN(c.Side), Y: 1 + rand.IntN(c.Side)}
	if err := self.Send(c.server, c.asked); err != nil {
		return self.End(err)
	}
	return c.waiting
}

func (c *client) waiting(self *actor.Self, m any) actor.State {
	switch m := m.(type) {
	case api.Table:
		if len(m) != c.asked.Y || len(m[0]) != c.asked.X {
			return self.End(actor.Faulted{Condition: "not the table that was asked for"})
		}
	case actor.Busy:
		c.busy++
	case actor.Closed:
		return self.End(actor.Faulted{Condition: "the server has gone", Explanation: m.Reason})
	case error:
		return self.End(m)
	default:
		return nil
	}
	self.After(c.Pause, rested{})
	return c.resting
}

func (c *client) resting(self *actor.Self, m any) actor.State {
	switch m := m.(type) {
	case rested:
		return c.ask(self)
	case actor.Closed:
		return self.End(actor.Faulted{Condition: "the server has gone", Explanation: m.Reason})
	}
	return nil
}

func (c *client) closing(self *actor.Self, m any) actor.State {
	if _, ok := m.(actor.Closed); ok {
		return self.End(fmt.Sprintf("done; the server was busy %d times", c.busy))
	}
	return nil
}

func main() {
	s := &settings{Server: "http://127.0.0.1:5050/", Requests: 10, Pause: 100 * time.Millisecond, Side: 100}
	actor.Main(s.run, &actor.Options{Settings: s, Types: api.Types, Directory: "none"})
}
