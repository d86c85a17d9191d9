package actor

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestPoolEndsWhenWhatIsInHandIsDone(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: slow, Size: 1}.Run, Named("pool"))
		self.Send(pool, "in hand")
		self.Send(pool, "in the queue")
		synctest.Wait()
		began := time.Now()
		self.Stop(pool)
		synctest.Wait()
		self.Send(pool, "after the Stop")
		got := []any{self.Input(), self.Input(), self.Input(), self.Input(), time.Since(began)}
		over := Unavailable{"the pool has ended"}
		if want := []any{over, over, "in hand", Returned{pool, "pool", Aborted{}}, time.Second}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// What is not done within three quarters of the grace is refused, and the children
// have the rest for their own end.
func TestPoolEndsWithinTheGrace(t *testing.T) {
	bubble(t, Options{Grace: 4 * time.Second}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		orderly := false
		pool := self.Spawn(Pool{Of: func(self *Self) any {
			for range self.Messages() { // it never replies
			}
			orderly = true
			return nil
		}, Size: 1}.Run, Named("pool"))
		self.Send(pool, 1)
		synctest.Wait()
		began := time.Now()
		self.Stop(pool)
		got := []any{self.Input(), time.Since(began), self.Input(), time.Since(began), orderly}
		want := []any{Unavailable{"the pool has ended"}, 3 * time.Second, Returned{pool, "pool", Aborted{}}, 3 * time.Second, true}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// What is in hand of a worker that ends meanwhile is given to another, also then.
func TestPoolThatEndsGivesToAnother(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{}.Run, Named("pool"))
		mortal := self.Spawn(func(self *Self) any {
			self.Input()
			time.Sleep(time.Second)
			return nil
		}, Named("mortal"))
		self.Send(pool, JoinPool{mortal})
		self.Send(pool, JoinPool{self.Spawn(slow)})
		self.Send(pool, 1)
		synctest.Wait()
		self.Stop(pool)
		got := []any{self.Input(), self.Input(), self.Input()}
		if want := []any{Returned{mortal, "mortal", nil}, 1, Returned{pool, "pool", Aborted{}}}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestPoolIsStoppedBeforeItBegan(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("client")
		defer leave()
		pool := self.Spawn(Pool{Of: slow, Size: 2}.Run, Named("pool"))
		self.Stop(pool)
		if got, want := self.Input(), (Returned{pool, "pool", Aborted{}}); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// On a goroutine of somebody else, that must not be ended, the pool ends as well.
func TestPoolOfAGoroutineThatEntered(t *testing.T) {
	bubble(t, Options{Grace: time.Second}, func(t *testing.T, sys *System) {
		client, leaveClient := sys.Enter("client")
		defer leaveClient()
		result := make(chan any)
		addresses := make(chan Address)
		go func() {
			self, leave := sys.Enter("pool")
			defer leave()
			addresses <- self.Address()
			result <- Pool{Of: echoNever, Size: 1}.Run(self)
		}()
		pool := <-addresses
		client.Send(pool, 1)
		synctest.Wait()
		sys.Stop(pool)
		if got := client.Input(); got != (Unavailable{"the pool has ended"}) {
			t.Errorf("got %v", got)
		}
		if got := <-result; got != (Aborted{}) {
			t.Errorf("got %v", got)
		}
	})
}

// echoNever takes messages and does not reply.
func echoNever(self *Self) any {
	for range self.Messages() {
	}
	return nil
}
