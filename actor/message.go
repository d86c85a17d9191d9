package actor

import (
	"fmt"
	"time"
)

// To a publisher, from its own process.
type (
	// Published: the name is known in this process.
	Published struct {
		Name  string
		Scope Scope
	}
	// NotPublished is the error of Publish, and comes later if a publication
	// cannot be kept.
	NotPublished struct {
		Name   string
		Scope  Scope
		Reason string
	}
	// Standby: in the directory of that scope an older publication of the name
	// is used, not this one. A publication begins as if it were used everywhere:
	// of each scope Standby comes first, then Promoted and Standby by turns. What
	// was undone before it was taken does not come.
	Standby struct {
		Name  string
		Scope Scope
	}
	// Promoted: the publication is used at that scope again, for those before it
	// have gone.
	Promoted struct {
		Name  string
		Scope Scope
	}
	// Delivered: a subscriber has a session with the actor.
	Delivered struct {
		Name       string
		Scope      Scope // of the directory that matched
		Subscriber Address
		Opened     time.Time
	}
	// Unpublished: Unpublish is done. Nothing more comes about the name.
	Unpublished struct{ Name string }
)

// To a subscriber, from its own process.
type (
	// Subscribed: the pattern is known in this process.
	Subscribed struct {
		Pattern string
		Scope   Scope
	}
	// NotSubscribed is the error of Subscribe, and comes later if a
	// subscription cannot be kept.
	NotSubscribed struct {
		Pattern string
		Scope   Scope
		Reason  string
	}
	// Available: the actor has a session with the nearest publisher of Name.
	Available struct {
		Name      string
		Pattern   string
		Scope     Scope // of the directory that matched
		Publisher Address
		Opened    time.Time
	}
	// Unsubscribed: Unsubscribe is done. Nothing more comes about the pattern.
	Unsubscribed struct{ Pattern string }
)

// Dropped ends a session, to either side. What was sent in it and has not come
// back may have arrived or not, if the Reason is that the link was lost.
type Dropped struct {
	Name    string
	Pattern string // empty at the publisher
	Scope   Scope
	Remote  Address // equal to the Publisher or Subscriber that came before
	Reason  string
}

// About life, inside a process.
type (
	// Stop asks an actor to end. It comes once in a life.
	Stop struct{}
	// Returned: a child has ended. Value is its result; an error is a failure.
	Returned struct {
		Child Address
		Name  string
		Value any
	}
	// Restarted: a child has failed and will run again under the same address. Fault
	// is nil if it has only ended; Tries counts its restarts since it was in good
	// health. See [Restart].
	Restarted struct {
		Child Address
		Name  string
		Fault error
		Tries int
	}
)

// Results.
type (
	// Faulted is a failure: a panic, or a condition an actor reports. An error
	// that goes to another process arrives as a Faulted if its type is not known
	// there.
	Faulted struct{ Condition, Explanation string }
	// Aborted is the result of an actor that was stopped.
	Aborted struct{}
)

// Instead of a reply.
type (
	// TimedOut: no reply came in time.
	TimedOut struct{ After time.Duration }
	// Undelivered: the message did not reach the actor at To. It is the error of
	// an ask, and a message to whoever sent it otherwise. Of an ask whose link was
	// lost it says no more than that no reply can come: the message may have
	// arrived. The Message is nil if only the word came back; then the Reason says
	// so.
	Undelivered struct {
		To      Address
		Message any
		Reason  string
	}
	// Unexpected: a reply of another type than asked for.
	Unexpected struct{ Message any }
	// Overloaded: a pool declines because its queue is full.
	Overloaded struct{ Pending int }
	// Unavailable: a pool has no worker.
	Unavailable struct{ Reason string }
)

// Error says what was refused and why.
func (m NotPublished) Error() string {
	return fmt.Sprintf("actor.Publish: %q at %v: %s", m.Name, m.Scope, m.Reason)
}

// Error says what was refused and why.
func (m NotSubscribed) Error() string {
	return fmt.Sprintf("actor.Subscribe: %q at %v: %s", m.Pattern, m.Scope, m.Reason)
}

// Error returns the condition and, if there is one, the explanation.
func (m Faulted) Error() string {
	if m.Explanation == "" {
		return m.Condition
	}
	return m.Condition + " (" + m.Explanation + ")"
}

// Error returns "aborted".
func (Aborted) Error() string { return "aborted" }

// Error says how long it took.
func (m TimedOut) Error() string { return fmt.Sprintf("timed out after %v", m.After) }

// Error says to whom and why.
func (m Undelivered) Error() string { return fmt.Sprintf("undelivered to %v: %s", m.To, m.Reason) }

// Error names the type that came.
func (m Unexpected) Error() string { return fmt.Sprintf("unexpected reply: %T", m.Message) }

// Error says how many requests wait.
func (m Overloaded) Error() string { return fmt.Sprintf("overloaded: %d requests wait", m.Pending) }

// Error says why.
func (m Unavailable) Error() string { return "unavailable: " + m.Reason }
