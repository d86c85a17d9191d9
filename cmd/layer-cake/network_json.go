package main

import (
	"encoding/json"
	"io"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

// The objects of network --json. Kind says which it is.
type (
	directoryLine struct {
		Kind       string `json:"kind"` // directory
		Process    string `json:"process"`
		Parent     string `json:"parent,omitempty"`
		Scope      string `json:"scope"`
		Executable string `json:"executable"`
		Role       string `json:"role,omitempty"`
		PID        int    `json:"pid"`
		Listens    string `json:"listens,omitempty"`
		Silent     bool   `json:"silent,omitempty"`
		Reason     string `json:"reason,omitempty"` // why it is silent, if that is known
	}
	publicationLine struct {
		Kind      string `json:"kind"` // publication
		Directory string `json:"directory"`
		Name      string `json:"name"`
		ID        string `json:"id"`
		Scope     string `json:"scope"`
		Stamp     int64  `json:"stamp"`
		Actor     string `json:"actor"`
		Holds     bool   `json:"holds"`
	}
	subscriptionLine struct {
		Kind      string `json:"kind"` // subscription
		Directory string `json:"directory"`
		Pattern   string `json:"pattern"`
		ID        string `json:"id"`
		Scope     string `json:"scope"`
		Actor     string `json:"actor"`
	}
	offerLine struct {
		Kind         string `json:"kind"` // offer
		Directory    string `json:"directory"`
		Name         string `json:"name"`
		Subscription string `json:"subscription"`
		Publication  string `json:"publication"`
	}
	sessionLine struct {
		Kind         string         `json:"kind"` // session
		Directory    string         `json:"directory"`
		Name         string         `json:"name"`
		Subscription string         `json:"subscription"`
		Publication  string         `json:"publication,omitempty"` // none: there is no session
		Scope        string         `json:"scope,omitempty"`
		Offers       []prospectLine `json:"offers"`
	}
	usageLine struct {
		Kind      string `json:"kind"` // usage
		Directory string `json:"directory"`
		Limit     string `json:"limit"`
		Used      uint64 `json:"used"`
		Most      uint64 `json:"most,omitempty"` // none: it is only counted
	}
	prospectLine struct {
		Publication string `json:"publication"`
		Scope       string `json:"scope"`
		State       string `json:"state"`
		Failed      uint64 `json:"failed,omitempty"`
		Reason      string `json:"reason,omitempty"`
	}
)

// json prints the tree for programs: each directory, what it knows, then its
// children.
func (s shown) json(w io.Writer, tree node.Tree) {
	s.lines(encoder(w), tree, "")
}

// lines writes to a buffer, which keeps its error.
func (s shown) lines(out *json.Encoder, t node.Tree, parent string) {
	self := t.Process.String()
	out.Encode(directoryLine{"directory", self, parent, t.Scope.String(), t.Executable, t.Role, t.PID, t.Listens, t.Silent, t.Reason})
	for _, c := range t.Claimants {
		out.Encode(publicationLine{"publication", self, string(c.Name), wholeID(c.ID), c.Scope.String(), int64(c.Stamp), actorOf(c.ID, c.Actor), c.Holds})
	}
	for _, i := range t.Subscriptions {
		if s.subscribed {
			out.Encode(subscriptionLine{"subscription", self, string(i.Pattern), wholeID(i.ID), i.Scope.String(), actorOf(i.ID, i.Actor)})
		}
	}
	for _, o := range t.Offers {
		out.Encode(offerLine{"offer", self, string(o.Name), wholeID(o.Subscription), wholeID(o.Publication)})
	}
	for _, e := range t.Efforts {
		line := sessionLine{Kind: "session", Directory: self, Name: string(e.Name), Subscription: wholeID(e.Subscription), Offers: []prospectLine{}}
		if e.Session != (directory.ID{}) {
			line.Publication, line.Scope = wholeID(e.Session), e.Scope.String()
		}
		for _, p := range e.Prospects {
			line.Offers = append(line.Offers, prospectLine{wholeID(p.Publication), p.Scope.String(), p.State.String(), p.Failed, p.Reason})
		}
		out.Encode(line)
	}
	for _, f := range t.Usage {
		out.Encode(usageLine{"usage", self, f.Name, f.Used, f.Most})
	}
	for _, child := range t.Children {
		s.lines(out, child, self)
	}
}

// actorOf is an actor of the process that made a registration, as logs show it.
func actorOf(id directory.ID, actor transport.ActorID) string {
	return transport.Address{Process: id.Origin, Actor: actor}.String()
}
