package main

import (
	"io"

	"github.com/layer-cake/layer-cake/directory"
)

// The object of explain --json.
type (
	explanationObject struct {
		Pattern       string               `json:"pattern"`
		Name          string               `json:"name"`
		Matches       bool                 `json:"matches"`
		Sessions      int                  `json:"sessions"`
		Publications  []publicationObject  `json:"publications"` // the oldest first
		Directories   []standingObject     `json:"directories"`
		Subscriptions []subscriptionObject `json:"subscriptions"`
		Silent        []placeObject        `json:"silent"` // they did not answer
	}
	placeObject struct {
		Process    string `json:"process"`
		Scope      string `json:"scope,omitempty"` // none: it is not in the tree
		Executable string `json:"executable,omitempty"`
		Role       string `json:"role,omitempty"`
		PID        int    `json:"pid,omitempty"`
	}
	publicationObject struct {
		ID    string      `json:"id"`
		Scope string      `json:"scope"`
		Stamp int64       `json:"stamp"`
		Actor string      `json:"actor"`
		In    placeObject `json:"in"`
	}
	standingObject struct {
		Directory placeObject `json:"directory"`
		Holder    string      `json:"holder"`
		StandBy   []string    `json:"standby"`
	}
	subscriptionObject struct {
		ID           string          `json:"id"`
		Scope        string          `json:"scope"`
		Actor        string          `json:"actor"`
		In           placeObject     `json:"in"`
		Session      *sessionObject  `json:"session"` // null: there is none
		Publications []verdictObject `json:"publications"`
	}
	sessionObject struct {
		Publication string `json:"publication"`
		Scope       string `json:"scope"`
	}
	verdictObject struct {
		ID     string `json:"id"`
		Scope  string `json:"scope,omitempty"` // of the directory that offers it, or did; none: none does
		Away   bool   `json:"away,omitempty"`  // that directory is out of reach, or knows of it no more
		Why    string `json:"why"`
		Reason string `json:"reason"`
	}
)

// json prints an explanation for programs, on one line, to a buffer, which keeps
// its error.
func (e explanation) json(w io.Writer) {
	o := explanationObject{
		Pattern: string(e.Pattern), Name: string(e.Name), Matches: e.Matches, Sessions: e.sessions(),
		Publications: []publicationObject{}, Directories: []standingObject{}, Subscriptions: []subscriptionObject{}, Silent: []placeObject{},
	}
	for _, p := range e.Publications {
		o.Publications = append(o.Publications,
			publicationObject{wholeID(p.ID), p.Scope.String(), int64(p.Stamp), actorOf(p.ID, p.Actor), p.Place.object()})
	}
	for _, d := range e.Directories {
		s := standingObject{Directory: d.Place.object(), Holder: wholeID(d.Holder), StandBy: []string{}}
		for _, id := range d.StandBy {
			s.StandBy = append(s.StandBy, wholeID(id))
		}
		o.Directories = append(o.Directories, s)
	}
	for _, s := range e.Subscriptions {
		o.Subscriptions = append(o.Subscriptions, s.object())
	}
	for _, p := range e.Silent {
		o.Silent = append(o.Silent, p.object())
	}
	encoder(w).Encode(o)
}

func (s subscribed) object() subscriptionObject {
	o := subscriptionObject{
		ID: wholeID(s.ID), Scope: s.Scope.String(), Actor: actorOf(s.ID, s.Actor), In: s.Place.object(),
		Publications: []verdictObject{},
	}
	if s.Session != (directory.ID{}) {
		o.Session = &sessionObject{wholeID(s.Session), s.At.String()}
	}
	for _, v := range s.Verdicts {
		verdict := verdictObject{ID: wholeID(v.Publication), Away: v.Away, Why: string(v.Why), Reason: v.Words}
		if v.Scope != 0 {
			verdict.Scope = v.Scope.String()
		}
		o.Publications = append(o.Publications, verdict)
	}
	return o
}

func (p place) object() placeObject {
	o := placeObject{Process: p.Process.String()}
	if !p.Unknown {
		o.Scope, o.Executable, o.Role, o.PID = p.Scope.String(), p.Executable, p.Role, p.PID
	}
	return o
}
