package actor

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type httpTable [][]float64

var clientTypes = append(Types{Type[httpTable]("table")}, httpTypes...)

// dialedHTTP returns an actor and what it gets after ConnectHTTP.
func dialedHTTP(t *testing.T, sys *System, url string, options ...Option) (*Self, any) {
	t.Helper()
	self, leave := sys.Enter("client")
	t.Cleanup(leave)
	self.ConnectHTTP(url, options...)
	return self, self.Input()
}

// connectedHTTP returns an actor and its server.
func connectedHTTP(t *testing.T, sys *System, url string, options ...Option) (*Self, Address) {
	t.Helper()
	self, m := dialedHTTP(t, sys, url, options...)
	c, ok := m.(Connected)
	if !ok || c.Requested != url || c.Remote.IsZero() {
		t.Fatalf("got %#v, want Connected", m)
	}
	return self, c.Remote
}

// askedHTTP sends a message and returns what comes from the same address.
func askedHTTP(t *testing.T, self *Self, to Address, message any) any {
	t.Helper()
	if err := self.Send(to, message); err != nil {
		t.Fatalf("Send: %v", err)
	}
	m := self.Input()
	if from := self.Sender(); from != to && !from.IsZero() {
		t.Errorf("%v came from %v, want %v", m, from, to)
	}
	return m
}

func sameAnswer(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Address{}), cmp.Transformer("string", Address.String)); diff != "" {
		t.Errorf("%s: want -, got +:\n%s", what, diff)
	}
}

func clientSystem(t *testing.T, options Options) *System {
	t.Helper()
	options.Types = clientTypes
	sys := alone(t, options)
	closing(t, sys)
	return sys
}

// What ListenHTTP serves ConnectHTTP asks.
func TestHTTPClientAndServer(t *testing.T) {
	sys := clientSystem(t, Options{})
	clerk := sys.Spawn(clerk)
	server := httptest.NewServer(sys.Handler(clerk, httpTypes))
	defer server.Close()
	for _, option := range [][]Option{nil, {AsQuery}} {
		self, remote := connectedHTTP(t, sys, server.URL+"/some/where/", option...)
		for _, test := range []struct{ message, want any }{
			{httpXy{3, 2}, httpTable{{3, 0, 0}, {3, 0, 0}}},
			{httpXy{}, httpTable{}},
			{httpDouble{1}, "double"},
			{httpTwin{1}, "twin"},
			{httpWish{"nothing"}, nil},
			{httpWish{"fault"}, Faulted{"HTTP 500 Internal Server Error", "no <luck> (it is Sunday)"}},
			{httpWish{"overloaded"}, Overloaded{7}},
			{httpWish{"unavailable"}, Unavailable{"no worker"}},
			{httpWish{"aborted"}, Unavailable{"aborted"}},
			{httpWish{"timed-out"}, TimedOut{time.Second}},
			{httpTable{{1}}, map[bool]any{
				false: Faulted{"HTTP 404 Not Found", `there is no "table"; there are: Double, Xy, double, wish`},
				true:  Faulted{"message is no request", "actor.httpTable: it is no struct: it has no fields for a query"},
			}[option != nil]},
			{"text", Faulted{"message is no request", "the type string is not in Options.Types; else send an HTTPRequest"}},
			{Faulted{"a", "b"}, Faulted{"message is no request", "the type layer-cake.faulted is not in Options.Types; else send an HTTPRequest"}},
		} {
			sameAnswer(t, fmt.Sprintf("%v %v", option, test.message), askedHTTP(t, self, remote, test.message), test.want)
		}
		teapot := askedHTTP(t, self, remote, httpWish{"teapot"}).(HTTPResponse)
		teapot.Header.Del("Date")
		sameAnswer(t, "teapot", teapot, wishes["teapot"])

		table, err := Ask[httpTable](context.Background(), self, remote, httpXy{1, 1})
		sameAnswer(t, "Ask", table, httpTable{{1}})
		sameAnswer(t, "Ask", err, nil)
		table, err = Ask[httpTable](context.Background(), sys, remote, httpXy{1, 1})
		sameAnswer(t, "Ask from the system", table, httpTable{{1}})
		sameAnswer(t, "Ask from the system", err, nil)

		self.Close(remote)
		self.Close(remote)
		sameAnswer(t, "Close", self.Input(), Closed{remote, "closed by the actor that connected"})
		if err := self.Send(remote, httpXy{}); !errors.Is(err, ErrEnded) {
			t.Errorf("Send after Closed: %v, want ErrEnded", err)
		}
		self.Close(remote)
		if m, ok := self.InputWithin(0); ok {
			t.Errorf("got %v after Closed", m)
		}
	}
}

// The address of a connection may be given to anybody, also in another process.
func TestHTTPClientForOthers(t *testing.T) {
	plant(t, clientTypes, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		server := newRude(t, func(c *rudeConn) {
			for c.request() != nil {
				c.say(answering("Content-Type: application/json", `{"value":["vector<vector<float8>>",[[1]],[]]}`))
			}
		})
		owner, leave := one.Enter("owner")
		defer leave()
		owner.connectHTTP("http://server/", nil, server.dial)
		remote := owner.Input().(Connected).Remote
		one.Spawn(func(self *Self) any {
			if err := self.Publish("gateway"); err != nil {
				return err
			}
			for range self.Messages() {
				self.Forward(remote, httpXy{1, 1})
			}
			return Aborted{}
		})
		client, leave := two.Enter("client")
		defer leave()
		client.Subscribe("gateway")
		gateway := await[Available](t, client).Publisher
		table, err := Ask[httpTable](t.Context(), client, gateway, httpXy{1, 1})
		sameAnswer(t, "Ask", table, httpTable{{1}})
		sameAnswer(t, "Ask", err, nil)
		client.Send(gateway, httpXy{1, 1})
		sameAnswer(t, "Send", await[httpTable](t, client), httpTable{{1}})
		there := client.Sender()
		response, err := Ask[httpTable](t.Context(), client, there, HTTPRequest{URI: "/"})
		sameAnswer(t, "Ask of the Sender", response, httpTable{{1}})
		sameAnswer(t, "Ask of the Sender", err, nil)
		if err := client.Send(there, "text"); err != nil {
			t.Fatal(err)
		}
		sameAnswer(t, "refused", await[Faulted](t, client), notRequest("the type string is not in Options.Types; else send an HTTPRequest"))
	})
}
