package main

import (
	"fmt"
	"strings"

	"github.com/layer-cake/layer-cake/actor"
)

// An event is something that an actor did or was told. Each actor counts its own.
type event struct {
	Actor   string
	Seq     int
	What    string
	Name    string      `json:",omitempty"`
	Pattern string      `json:",omitempty"`
	Scope   actor.Scope `json:",omitempty"`
	Session int         `json:",omitempty"` // the actor's own number of a session, from 1
	Remote  string      `json:",omitempty"` // the address at the other end
	From    string      `json:",omitempty"` // the session in which the sender sent a message, see ticket
	N       int         `json:",omitempty"` // the number of a message in its session, from 0
	Reason  string      `json:",omitempty"` // of an end or a refusal
	At      int64       `json:",omitempty"` // of a verb: nanoseconds since 1970, just before
}

// What may happen.
const (
	began = "began" // the life of an actor
	ended = "ended"

	publish     = "publish" // verbs; with a Reason they were refused
	unpublish   = "unpublish"
	subscribe   = "subscribe"
	unsubscribe = "unsubscribe"

	published    = "published" // facts
	unpublished  = "unpublished"
	standby      = "standby"
	promoted     = "promoted"
	delivered    = "delivered"
	subscribed   = "subscribed"
	unsubscribed = "unsubscribed"
	available    = "available"
	dropped      = "dropped"

	sent        = "sent"        // a message, just before
	refused     = "refused"     // by Send
	undelivered = "undelivered" // it came back
	got         = "got"         // a message of the other end
	leaked      = "leaked"      // Send took a message for a session after Dropped
	hushed      = "hushed"      // the actor sends nothing more until it may

	fatal  = "fatal"  // the directory of a process cannot go on
	broken = "broken" // a process says what should not be so
)

// A ticket names one end of a session in the whole world. Each message carries
// that of its sender's end: so the two ends find each other.
func ticket(actor string, session int) string { return fmt.Sprintf("%s#%d", actor, session) }

func (e event) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %4d %s", e.Actor, e.Seq, e.What)
	word := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	word("name", e.Name)
	word("pattern", e.Pattern)
	if e.Scope != 0 {
		word("scope", e.Scope.String())
	}
	if e.Session != 0 {
		fmt.Fprintf(&b, " session=%d", e.Session)
	}
	switch e.What {
	case sent, refused, undelivered, got, leaked:
		fmt.Fprintf(&b, " n=%d", e.N)
	}
	word("from", e.From)
	word("remote", e.Remote)
	if e.Reason != "" {
		fmt.Fprintf(&b, " reason=%q", e.Reason)
	}
	return b.String()
}
