// Processes runs workers as processes of their own, and again when they fall over.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/process"
)

type settings struct {
	Workers int            `usage:"how many processes to run"`
	Boss    actor.HostPort `usage:"where the boss listens; given to workers"`
}

// What they say to each other.
type (
	Hello    struct{ Pid int }
	FallOver struct{}
)

func (s *settings) run(self *actor.Self) any {
	if s.Boss != "" {
		return s.work(self)
	}
	return s.lead(self)
}

// lead starts workers, has the first that says hello fall over, and ends when one more
// than there are to be has come.
func (s *settings) lead(self *actor.Self) any {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	if err := self.Listen("127.0.0.1:0"); err != nil {
		return err
	}
	pids := map[int]bool{}
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Listening:
			worker := process.Func(process.Config{Path: path, Args: []string{"--boss=" + m.Address}})
			for i := range s.Workers {
				self.Spawn(worker, actor.Named(fmt.Sprintf("worker-%d", i)), actor.Restart{After: 10 * time.Millisecond, Tries: 3})
			}
		case Hello:
			pids[m.Pid] = true
			fmt.Println("a worker says hello,", len(pids), "so far")
			if len(pids) == 1 {
				self.Reply(FallOver{})
			}
			if len(pids) > s.Workers {
				return nil // the children end first
			}
		case actor.Restarted:
			fmt.Printf("a worker has fallen over: %v\n", m.Fault)
		case actor.Returned: // it has fallen over too often
			return m.Value
		case actor.NotListening:
			return m
		}
	}
	return actor.Aborted{}
}

// work says hello to the boss, and ends with it.
func (s *settings) work(self *actor.Self) any {
	self.Connect(string(s.Boss))
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Connected:
			if err := self.Send(m.Remote, Hello{os.Getpid()}); err != nil {
				return err
			}
		case FallOver:
			os.Exit(3)
		case actor.Closed:
			return nil
		case actor.NotConnected:
			return m
		}
	}
	return actor.Aborted{}
}

func main() {
	s := &settings{Workers: 2}
	types := actor.Types{actor.Type[Hello]("hello"), actor.Type[FallOver]("fall-over")}
	actor.Main(s.run, &actor.Options{Settings: s, Types: types, Directory: "none"})
}
