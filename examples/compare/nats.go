package main

import (
	"fmt"
	"io"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const subject = "reading"

// A natsServer is the broker, in a process of its own.
type natsServer struct{ *server.Server }

func newNATSServer() (located, error) {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
		MaxPending: 4 << 30, // it would cut off a subscriber that is slower than the publisher
	})
	if err != nil {
		return nil, err
	}
	go s.Start()
	if !s.ReadyForConnections(patience) {
		return nil, fmt.Errorf("the NATS server is not ready")
	}
	return natsServer{s}, nil
}

func (s natsServer) address() string { return s.ClientURL() }

func (s natsServer) Close() error {
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// A natsClient has the codec of the plain session.
type natsClient struct {
	*nats.Conn
	packer   *packer
	unpacker *unpacker
	in, out  reading // where these have it, so that nothing is allocated for each
}

func newNATSClient(at string) (*natsClient, error) {
	c, err := nats.Connect(at, nats.NoReconnect())
	return &natsClient{Conn: c, packer: newPacker(), unpacker: newUnpacker()}, err
}

func (c *natsClient) pack(r *reading) ([]byte, error) {
	c.packer.b, c.out = c.packer.b[:0], *r
	err := c.packer.Encode(&c.out)
	return c.packer.b, err
}

func (c *natsClient) unpack(body []byte) (reading, error) {
	c.unpacker.open(body)
	c.in = reading{}
	err := c.unpacker.Decode(&c.in)
	return c.in, err
}

// listen subscribes without a limit to what waits: beyond it NATS drops.
func (c *natsClient) listen(subject string, f nats.MsgHandler) (*nats.Subscription, error) {
	s, err := c.Subscribe(subject, f)
	if err != nil {
		return nil, err
	}
	if err := s.SetPendingLimits(-1, -1); err != nil {
		return nil, err
	}
	return s, c.Flush() // the server has it
}

func (c *natsClient) Close() error {
	c.Conn.Close()
	return nil
}

type natsFar struct {
	*natsClient
	taken *sink
}

func newNATSFar(at string) (located, error) {
	c, err := newNATSClient(at)
	if err != nil {
		return nil, err
	}
	f := &natsFar{c, newSink()}
	_, err = c.listen(subject, func(m *nats.Msg) {
		r, err := f.unpack(m.Data)
		if err == nil && m.Reply == "" {
			f.taken.take(&r)
			return
		}
		var body []byte
		if err == nil {
			body, err = f.pack(&r)
		}
		if err == nil {
			err = m.Respond(body)
		}
		if err != nil {
			f.taken.fail(err)
		}
	})
	return f, err
}

func (f *natsFar) address() string { return f.ConnectedUrl() }
func (f *natsFar) sink() *sink     { return f.taken }

type natsNear struct {
	*natsClient
	readings, questions source
}

func newNATSNear(at string) (io.Closer, error) {
	c, err := newNATSClient(at)
	return &natsNear{natsClient: c}, err
}

func (n *natsNear) ask(count int) ([]int64, error) {
	return n.questions.asking(count, func(r reading) (reading, error) {
		body, err := n.pack(&r)
		if err != nil {
			return r, err
		}
		m, err := n.Request(subject, body, patience)
		if err != nil {
			return r, err
		}
		return n.unpack(m.Data)
	})
}

func (n *natsNear) send(count int) error {
	for range count {
		r := n.readings.next()
		body, err := n.pack(&r)
		if err == nil {
			err = n.Publish(subject, body)
		}
		if err != nil {
			return err
		}
	}
	return n.Flush()
}

// fly takes all answers by one subscription, on whose goroutine it asks on.
func (n *natsNear) fly(count, flying int) error {
	landed := make(chan error, 1)
	inbox := n.NewInbox()
	begun := make(chan *flight, 1)
	var f *flight
	s, err := n.listen(inbox, func(m *nats.Msg) {
		if f == nil {
			f = <-begun
		}
		r, err := n.unpack(m.Data)
		var last bool
		if err == nil {
			last, err = f.answered(&r)
		}
		if last || err != nil {
			landed <- err
		}
	})
	if err != nil {
		return err
	}
	defer s.Unsubscribe()
	first, err := n.questions.takeOff(count, flying, func(r reading) error {
		body, err := n.pack(&r)
		if err != nil {
			return err
		}
		return n.PublishRequest(subject, inbox, body)
	})
	if err != nil {
		return err
	}
	begun <- first // only now, as there is one packer
	return <-landed
}
