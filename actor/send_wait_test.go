package actor

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// paced takes numbers in order, one for each token; nil: as they come.
func paced(t *testing.T, tokens <-chan struct{}, took *int) Func {
	return func(self *Self) any {
		if err := self.Publish("slow"); err != nil {
			return err
		}
		for m := range self.Messages() {
			n, ok := m.(int)
			if !ok {
				continue
			}
			if n != *took {
				t.Errorf("got %d, want %d", n, *took)
			}
			*took++
			if tokens != nil {
				<-tokens
			}
		}
		return nil
	}
}

// SendWait waits for room in the mailbox of an actor of this process, and sends in order.
func TestSendWaitInside(t *testing.T) {
	bubble(t, Options{Mailbox: 3}, func(t *testing.T, sys *System) {
		tokens, took := make(chan struct{}), 0
		to := sys.Spawn(paced(t, tokens, &took))
		const n = 1000
		sent := 0
		go func() {
			for i := range n {
				if err := sys.SendWait(t.Context(), to, i); err != nil {
					t.Error(err)
				}
				sent++
			}
		}()
		synctest.Wait()
		if sent > 5 || sent < 3 {
			t.Errorf("%d were sent to a mailbox of 3", sent)
		}
		if got := sys.Counts().Refused; got > 0 {
			t.Errorf("%d are counted as refused, and wait", got)
		}
		close(tokens)
		synctest.Wait()
		if sent != n || took != n {
			t.Errorf("%d were sent and %d taken, want %d", sent, took, n)
		}
	})
}

// SendWait ends with its context, with Stop, and when there is nobody any more.
func TestSendWaitEnds(t *testing.T) {
	bubble(t, Options{Mailbox: 1}, func(t *testing.T, sys *System) {
		full := sys.Spawn(func(self *Self) any {
			<-self.Context().Done()
			return nil
		})
		for sys.Send(full, 0) == nil {
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := sys.SendWait(ctx, full, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a context that ends: %v", err)
		}
		result := make(chan error, 1)
		sender := sys.Spawn(func(self *Self) any {
			result <- self.SendWait(context.Background(), full, 2)
			return nil
		})
		synctest.Wait()
		sys.Stop(sender)
		if err := <-result; !errors.As(err, new(Aborted)) {
			t.Errorf("stopped: %v", err)
		}
		go func() { result <- sys.SendWait(context.Background(), full, 3) }()
		synctest.Wait()
		sys.Stop(full)
		if err := <-result; !errors.Is(err, ErrEnded) {
			t.Errorf("the actor ended: %v", err)
		}
		if err := sys.SendWait(t.Context(), Address{}, 4); !errors.As(err, new(Undelivered)) {
			t.Errorf("to nobody: %v", err)
		}
	})
}

// SendWait in a session waits for its window; what is longer than the window goes, too.
func TestSendWaitBetween(t *testing.T) {
	plant(t, nil, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{Mailbox: 10}), tr.open(t, Options{Mailbox: 10})
		tokens, took := make(chan struct{}), 0
		one.Spawn(paced(t, tokens, &took))
		const n = 20_000
		sent := 0
		two.Spawn(func(self *Self) any {
			self.Subscribe("slow")
			to := await[Available](t, self).Publisher
			for i := range n {
				if err := self.SendWait(self.Context(), to, i); err != nil {
					t.Errorf("%d: %v", i, err)
					return nil
				}
				sent++
			}
			if err := self.SendWait(self.Context(), to, strings.Repeat("x", 1<<20)); err != nil {
				t.Error(err)
			}
			if err := self.SendWait(self.Context(), to, n); err != nil {
				t.Error(err)
			}
			sent++
			return nil
		})
		synctest.Wait()
		if sent == 0 || sent > n/2 {
			t.Errorf("%d were sent to an actor that takes nothing", sent)
		}
		close(tokens)
		time.Sleep(time.Minute) // virtual: what waits for the link's queue looks now and then
		synctest.Wait()
		if sent != n+1 || took != n+1 {
			t.Errorf("%d were sent and %d taken, want %d", sent, took, n+1)
		}
		if got := one.Counts(); got != (Counts{}) {
			t.Errorf("the receiver counts %+v", got)
		}
	})
}

// TestSendingTakesNoMemory sees that a message that was boxed before costs nothing more
// where there is room for it.
func TestSendingTakesNoMemory(t *testing.T) {
	sys := alone(t, Options{})
	to := sys.Spawn(func(self *Self) any {
		for range self.Messages() {
		}
		return nil
	})
	self, leave := sys.Enter("sender")
	defer leave()
	var message any = [2]int{1, 2}
	for name, send := range map[string]func() error{
		"Send":            func() error { return self.Send(to, message) },
		"SendWait":        func() error { return self.SendWait(t.Context(), to, message) },
		"System.Send":     func() error { return sys.Send(to, message) },
		"System.SendWait": func() error { return sys.SendWait(t.Context(), to, message) },
	} {
		// The blocks of the mailbox are one allocation for many messages.
		if n := testing.AllocsPerRun(1000, func() {
			if err := send(); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
