package actor_test

import (
	"context"
	"fmt"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// Stop is taken in its turn; the lines after the loop are the orderly end.
func ExampleStop() {
	sys := opened()
	defer sys.Close(context.Background())
	ledger := sys.Spawn(func(self *actor.Self) any {
		written := 0
		for m := range self.Messages() {
			fmt.Println("written:", m)
			written++
		}
		return fmt.Sprintf("closed after %d", written)
	})
	sys.Send(ledger, "bread")
	sys.Send(ledger, "milk")
	sys.Stop(ledger)
	fmt.Println(sys.Wait(context.Background(), ledger))
	// Output:
	// written: bread
	// written: milk
	// closed after 2 <nil>
}

// What blocks is given the context of the actor, which Stop cancels at once.
func ExampleSelf_Context() {
	sys := opened()
	defer sys.Close(context.Background())
	begun := make(chan bool)
	download := sys.Spawn(func(self *actor.Self) any {
		close(begun)
		<-self.Context().Done() // a call to elsewhere, that takes the context
		return context.Cause(self.Context())
	})
	<-begun
	sys.Stop(download)
	fmt.Println(sys.Wait(context.Background(), download))
	// Output: aborted <nil>
}

// Children end before their parent does.
func ExampleSelf_Children() {
	sys := opened()
	defer sys.Close(context.Background())
	parent := sys.Spawn(func(self *actor.Self) any {
		for _, name := range []string{"one", "two"} {
			self.Spawn(func(self *actor.Self) any {
				for range self.Messages() {
				}
				return actor.Aborted{}
			}, actor.Named(name))
		}
		for child := range self.Children() {
			self.Stop(child)
		}
		left := 2
		for m := range self.Messages() {
			if _, ok := m.(actor.Returned); ok {
				if left--; left == 0 {
					return "all have ended"
				}
			}
		}
		return actor.Aborted{}
	})
	fmt.Println(sys.Wait(context.Background(), parent))
	// Output: all have ended <nil>
}

// A panic ends one actor, and its parent is told. The stack is in the log.
func ExampleFaulted() {
	sys, done := open(actor.Options{})
	defer done()
	self, leave := sys.Enter("parent")
	defer leave()
	careless := self.Spawn(func(self *actor.Self) any {
		return "hello, " + self.Input().(string)
	}, actor.Named("careless"))
	self.Send(careless, 7)
	m := self.Select(actor.Is[actor.Returned]).(actor.Returned)
	if fault, ok := m.Value.(actor.Faulted); ok {
		fmt.Println(m.Name+":", fault.Condition, fault.Explanation)
	}
	// Output: careless: panic interface conversion: interface {} is int, not string
}

// A door opens for who knows the code.
type door struct{ code int }

func (d *door) locked(self *actor.Self, m any) actor.State {
	switch m := m.(type) {
	case int:
		visitor := self.Sender()
		self.AfterFunc(time.Millisecond, func() { // it takes a moment to look
			if m == d.code {
				self.Send(visitor, "come in")
				self.Become(d.open)
			} else {
				self.Send(visitor, "wrong")
			}
		})
		return self.Stay()
	}
	return nil
}

func (d *door) open(self *actor.Self, m any) actor.State {
	switch m.(type) {
	case int:
		self.Reply("it is open")
		return self.End("nothing more to do")
	}
	return nil
}

// A callback changes the state by Become.
func ExampleSelf_Become() {
	sys := opened()
	defer sys.Close(context.Background())
	entrance := sys.Spawn(func(self *actor.Self) any {
		return actor.State((&door{code: 7}).locked)
	})
	visitor, leave := sys.Enter("visitor")
	defer leave()
	for _, code := range []int{3, 7, 0} {
		visitor.Send(entrance, code)
		fmt.Println(visitor.Input())
	}
	fmt.Println(sys.Wait(context.Background(), entrance))
	// Output:
	// wrong
	// come in
	// it is open
	// nothing more to do <nil>
}

// A function is called later, as part of the actor: it needs no lock.
func ExampleSelf_AfterFunc() {
	sys := opened()
	defer sys.Close(context.Background())
	batch := sys.Spawn(func(self *actor.Self) any {
		var orders []any
		for m := range self.Messages() {
			orders = append(orders, m)
			if len(orders) == 1 { // those that follow soon go with it
				self.AfterFunc(10*time.Millisecond, func() {
					fmt.Println("shipped:", len(orders) > 0)
					orders = nil
					self.System().Stop(self.Address())
				})
			}
		}
		return len(orders)
	})
	sys.Send(batch, "bread")
	fmt.Println(sys.Wait(context.Background(), batch))
	// Output:
	// shipped: true
	// 0 <nil>
}
