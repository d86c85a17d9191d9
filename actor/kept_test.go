package actor

import (
	"context"
	"testing"
	"testing/synctest"
)

// Who waits for room has it when a message that was set aside is taken.
func TestKeptGivesRoom(t *testing.T) {
	bubble(t, Options{Mailbox: 2}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("a")
		defer leave()
		for i := range 2 {
			sys.Send(self.Address(), i)
		}
		self.SelectWithin(0, Is[string])
		sent := false
		go func() {
			if err := sys.SendWait(context.Background(), self.Address(), "x"); err != nil {
				t.Error(err)
			}
			sent = true
		}()
		synctest.Wait()
		if sent {
			t.Error("there was room before one was taken")
		}
		self.Input()
		synctest.Wait()
		if !sent {
			t.Error("there is no room after one was taken")
		}
	})
}

// What is saved again and again counts once.
func TestSavedAgainCountsOnce(t *testing.T) {
	bubble(t, Options{Mailbox: 2}, func(t *testing.T, sys *System) {
		var saves func(n int) State
		saves = func(n int) State {
			return func(self *Self, m any) State {
				if m == "next" {
					return saves(n + 1)
				}
				return self.Save()
			}
		}
		a := sys.Spawn(func(*Self) any { return saves(0) })
		sys.Send(a, 1)
		for range 5 {
			synctest.Wait()
			if err := sys.Send(a, "next"); err != nil {
				t.Errorf("one message was kept, of two that may wait: %v", err)
			}
		}
		synctest.Wait()
		for info := range sys.Actors() {
			if info.Waiting != 1 {
				t.Errorf("%d wait, want 1", info.Waiting)
			}
		}
	})
}
