package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
)

func process(b byte) transport.ProcessID { return transport.ProcessID{b, b, b, b} }

// id is the nth registration of a process.
func id(b byte, n uint64) directory.ID { return directory.ID{Origin: process(b), Seq: n} }

// box is a directory of a tree, with what it knows.
func box(b byte, scope directory.Scope, known node.Known, children ...node.Tree) node.Tree {
	return node.Tree{
		Directory: directory.Directory{Process: process(b), Scope: scope, Executable: strings.ToLower(scope.String()), PID: int(b)},
		Known:     known, Children: children,
	}
}

// claimants are publications of "n" of those processes, the first of which holds;
// the stamp is the process's byte.
func claimants(scope directory.Scope, processes ...byte) (list []directory.Claimant) {
	for i, b := range processes {
		list = append(list, directory.Claimant{
			Name: "n", ID: id(b, 1), Scope: scope, Stamp: directory.Stamp(b), Actor: transport.ActorID(b), Holds: i == 0,
		})
	}
	return list
}

// interest is the subscription of process 9, by its actor 9.
func interest(scope directory.Scope) []directory.Interest {
	return []directory.Interest{{Pattern: "n.*", ID: id(9, 1), Scope: scope, Actor: 9}}
}

// efforts are those of that subscription.
func efforts(session directory.ID, at directory.Scope, prospects ...directory.Prospect) []directory.Effort {
	return []directory.Effort{{Subscription: id(9, 1), Name: "n", Session: session, Scope: at, Prospects: prospects}}
}

