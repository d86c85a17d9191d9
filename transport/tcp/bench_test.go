package tcp_test

import (
	"fmt"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/transporttest"
)

// counter is a receiver that counts, and answers if it is to.
type counter struct {
	answer transport.Link
	got    int
	want   int
	done   chan struct{}
}

func (c *counter) Received(kind transport.Kind, body []byte) error {
	if c.answer != nil {
		return c.answer.Send(kind, body)
	}
	if c.got++; c.got == c.want {
		c.got = 0
		c.done <- struct{}{}
	}
	return nil
}

func (c *counter) Lost(error) {}

func ends(b *testing.B) (dialler, acceptor transport.Link) {
	b.Helper()
	tr := tcp.Transport{}
	links := make(chan transport.Link, 1)
	l, err := tr.Listen("127.0.0.1:0", transporttest.Hello(""), func(l transport.Link) { links <- l })
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	dialler, err = tr.Dial(b.Context(), l.Address(), transporttest.Hello(""))
	if err != nil {
		b.Fatal(err)
	}
	acceptor = <-links
	b.Cleanup(func() { dialler.Close(nil); acceptor.Close(nil) })
	return dialler, acceptor
}

// BenchmarkOneWay sends frames of 64 bytes as fast as they are taken.
func BenchmarkOneWay(b *testing.B) {
	dialler, acceptor := ends(b)
	c := &counter{want: b.N, done: make(chan struct{}, 1)}
	acceptor.Start(c)
	dialler.Start(&counter{})
	body := make([]byte, 64)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for dialler.Send(40, body) != nil {
		}
	}
	<-c.done
}

// BenchmarkRoundTrip has so many frames of 64 bytes on their way there and back.
func BenchmarkRoundTrip(b *testing.B) {
	for _, flying := range []int{1, 10, 100} {
		b.Run(fmt.Sprint(flying), func(b *testing.B) {
			dialler, acceptor := ends(b)
			acceptor.Start(&counter{answer: acceptor})
			c := &counter{want: 1, done: make(chan struct{}, flying)}
			dialler.Start(c)
			body := make([]byte, 64)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N + flying {
				if i >= flying {
					<-c.done
				}
				if i < b.N {
					if err := dialler.Send(40, body); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
