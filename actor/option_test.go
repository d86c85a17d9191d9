package actor

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An option that means nothing to a verb is refused, and the reason says whose it is.
func TestOptionsOfOthers(t *testing.T) {
	const (
		scope     = "a Scope is for Publish and Subscribe"
		encrypted = "Encrypted is for ListenHTTP"
		query     = "AsQuery is for ConnectHTTP"
		none      = "one of the options is nil"
		at        = "127.0.0.1:0"
		url       = "http://127.0.0.1/"
	)
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("self")
		defer leave()
		for _, test := range []struct {
			got  func(options ...Option) any // the refusal
			want func(reason string) any
			no   map[Option]string
		}{
			{
				func(o ...Option) any { return self.Publish("x", o...) },
				func(reason string) any { return NotPublished{"x", Host, reason} },
				map[Option]string{Encrypted: encrypted, AsQuery: query, nil: none},
			},
			{
				func(o ...Option) any { return self.Subscribe("x", o...) },
				func(reason string) any { return NotSubscribed{"x", Host, reason} },
				map[Option]string{Encrypted: encrypted, AsQuery: query, nil: none},
			},
			{
				func(o ...Option) any { return self.Listen(at, o...) },
				func(reason string) any { return NotListening{at, reason} },
				map[Option]string{LAN: scope, Encrypted: encrypted, AsQuery: query, nil: none},
			},
			{
				func(o ...Option) any { self.Connect(at, o...); return self.Input() },
				func(reason string) any { return NotConnected{at, reason} },
				map[Option]string{LAN: scope, Encrypted: encrypted, AsQuery: query, nil: none},
			},
			{
				func(o ...Option) any { return self.ListenHTTP(at, nil, o...) },
				func(reason string) any { return NotListening{at, reason} },
				map[Option]string{LAN: scope, AsQuery: query, nil: none},
			},
			{
				func(o ...Option) any { self.ConnectHTTP(url, o...); return self.Input() },
				func(reason string) any { return NotConnected{url, reason} },
				map[Option]string{LAN: scope, Encrypted: encrypted, nil: none},
			},
		} {
			for option, reason := range test.no {
				if diff := cmp.Diff(test.want(reason), test.got(option)); diff != "" {
					t.Errorf("%v: want -, got +:\n%s", option, diff)
				}
			}
		}
		hearsNothing(t, self)
	})
}

func TestScopeOf(t *testing.T) {
	for _, test := range []struct {
		options []Option
		scope   Scope
		reason  string
	}{
		{nil, Host, ""},
		{[]Option{Scope(0)}, Host, ""},
		{[]Option{LAN, Group}, Group, ""}, // the last one counts
		{[]Option{Scope(9)}, 9, "there is no such scope"},
		{[]Option{Scope(-1)}, -1, "there is no such scope"},
	} {
		if scope, reason := scopeOf(test.options); scope != test.scope || reason != test.reason {
			t.Errorf("%v: got %v, %q", test.options, scope, reason)
		}
	}
}
