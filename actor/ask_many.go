package actor

import (
	"fmt"
	"slices"
	"time"
)

// A Request is one question of Self.Concurrently or Self.Sequentially.
type Request struct {
	To      Address
	Message any
	Within  time.Duration // how long a reply may take; zero or less: Options.AskTimeout
}

// A RequestError says which of several requests failed, and why.
type RequestError struct {
	Index int     // of the request, from 0
	To    Address // where it went
	Err   error   // as Self.Ask has it: the reply if it is an error, TimedOut, Undelivered …
}

// Error says which request failed, to whom it went, and why.
func (e *RequestError) Error() string {
	return fmt.Sprintf("actor.Request %d, to %v: %v", e.Index, e.To, e.Err)
}

// Unwrap returns why.
func (e *RequestError) Unwrap() error { return e.Err }

// Concurrently asks all at once and calls then when every reply is there, or one
// request has failed. The replies have the order of the requests. The error is a
// *RequestError, which wraps what Self.Ask would say of that request; replies are nil
// then, and the other requests are forgotten: what they are answered comes too late.
//
// Like the callback of Self.Ask it runs between two messages, also if there are no
// requests, and not after the actor has ended. Sender is nobody in it.
func (s *Self) Concurrently(requests []Request, then func(replies []any, err error)) {
	s.mine("Concurrently")
	if len(requests) == 0 {
		s.callBack(then)
		return
	}
	c := &concurrent{self: s, asks: make([]*ask, len(requests)), replies: make([]any, len(requests)), then: then}
	c.left = len(requests)
	for i, r := range requests {
		c.asks[i] = s.askFor(r, func(reply any, err error) { c.replied(i, r.To, reply, err) })
	}
}

// A concurrent is requests that were asked at once.
type concurrent struct {
	self    *Self
	asks    []*ask // nil: it was answered
	replies []any
	left    int // how many were not
	then    func(replies []any, err error)
}

func (c *concurrent) replied(i int, to Address, reply any, err error) {
	c.asks[i] = nil
	if err != nil {
		for _, a := range c.asks {
			if a != nil {
				c.self.forget(a)
			}
		}
		c.self.sender = Address{}
		c.then(nil, &RequestError{i, to, err})
		return
	}
	c.replies[i] = reply
	if c.left--; c.left == 0 {
		c.self.sender = Address{}
		c.then(c.replies, nil)
	}
}

// Sequentially asks one after the other, each when the one before was answered, and
// calls then when all were, or at the first failure: the rest are not asked then. All
// else is as for Self.Concurrently.
func (s *Self) Sequentially(requests []Request, then func(replies []any, err error)) {
	s.mine("Sequentially")
	if len(requests) == 0 {
		s.callBack(then)
		return
	}
	q := &sequence{self: s, requests: slices.Clone(requests), replies: make([]any, 0, len(requests)), then: then}
	q.next()
}

// A sequence is requests that are asked one after the other.
type sequence struct {
	self     *Self
	requests []Request
	replies  []any // of those that were answered
	then     func(replies []any, err error)
}

func (q *sequence) next() { q.self.askFor(q.requests[len(q.replies)], q.replied) }

func (q *sequence) replied(reply any, err error) {
	if err != nil {
		i := len(q.replies)
		q.self.sender = Address{}
		q.then(nil, &RequestError{i, q.requests[i].To, err})
		return
	}
	q.replies = append(q.replies, reply)
	if len(q.replies) < len(q.requests) {
		q.next()
		return
	}
	q.self.sender = Address{}
	q.then(q.replies, nil)
}

// callBack calls then with no replies, between two messages.
func (s *Self) callBack(then func(replies []any, err error)) {
	s.AfterFunc(0, func() { then([]any{}, nil) })
}

// askFor asks one request.
func (s *Self) askFor(r Request, then func(reply any, err error)) *ask {
	if r.Within <= 0 || r.Within == s.sys.askTimeout {
		return s.askWithin(s.sys.askTimeout, r.To, r.Message, then)
	}
	// The list of asks has one limit for all: this one has a clock of its own.
	var clock Timer
	a := s.askWithin(0, r.To, r.Message, func(reply any, err error) {
		clock.Cancel()
		then(reply, err)
	})
	clock = s.AfterFunc(r.Within, func() {
		if a.giveUp() { // else the answer waits in the mailbox
			s.asks.remove(a)
			then(nil, TimedOut{r.Within})
		}
	})
	return a
}
