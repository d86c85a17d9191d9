package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
)

// A puppet is a process that does what it reads from stdin, a command a line,
// and prints what it is told, an event a line:
//
//	publish NAME SCOPE        published NAME, delivered NAME SCOPE, dropped NAME SCOPE: REASON
//	subscribe PATTERN SCOPE   subscribed PATTERN, available NAME SCOPE, dropped NAME SCOPE: REASON
//	ask NAME                  answer NAME ANSWER
type puppet struct {
	Answer string `usage:"what it answers to whoever asks"`

	publishers map[string]actor.Address // by name
}

// A command is a line of stdin.
type command []string

// A question is what one puppet sends to another.
const question = "who are you?"

func (p *puppet) run(self *actor.Self) any {
	p.publishers = make(map[string]actor.Address)
	go obey(self.System(), self.Address())
	for m := range self.Messages() {
		switch m := m.(type) {
		case command:
			if err := p.do(self, m); err != nil {
				return err
			}
		case string:
			if m != question {
				return fmt.Errorf("asked %q", m)
			}
			if err := self.Reply(p.Answer); err != nil {
				return err
			}
		case actor.Published:
			fmt.Println("published", m.Name)
		case actor.Standby:
			fmt.Println("standby", m.Name, m.Scope)
		case actor.Promoted:
			fmt.Println("promoted", m.Name, m.Scope)
		case actor.Subscribed:
			fmt.Println("subscribed", m.Pattern)
		case actor.Delivered:
			fmt.Println("delivered", m.Name, m.Scope)
		case actor.Available:
			p.publishers[m.Name] = m.Publisher
			fmt.Println("available", m.Name, m.Scope)
		case actor.Dropped:
			if p.publishers[m.Name] == m.Remote {
				delete(p.publishers, m.Name)
			}
			fmt.Printf("dropped %s %v: %s\n", m.Name, m.Scope, m.Reason)
		default:
			return fmt.Errorf("it is told %T %v", m, m)
		}
	}
	return actor.Aborted{}
}

// obey reads commands until stdin ends, which it does with the test.
func obey(system *actor.System, to actor.Address) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := system.Send(to, command(strings.Fields(lines.Text()))); err != nil {
			return // the process ends
		}
	}
}

func (p *puppet) do(self *actor.Self, c command) error {
	scopes := map[string]actor.Scope{"LAN": actor.LAN, "Host": actor.Host}
	switch c[0] {
	case "publish":
		return self.Publish(c[1], scopes[c[2]])
	case "subscribe":
		return self.Subscribe(c[1], scopes[c[2]])
	case "ask":
		self.Ask(p.publishers[c[1]], question, func(reply any, err error) {
			if err != nil {
				reply = err
			}
			fmt.Println("answer", c[1], reply)
		})
		return nil
	}
	return fmt.Errorf("there is no command %q", c)
}
