package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
)

// R6, R9, R10: what a subscription holds of a directory that is out of reach is
// explained, though nobody who answers knows of a publication.
func TestExplainWhileTheDirectoryIsAway(t *testing.T) {
	const lan = directory.LAN
	offer := directory.Prospect{Publication: id(8, 1), Scope: lan, State: directory.InUse}
	rests := directory.Prospect{Publication: id(8, 1), Scope: lan, State: directory.Resting, Failed: 3, Reason: "connection refused"}
	none := directory.ID{}
	for _, test := range []struct {
		name    string
		efforts []directory.Effort
		under   func(node.Tree) node.Tree
		why     string
		away    bool
		want    string
	}{
		{"used", efforts(id(8, 1), lan, offer), nil, "in use", true,
			"has a session with 08080808.1, matched at LAN\n" +
				"        08080808.1  offered at LAN: it is used; the directory that offered it is out of reach now\n"},
		{"resting", efforts(none, 0, rests), nil, "resting", true,
			"has no session\n" +
				"        08080808.1  offered at LAN: it failed 3 times and will be tried again; the last attempt: connection refused" +
				"; the directory that offered it is out of reach now\n"},
		{"kept without an offer", efforts(id(8, 1), lan), nil, "kept", false,
			"        08080808.1  matched at LAN: it is used, though it is not offered any more: only its two ends end a session\n"},
		{"forgotten", efforts(id(8, 1), lan, offer),
			func(t node.Tree) node.Tree { return box(2, lan, node.Known{}, t) }, "in use", true,
			"        08080808.1  offered at LAN: it is used; [LAN] lan (02020202) does not know of it now, and has not taken the offer back\n"},
		{"silent", efforts(id(8, 1), lan, offer),
			func(t node.Tree) node.Tree {
				root := box(2, lan, node.Known{}, t)
				root.Silent = true
				return root
			}, "in use", true,
			"        08080808.1  offered at LAN: it is used; [LAN] lan (02020202), which offered it, did not answer\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := box(1, directory.Host, node.Known{Subscriptions: interest(lan)},
				box(9, directory.Process, node.Known{Subscriptions: interest(lan), Efforts: test.efforts}))
			if test.under != nil {
				tree = test.under(tree)
			}
			e := explain("n.*", "n", tree)
			var b bytes.Buffer
			e.text(&b)
			const nobody = `No directory that can be asked knows who publishes "n". What subscriptions still hold is below.`
			if !strings.Contains(b.String(), nobody) || !strings.Contains(b.String(), test.want) {
				t.Errorf("got\n%swant\n%s", &b, test.want)
			}
			b.Reset()
			e.json(&b)
			var o explanationObject
			if err := json.Unmarshal(b.Bytes(), &o); err != nil || len(o.Subscriptions) != 1 || len(o.Subscriptions[0].Publications) != 1 {
				t.Fatalf("%v: %s", err, &b)
			}
			v := o.Subscriptions[0].Publications[0]
			if v.ID != wholeID(id(8, 1)) || v.Scope != "LAN" || v.Why != test.why || v.Away != test.away || v.Reason == "" {
				t.Errorf("got %+v", v)
			}
		})
	}
}

// Who did not answer may know of a publisher.
func TestExplainNobodyThatAnswered(t *testing.T) {
	tree := box(1, directory.Host, node.Known{})
	tree.Silent = true
	var b bytes.Buffer
	explain("n.*", "n", tree).text(&b)
	if !strings.Contains(b.String(), "No directory that answered knows who publishes \"n\".\n") {
		t.Errorf("got\n%s", &b)
	}
}
