package actor

import (
	"context"
	"runtime"
	"testing"
)

type benchMessage struct{ A, B, C, D int64 }

// sendHard gives way while the mailbox is full.
func sendHard(self *Self, to Address, m any) {
	for self.Send(to, m) != nil {
		runtime.Gosched()
	}
}

// BenchmarkTell sends from one actor to another; floor: a channel.
func BenchmarkTell(b *testing.B) {
	b.Run("channel", func(b *testing.B) {
		b.ReportAllocs()
		c, done := make(chan any, 65536), make(chan struct{})
		go func() {
			for range b.N {
				<-c
			}
			close(done)
		}()
		var m any = benchMessage{}
		for range b.N {
			c <- m
		}
		<-done
	})
	b.Run("actor", func(b *testing.B) {
		b.ReportAllocs()
		sys := alone(b, Options{})
		done := make(chan struct{})
		n := 0
		to := sys.Spawn(func(self *Self) any {
			for range self.Messages() {
				if n++; n == b.N {
					close(done)
				}
			}
			return nil
		})
		var m any = benchMessage{}
		from := sys.Spawn(func(self *Self) any {
			self.Input()
			for range b.N {
				sendHard(self, to, m)
			}
			return nil
		})
		b.ResetTimer()
		sys.Send(from, "go on")
		<-done
		b.StopTimer()
		sys.Close(context.Background())
	})
}

// BenchmarkTellMany sends from 64 actors to 64.
func BenchmarkTellMany(b *testing.B) {
	const pairs = 64
	b.ReportAllocs()
	sys := alone(b, Options{})
	each := b.N/pairs + 1
	done := make(chan struct{}, pairs)
	var m any = benchMessage{}
	var senders []Address
	for range pairs {
		to := sys.Spawn(func(self *Self) any {
			n := 0
			for range self.Messages() {
				if n++; n == each {
					done <- struct{}{}
				}
			}
			return nil
		})
		senders = append(senders, sys.Spawn(func(self *Self) any {
			self.Input()
			for range each {
				sendHard(self, to, m)
			}
			return nil
		}))
	}
	b.ResetTimer()
	for _, a := range senders {
		sys.Send(a, "go on")
	}
	for range pairs {
		<-done
	}
	b.StopTimer()
	sys.Close(context.Background())
}

// BenchmarkAsk asks and waits; floor: two channels.
func BenchmarkAsk(b *testing.B) {
	b.Run("channel", func(b *testing.B) {
		b.ReportAllocs()
		type request struct {
			m     any
			reply chan any
		}
		c := make(chan request, 16)
		go func() {
			for r := range c {
				r.reply <- r.m
			}
		}()
		var m any = benchMessage{}
		for range b.N {
			r := request{m, make(chan any, 1)}
			c <- r
			<-r.reply
		}
		close(c)
	})
	b.Run("goroutine", func(b *testing.B) {
		b.ReportAllocs()
		sys := alone(b, Options{})
		a := sys.Spawn(echo)
		var m any = benchMessage{}
		b.ResetTimer()
		for range b.N {
			if _, err := Ask[benchMessage](b.Context(), sys, a, m); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		sys.Close(context.Background())
	})
	b.Run("callback", func(b *testing.B) {
		b.ReportAllocs()
		sys := alone(b, Options{})
		a := sys.Spawn(echo)
		var m any = benchMessage{}
		self, leave := sys.Enter("asker")
		n := 0
		var next func(any, error)
		next = func(any, error) {
			if n++; n < b.N {
				self.Ask(a, m, next)
				return
			}
			self.Send(self.Address(), "done")
		}
		b.ResetTimer()
		self.Ask(a, m, next)
		self.Input()
		b.StopTimer()
		leave()
		sys.Close(context.Background())
	})
}

func BenchmarkSpawn(b *testing.B) {
	b.ReportAllocs()
	sys := alone(b, Options{})
	self, leave := sys.Enter("parent")
	b.ResetTimer()
	for range b.N {
		self.Spawn(func(*Self) any { return nil })
		self.Input()
	}
	b.StopTimer()
	leave()
	sys.Close(context.Background())
}
