package actor

import (
	"strings"
	"testing"
)

func TestParentOf(t *testing.T) {
	const explicit, group = "10.9.8.7:1", "127.0.0.1:4000"
	for _, test := range []struct {
		scope                Scope
		setting, environment string
		want                 parent
	}{
		{Process, "", "", parent{HostDirectory, Host, true}},
		{Process, "", group, parent{group, Group, false}},
		{Process, explicit, group, parent{explicit, Group, false}},
		{Process, "none", group, parent{}},
		{Group, "", group, parent{HostDirectory, Host, true}},
		{Group, explicit, "", parent{explicit, Host, false}},
		{Group, "none", "", parent{}},
		{Host, "", group, parent{"", LAN, true}},
		{Host, explicit, "", parent{explicit, LAN, true}},
		{Host, "none", "", parent{}},
		{LAN, "", group, parent{}},
		{LAN, "none", "", parent{}},
	} {
		got, err := parentOf(test.scope, test.setting, test.environment)
		if got != test.want || err != nil {
			t.Errorf("%v, %q, %q: got %+v, %v, want %+v", test.scope, test.setting, test.environment, got, err, test.want)
		}
	}
	for _, test := range []struct{ setting, environment, want string }{
		{"nowhere", "", `"nowhere"`},
		{"", "nowhere", "LAYER_CAKE_DIRECTORY"},
	} {
		if got, err := parentOf(Process, test.setting, test.environment); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q, %q: got %+v, %v, want an error with %s", test.setting, test.environment, got, err, test.want)
		}
	}
}
