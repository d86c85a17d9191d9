package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// An event is a line of publish, subscribe and ask: what an actor of the tool was
// told, under the name of that message. Only fields that apply are there.
type event struct {
	Time       time.Time `json:"time"`
	Event      string    `json:"event"`
	Name       string    `json:"name,omitempty"`
	Pattern    string    `json:"pattern,omitempty"`
	Scope      string    `json:"scope,omitempty"`
	Publisher  string    `json:"publisher,omitempty"`
	Subscriber string    `json:"subscriber,omitempty"`
	Reason     string    `json:"reason,omitempty"`
}

// eventOf returns the event that a fact of the directory is; false if m is none.
func eventOf(m any) (event, bool) {
	e := event{Time: time.Now(), Event: messageWord(m)}
	switch m := m.(type) {
	case actor.Published:
		e.Name, e.Scope = m.Name, scopeWord(m.Scope)
	case actor.NotPublished:
		e.Name, e.Scope, e.Reason = m.Name, scopeWord(m.Scope), m.Reason
	case actor.Standby:
		e.Name, e.Scope = m.Name, scopeWord(m.Scope)
	case actor.Promoted:
		e.Name, e.Scope = m.Name, scopeWord(m.Scope)
	case actor.Delivered:
		e.Name, e.Scope, e.Subscriber = m.Name, scopeWord(m.Scope), m.Subscriber.String()
	case actor.Subscribed:
		e.Pattern, e.Scope = m.Pattern, scopeWord(m.Scope)
	case actor.NotSubscribed:
		e.Pattern, e.Scope, e.Reason = m.Pattern, scopeWord(m.Scope), m.Reason
	case actor.Available:
		e.Name, e.Pattern, e.Scope, e.Publisher = m.Name, m.Pattern, scopeWord(m.Scope), m.Publisher.String()
	case actor.Dropped:
		e.Name, e.Pattern, e.Scope, e.Reason = m.Name, m.Pattern, scopeWord(m.Scope), m.Reason
		if m.Pattern == "" { // it is told to the publisher
			e.Subscriber = m.Remote.String()
		} else {
			e.Publisher = m.Remote.String()
		}
	default:
		return event{}, false
	}
	return e, true
}

// refusalOf returns the event that a refusal is, which is an error at once and a
// message later; false if m is none.
func refusalOf(m any) (event, bool) {
	switch m.(type) {
	case actor.NotPublished, actor.NotSubscribed:
		return eventOf(m)
	}
	return event{}, false
}

// messageWord is the name of a message of package actor.
func messageWord(m any) string { return strings.TrimPrefix(fmt.Sprintf("%T", m), "actor.") }

// scopeWord is the scope as the tree shows it: HOST.
func scopeWord(s actor.Scope) string { return strings.ToUpper(s.String()) }

// words is the event for people, in one line.
func (e event) words() string {
	var b strings.Builder
	b.WriteString(e.Event)
	add := func(before, text string) {
		if text != "" {
			b.WriteString(before + printable(text))
		}
	}
	// An event is about a name or a pattern; what is refused may be empty, or odd.
	add(" ", quoted(cmp.Or(e.Name, e.Pattern)))
	add(" at ", e.Scope)
	add(" from ", e.Publisher)
	add(" to ", e.Subscriber)
	add(": ", e.Reason)
	return b.String()
}

// A printer prints one line at a time, each in one piece as soon as it is there:
// who reads a pipe sees it at once.
type printer struct {
	w    io.Writer
	json bool
}

func (p printer) event(e event) error {
	if p.json {
		return p.object(e)
	}
	return p.line(e.words())
}

func (p printer) line(text string) error {
	_, err := io.WriteString(p.w, text+"\n")
	return err
}

// object prints v as JSON.
func (p printer) object(v any) error {
	var b bytes.Buffer
	if err := encoder(&b).Encode(v); err != nil {
		return err
	}
	_, err := p.w.Write(b.Bytes())
	return err
}

// encoder returns what writes an object a line, with names as they are.
func encoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// fail returns the error that ends the tool for a reason that is an event. As an
// object it goes where the others go, and nothing is left to say.
func (p printer) fail(e event) error {
	if !p.json {
		return failure{e}
	}
	if err := p.event(e); err != nil {
		return err
	}
	return errSaid
}

// A failure is an event that ends the tool with status 1.
type failure struct{ event }

func (f failure) Error() string { return f.words() }
