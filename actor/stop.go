package actor

import "time"

// A leave is the time that an actor has to end.
type leave struct {
	deadline time.Time // when it is ended by force
	force    *time.Timer
	lost     chan struct{} // closed when it goes on all the same
}

// lastMoment is how long an actor that was ended by force may take for what it has
// deferred.
const lastMoment = afterGrace * 3 / 4

// Stop asks a child to end. Asking again does nothing. It returns ErrNotChild for any
// other actor.
func (s *Self) Stop(child Address) error {
	s.mine("Stop")
	c := s.sys.find(child)
	if c == nil || c.parent != s {
		return ErrNotChild
	}
	c.stop(s.sys.grace())
	return nil
}

// endChildren stops the children and waits for their end.
func (s *Self) endChildren(deadline time.Time) {
	list := s.offspring()
	for _, c := range list {
		c.stop(deadline)
	}
	for _, c := range list {
		select {
		case <-c.over():
		case <-c.isLost():
			if !s.abandon(c) {
				<-c.over()
			}
		}
	}
}

// abandon has the actor go on without a child that cannot be ended. It returns false if
// the child ends after all.
func (s *Self) abandon(c *Self) bool {
	c.mu.Lock()
	ends := c.ended
	c.orphan = !ends
	c.mu.Unlock()
	if ends {
		return false
	}
	s.mu.Lock()
	s.children.remove(c)
	s.mu.Unlock()
	s.logger().Error("actor goes on without a child that takes no messages", "child", c.describe())
	return true
}

// stop asks the actor to end before deadline, when it is ended by force. Stop
// is put in its mailbox once.
func (c *cell) stop(deadline time.Time) {
	c.mu.Lock()
	sooner := c.leave == nil || deadline.Before(c.leave.deadline)
	if sooner && !c.gone {
		switch d := time.Until(deadline); {
		case c.leave == nil:
			c.leave = &leave{lost: make(chan struct{})}
			if !c.ended {
				c.leave.force = time.AfterFunc(d, c.kill)
			}
		case !c.ended:
			c.leave.force.Reset(d)
		}
		c.leave.deadline = deadline
	}
	ended, renewing := c.ended, c.renewing
	again := c.stopped
	c.stopped = true
	if !again && c.cancel != nil {
		c.cancel(Aborted{})
	}
	resting := c.resting
	c.resting = nil
	c.mu.Unlock()
	if (ended || renewing) && sooner { // it waits for its children
		for _, child := range c.offspring() {
			child.stop(deadline)
		}
	}
	switch {
	case resting != nil:
		resting.Stop()
		if s := c.sys.cells.get(c.at.Actor); s != nil {
			go s.end(Aborted{})
		}
	case !ended && !again:
		c.box.put(item{message: Stop{}})
	}
}

// isEnding reports whether the actor takes nothing more.
func (c *cell) isEnding() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// kill ends the actor, and its children, at their next Input.
func (c *cell) kill() {
	c.logger().Warn("actor has not ended in the time after Stop")
	if checks := c.sys.checks; checks != nil {
		checks.Overdue(c.describe())
	}
	c.box.kill()
	c.mu.Lock()
	if !c.ended {
		c.leave.force = time.AfterFunc(lastMoment, c.lose)
	}
	c.mu.Unlock()
	for _, child := range c.offspring() {
		child.stop(time.Now())
	}
}

// lose notes that the actor cannot be ended, unless it only waits for its children.
func (c *cell) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended && !c.renewing && c.resting == nil {
		close(c.leave.lost)
	}
}

// isLost returns a channel that is closed when the actor, which was stopped, cannot be
// ended; nil if it has ended.
func (c *cell) isLost() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leave == nil {
		return nil
	}
	return c.leave.lost
}

func (c *cell) isOrphan() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.orphan
}
