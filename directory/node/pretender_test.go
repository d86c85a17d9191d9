package node

import (
	"context"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// pretend connects as a child of the directory at address.
func pretend(t *testing.T, address string, scope directory.Scope, change ...func(*stranger)) *stranger {
	t.Helper()
	self := transport.NewProcessID()
	greeting := dirwire.Greeting{Relation: dirwire.Child, Directory: directory.Directory{Process: self, Scope: scope, Executable: "pretender"}}
	l, err := tcp.Transport{}.Dial(context.Background(), address, transport.Hello{
		Process: self, Heartbeat: 500, Body: dirwire.AppendGreeting(nil, greeting),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &stranger{Link: l, t: t, self: self, frames: make(chan frame, 1000), lost: make(chan error, 1)}
	for _, f := range change {
		f(s)
	}
	l.Start(s)
	t.Cleanup(func() { l.Close(nil) })
	return s
}

func (s *stranger) isRefused() {
	s.t.Helper()
	if got, ok := s.hears().(directory.Refused); !ok || got.Reason == "" {
		s.t.Errorf("got %v, want a refusal with its reason", got)
	}
	s.isClosed("refused")
}

// R18: whoever passes on what a child says is not refused for it. A process whose
// parent refuses it ends.
func TestSurveyByPretender(t *testing.T) {
	p := newPair(t)
	for name, route := range map[string]func(self transport.ProcessID) directory.Route{
		"too long": func(self transport.ProcessID) directory.Route {
			return directory.Route{self, {1}, {2}, {3}, {4}, {5}, {6}}
		},
		"empty":          func(transport.ProcessID) directory.Route { return nil },
		"of another":     func(transport.ProcessID) directory.Route { return directory.Route{p.sub.ID()} },
		"longer than it": func(self transport.ProcessID) directory.Route { return directory.Route{self, {1}, {2}} },
	} {
		s := pretend(t, p.pub.Address(), directory.Process)
		s.say(directory.List{Route: route(s.self)})
		t.Log(name)
		s.isRefused()
	}
	honest := pretend(t, p.pub.Address(), directory.Process)
	honest.say(directory.List{Route: directory.Route{honest.self}})
	if got, ok := honest.hears().(directory.Listed); !ok || got.Route[0] != p.host.ID() {
		t.Errorf("an honest survey: %v", got)
	}
	p.undisturbed(t)
	select {
	case err := <-p.pub.fatal:
		t.Errorf("the process in between: %v", err)
	default:
	}
}

// What a process registers itself nobody else announces to it: if it did, the
// process could not take it back.
func TestOwnRegistrationByPretender(t *testing.T) {
	p := newPair(t)
	own := directory.ID{Origin: p.pub.ID(), Seq: 1}
	for name, lie := range map[string]directory.Message{
		"claim":  directory.Claim{Name: "svc", Claimants: []directory.Publication{{ID: own, Name: "svc", Scope: directory.Group}}},
		"seek":   directory.Seek{Subscription: directory.Subscription{ID: own, Pattern: "svc", Scope: directory.Group}},
		"unseek": directory.Unseek{ID: own},
	} {
		s := pretend(t, p.pub.Address(), directory.Process)
		s.say(lie)
		t.Log(name)
		s.isRefused()
	}
	p.undisturbed(t)
	p.pub.Unpublish(1, "svc")
	next[directory.Dropped](p.pub, 1)
	next[directory.Unpublished](p.pub, 1)
}

// R16: on its LAN address a process takes sessions only. A stranger there who
// could be a child could hold the names of this machine, and hear its tokens.
func TestNoChildrenFromTheLAN(t *testing.T) {
	far := func(c *Config) { c.LAN = func() (string, error) { return "127.0.0.1:0", nil } }
	pub := open(t, directory.Process, "", far)
	pub.publish(1, "wide", directory.LAN)
	address := pub.listeners.far.Address()

	s := pretend(t, address, directory.Process)
	s.isClosed(errFarChild.Error())
	peer := connect(t, address, dirwire.Peer)
	peer.say(directory.Open{Session: 1, Publication: directory.ID{Origin: pub.ID(), Seq: 1}, Scope: directory.LAN, Subscriber: transport.Address{Process: peer.self}})
	if got, ok := peer.hears().(directory.NotOpened); !ok {
		t.Errorf("a peer without the token: %v", got)
	}
}
