package main

import "io"

// channels are two goroutines of one process.
type channels struct {
	source
	taken     *sink
	readings  chan reading
	questions chan reading
	answers   chan reading
}

func newChannels(string) (io.Closer, error) {
	c := &channels{taken: newSink(), readings: make(chan reading, queued), questions: make(chan reading, queued), answers: make(chan reading, queued)}
	go func() { // ends with readings
		for r := range c.readings {
			c.taken.take(&r)
		}
	}()
	go func() { // ends with questions
		for r := range c.questions {
			c.answers <- r
		}
	}()
	return c, nil
}

func (c *channels) sink() *sink { return c.taken }

func (c *channels) ask(n int) ([]int64, error) {
	var s source
	return s.asking(n, func(r reading) (reading, error) {
		c.questions <- r
		return <-c.answers, nil
	})
}

func (c *channels) fly(n, flying int) error {
	var s source
	f, err := s.takeOff(n, flying, func(r reading) error { c.questions <- r; return nil })
	if err != nil {
		return err
	}
	return f.land(c.answers)
}

func (c *channels) send(n int) error {
	for range n {
		c.readings <- c.next()
	}
	return nil
}

func (c *channels) Close() error {
	close(c.readings)
	close(c.questions)
	return nil
}