// R1, R3, R5, R8, R9, R10: each way in which a publication is used, or is not.
func TestExplain(t *testing.T) {
	const host, group, lan, proc = directory.Host, directory.Group, directory.LAN, directory.Process
	none := directory.ID{}
	used := func(b byte, at directory.Scope) []directory.Effort {
		return efforts(id(b, 1), at, directory.Prospect{Publication: id(b, 1), Scope: at, State: directory.InUse})
	}
	for _, test := range []struct {
		name string
		tree node.Tree
		want []string // publication, scope, why: words
	}{
		{
			"in use, and standing by",
			box(1, host, node.Known{Claimants: claimants(host, 3, 4), Subscriptions: interest(host)},
				box(3, proc, node.Known{Claimants: claimants(host, 3)}),
				box(4, proc, node.Known{Claimants: claimants(host, 4)}),
				box(9, proc, node.Known{Subscriptions: interest(host), Efforts: used(3, host)})),
			[]string{
				"session 03030303.1 HOST",
				"03030303.1 HOST, in use: it is used",
				"04040404.1 none, standing by: it stands by in [HOST] host (01010101) behind 03030303.1, which is older",
			},
		},
		{
			"offered further out",
			box(1, lan, node.Known{Claimants: claimants(lan, 3), Subscriptions: interest(lan)},
				box(2, host, node.Known{Claimants: claimants(lan, 4), Subscriptions: interest(lan)},
					box(4, proc, node.Known{Claimants: claimants(lan, 4)}),
					box(9, proc, node.Known{Subscriptions: interest(lan), Efforts: efforts(id(4, 1), host,
						directory.Prospect{Publication: id(4, 1), Scope: host, State: directory.InUse},
						directory.Prospect{Publication: id(3, 1), Scope: lan, State: directory.Spare})})),
				box(3, proc, node.Known{Claimants: claimants(lan, 3)})),
			[]string{
				"session 04040404.1 HOST",
				"03030303.1 LAN, outer scope: a nearer one goes before it",
				"04040404.1 HOST, in use: it is used",
			},
		},
		{
			"failed, and being tried",
			box(1, lan, node.Known{Claimants: claimants(lan, 3)},
				box(2, host, node.Known{Claimants: claimants(lan, 4)},
					box(4, proc, node.Known{Claimants: claimants(lan, 4)}),
					box(9, proc, node.Known{Subscriptions: interest(lan), Efforts: efforts(none, 0,
						directory.Prospect{Publication: id(4, 1), Scope: host, State: directory.Resting, Failed: 3, Reason: "connection refused"},
						directory.Prospect{Publication: id(3, 1), Scope: lan, State: directory.Trying})})),
				box(3, proc, node.Known{Claimants: claimants(lan, 3)})),
			[]string{
				"no session",
				"03030303.1 LAN, trying: a session with it is being prepared",
				"04040404.1 HOST, resting: it failed 3 times and will be tried again; the last attempt: connection refused",
			},
		},
		{
			"prepared for an upgrade",
			box(1, host, node.Known{Claimants: claimants(host, 3)},
				box(3, proc, node.Known{Claimants: claimants(host, 3)}),
				box(9, proc, node.Known{Subscriptions: interest(host), Efforts: efforts(id(8, 1), host,
					directory.Prospect{Publication: id(3, 1), Scope: host, State: directory.Prepared})})),
			[]string{
				"session 08080808.1 HOST",
				"03030303.1 HOST, trying: a session with it is prepared, and begins when the one before has ended",
				"08080808.1 HOST, kept: it is used, though it is not offered any more: only its two ends end a session",
			},
		},
		{
			"used, though withdrawn",
			box(1, host, node.Known{Claimants: claimants(host, 3, 4), Subscriptions: interest(host)},
				box(3, proc, node.Known{Claimants: claimants(host, 3)}),
				box(4, proc, node.Known{Claimants: claimants(host, 4)}),
				box(9, proc, node.Known{Subscriptions: interest(host), Efforts: efforts(id(4, 1), host,
					directory.Prospect{Publication: id(3, 1), Scope: host, State: directory.Resting, Failed: 1, Reason: "not ready in time"})})),
			[]string{
				"session 04040404.1 HOST",
				"03030303.1 HOST, resting: it failed once and will be tried again; the last attempt: not ready in time",
				"04040404.1 HOST, kept: it is used, though it is not offered any more: only its two ends end a session",
			},
		},
		{
			"the subscription does not reach",
			box(1, lan, node.Known{Claimants: claimants(lan, 3)},
				box(2, host, node.Known{Subscriptions: interest(host)},
					box(9, proc, node.Known{Subscriptions: interest(host)})),
				box(3, proc, node.Known{Claimants: claimants(lan, 3)})),
			[]string{
				"no session",
				"03030303.1 none, scope: they have no directory in common: the scope HOST of the subscription does not reach [LAN] lan (01010101), which is the nearest above both",
			},
		},
		{
			"the publication does not reach",
			box(1, host, node.Known{Subscriptions: interest(host)},
				box(2, group, node.Known{Claimants: claimants(group, 3)},
					box(3, proc, node.Known{Claimants: claimants(group, 3)})),
				box(9, proc, node.Known{Subscriptions: interest(host)})),
			[]string{
				"no session",
				"03030303.1 none, scope: they have no directory in common: the scope GROUP of the publication does not reach [HOST] host (01010101), which is the nearest above both",
			},
		},
		{
			"in two groups, and neither reaches",
			box(1, host, node.Known{},
				box(2, group, node.Known{Claimants: claimants(group, 3)},
					box(3, proc, node.Known{Claimants: claimants(group, 3)})),
				box(4, group, node.Known{Subscriptions: interest(group)},
					box(9, proc, node.Known{Subscriptions: interest(group)}))),
			[]string{
				"no session",
				"03030303.1 none, scope: they have no directory in common: the scope GROUP of the subscription" +
					" and the scope GROUP of the publication do not reach [HOST] host (01010101), which is the nearest above both",
			},
		},
		{
			"stands by further in, and holds where it is of no use",
			box(1, host, node.Known{Claimants: claimants(host, 4), Subscriptions: interest(host)},
				box(2, group, node.Known{Claimants: append(claimants(group, 3), directory.Claimant{
					Name: "n", ID: id(4, 1), Scope: host, Stamp: 4, Actor: 4}), Subscriptions: interest(host)},
					box(3, proc, node.Known{Claimants: claimants(group, 3)}),
					box(4, proc, node.Known{Claimants: claimants(host, 4)}),
					box(9, proc, node.Known{Subscriptions: interest(host), Efforts: used(3, group)}))),
			[]string{
				"session 03030303.1 GROUP",
				"03030303.1 GROUP, in use: it is used",
				"04040404.1 none, standing by: it stands by in [GROUP] group (02020202) behind 03030303.1, which is older" +
					"; it holds the name in [HOST] host (01010101), but there both come by the same branch, and are matched further in alone",
			},
		},
		{
			"the subscriber's own",
			box(1, host, node.Known{Claimants: claimants(host, 9), Subscriptions: interest(host)},
				box(9, proc, node.Known{Claimants: claimants(host, 9), Subscriptions: interest(host)})),
			[]string{
				"no session",
				"09090909.1 none, own: it is of the subscriber itself, and no actor is its own publisher",
			},
		},
		{
			"inside a process, whatever the scopes",
			box(1, host, node.Known{},
				box(9, proc, node.Known{
					Claimants:     []directory.Claimant{{Name: "n", ID: id(9, 2), Scope: proc, Stamp: 1, Actor: 8, Holds: true}},
					Subscriptions: interest(proc),
					Offers:        []directory.Pairing{{Name: "n", Publication: id(9, 2), Subscription: id(9, 1)}},
				})),
			[]string{
				"no session",
				"09090909.2 none, undecided: [PROCESS] process (09090909) offers it, and nothing has come of that yet",
			},
		},
		{
			"the publisher's process has left",
			box(1, host, node.Known{Claimants: claimants(host, 3), Subscriptions: interest(host)},
				box(9, proc, node.Known{Subscriptions: interest(host)})),
			[]string{"no session", "03030303.1 none, gone: its process is not in the tree any more"},
		},
		{
			"the subscriber's process has left",
			box(1, host, node.Known{Claimants: claimants(host, 3), Subscriptions: interest(host)},
				box(3, proc, node.Known{Claimants: claimants(host, 3)})),
			[]string{"no session", "03030303.1 none, gone: the process of the subscription is not in the tree any more"},
		},
		{
			"the subscriber's process is silent",
			box(1, host, node.Known{Claimants: claimants(host, 3), Subscriptions: interest(host)},
				box(3, proc, node.Known{Claimants: claimants(host, 3)}),
				node.Tree{Directory: directory.Directory{Process: process(9), Scope: proc, Executable: "frozen"}, Silent: true}),
			[]string{"no session", "03030303.1 none, unanswered: the process of the subscription did not answer", "silent [PROCESS] frozen (09090909)"},
		},
		{
			"not heard of yet",
			box(1, host, node.Known{Subscriptions: interest(host)},
				box(3, proc, node.Known{Claimants: claimants(host, 3)}),
				box(9, proc, node.Known{Subscriptions: interest(host)})),
			[]string{"no session", "03030303.1 none, not offered: [HOST] host (01010101) has not matched them yet"},
		},
		{"nobody", box(1, host, node.Known{}), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := explain("n.*", "n", test.tree)
			var got []string
			for _, s := range e.Subscriptions {
				if s.Session == none {
					got = append(got, "no session")
				} else {
					got = append(got, "session "+s.Session.String()+" "+s.At.String())
				}
				for _, v := range s.Verdicts {
					scope := "none"
					if v.Scope != 0 {
						scope = v.Scope.String()
					}
					got = append(got, v.Publication.String()+" "+scope+", "+string(v.Why)+": "+v.Words)
				}
			}
			for _, p := range e.Silent {
				got = append(got, "silent "+p.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplainInWords(t *testing.T) {
	tree := box(1, directory.Host, node.Known{Claimants: claimants(directory.Host, 3, 4), Subscriptions: interest(directory.Host)},
		box(3, directory.Process, node.Known{Claimants: claimants(directory.Host, 3)}),
		box(4, directory.Process, node.Known{Claimants: claimants(directory.Host, 4)}),
		box(9, directory.Process, node.Known{Subscriptions: interest(directory.Host), Efforts: efforts(id(3, 1), directory.Host,
			directory.Prospect{Publication: id(3, 1), Scope: directory.Host, State: directory.InUse})}))
	tree.Children[1].Role = "worker-1\x1b"
	var b bytes.Buffer
	explain("n.*", "n", tree).text(&b)
	const want = `The pattern "n.*" matches the name "n".

"n" is published, the oldest first, by
    03030303.1  [PROCESS] process (03030303) <3>, actor 3, scope HOST
    04040404.1  [PROCESS] process (04040404) worker-1? <4>, actor 4, scope HOST

The directories that know it:
    [HOST] host (01010101): held by 03030303.1; standing by: 04040404.1
    [PROCESS] process (03030303): held by 03030303.1
    [PROCESS] process (04040404): held by 04040404.1

"n.*" is subscribed to by
    09090909.1  [PROCESS] process (09090909) <9>, actor 9, scope HOST
        has a session with 03030303.1, matched at HOST
        03030303.1  offered at HOST: it is used
        04040404.1  not offered: it stands by in [HOST] host (01010101) behind 03030303.1, which is older
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Reset()
	explain("m", "n", node.Tree{}).text(&b)
	if got, want := b.String(), "The pattern \"m\" does not match the name \"n\".\nNobody publishes \"n\".\n\nNobody subscribes to \"m\".\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Reset()
	explain("n.*", "n", tree).json(&b)
	var o explanationObject
	if err := json.Unmarshal(b.Bytes(), &o); err != nil || o.Sessions != 1 || !o.Matches ||
		o.Subscriptions[0].Session.Publication != "03030303-0000-0000-0000-000000000000.1" ||
		o.Subscriptions[0].Publications[1].Why != "standing by" || o.Publications[1].In.PID != 4 {
		t.Errorf("%v: %s", err, &b)
	}
}

// A pattern that does not match explains itself.
func TestExplainNoMatch(t *testing.T) {
	tree := box(1, directory.Host, node.Known{Claimants: claimants(directory.Host, 3), Subscriptions: interest(directory.Host)},
		box(3, directory.Process, node.Known{}), box(9, directory.Process, node.Known{}))
	e := explain("m.*", "n", tree)
	if v := e.Subscriptions[0].Verdicts[0]; e.Matches || v.Why != noMatch {
		t.Errorf("got %v", e)
	}
}
