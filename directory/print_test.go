package directory

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

// TestText shows the line of every message and of every effect.
func TestText(t *testing.T) {
	id := ID{transport.ProcessID{3: 1}, 4}
	who := transport.Address{Process: transport.ProcessID{3: 2}, Actor: 5}
	p := Publication{ID: id, Name: "a:b", Scope: LAN, Stamp: 7, Token: Token{0xee}, Actor: who}
	s := Subscription{id, "a:.*", LAN, who}
	key := SessionKey{LinkParty(2), 6}
	const name, pattern = Name("a:b"), Pattern("a:.*")
	lines := []struct {
		what any
		want string
	}{
		{Publish{p}, `publish "a:b"[LAN] 00000001.4 by 00000002:5`},
		{Unpublish{id}, `unpublish 00000001.4`},
		{Subscribe{s}, `subscribe "a:.*"[LAN] 00000001.4 by 00000002:5`},
		{Unsubscribe{id}, `unsubscribe 00000001.4`},
		{Published{id, name, LAN}, `published "a:b"[LAN] 00000001.4`},
		{NotPublished{id, name, LAN, "why"}, `not published "a:b"[LAN] 00000001.4: why`},
		{Standby{id, name, LAN}, `standby "a:b"[LAN] 00000001.4`},
		{Promoted{id, name, LAN}, `promoted "a:b"[LAN] 00000001.4`},
		{Unpublished{id, name}, `unpublished "a:b" 00000001.4`},
		{Subscribed{id, pattern, LAN}, `subscribed "a:.*"[LAN] 00000001.4`},
		{NotSubscribed{id, pattern, LAN, "why"}, `not subscribed "a:.*"[LAN] 00000001.4: why`},
		{Unsubscribed{id, pattern}, `unsubscribed "a:.*" 00000001.4`},
		{Claim{name, []Publication{p, p}, false}, `claim "a:b" for "a:b"[LAN] 00000001.4 by 00000002:5, "a:b"[LAN] 00000001.4 by 00000002:5`},
		{Claim{name, nil, true}, `claim "a:b" for nobody, asking`},
		{Held{name, LAN, ID{}, 0}, `held "a:b"[LAN] by its own`},
		{Held{name, LAN, id, 7}, `held "a:b"[LAN] by 00000001.4`},
		{Seek{s}, `seek "a:.*"[LAN] 00000001.4 by 00000002:5`},
		{Unseek{id}, `unseek 00000001.4`},
		{Offered{id, Host, true, true, []Publication{p}}, `offered to 00000001.4 at HOST, first, last: "a:b"[LAN] 00000001.4 by 00000002:5`},
		{Offered{id, Host, false, false, nil}, `offered to 00000001.4 at HOST: nobody`},
		{Offer{id, Host, p}, `offer to 00000001.4 at HOST: "a:b"[LAN] 00000001.4 by 00000002:5`},
		{Withdraw{id, Host, "a\nb"}, `withdraw from 00000001.4 at HOST: "a\nb"`},
		{Refused{"why"}, `refused: why`},
		{ChildUp{Process}, `child up at PROCESS`},
		{ParentUp{LAN}, `parent up at LAN`},
		{Gone{}, `gone`},
		{Resume{}, `resume`},
		{Open{6, id, Token{0xee}, Host, who}, `open session-6 of 00000001.4 at HOST for 00000002:5`},
		{Opening{Open{6, id, Token{0xee}, Host, who}, LAN}, `open session-6 of 00000001.4 at HOST for 00000002:5, from LAN`},
		{Ready{6}, `ready session-6`},
		{NotOpened{6, "why"}, `not opened session-6: why`},
		{Commit{6}, `commit session-6`},
		{Close{6, "why"}, `close session-6: why`},
		{Closed{6, "why"}, `closed session-6: why`},
		{Available{id, pattern, name, Host, who, SessionKey{0, 6}}, `available "a:b"[HOST] with 00000002:5, session-6 for 00000001.4`},
		{Delivered{id, name, Host, who, key}, `delivered "a:b"[HOST] with 00000002:5, session-6 of link-2 for 00000001.4`},
		{Dropped{id, pattern, name, Host, who, key, "why"}, `dropped "a:b"[HOST] with 00000002:5, session-6 of link-2 for 00000001.4: why`},
		{Lost{6, "why"}, `lost session-6: why`},
		{Linked{id.Origin}, `linked 00000001`},
		{Fired{Timer{TimerRetry, 8, 2}}, `fired retry-8, try 2`},

		{List{Route{id.Origin, who.Process}}, `list by 00000001/00000002`},
		{Describe{Route{id.Origin}}, `describe for 00000001`},
		{Listed{Route: Route{id.Origin}, Directory: Directory{Process: who.Process}, Children: make([]Directory, 3)}, `listed for 00000001: 00000002 with 3 children`},
		{Enquire{Route: Route{id.Origin}, To: Route{who.Process}, Number: 9, Topic: TopicNames}, `enquire names of 00000002 by 00000001, number 9`},
		{Found{Route: Route{id.Origin}, Number: 9, Claimants: []Claimant{{}}}, `found 1 for 00000001, number 9`},
		{Found{Route: Route{id.Origin}, Number: 9, Gone: true}, `found nobody for 00000001, number 9`},
		{Found{Route: Route{id.Origin}, Number: 9, Reason: "why"}, `found nothing for 00000001, number 9: why`},

		{Send{ActorParty(3), NotPublished{id, name, LAN, "why"}}, `send actor-3: not published "a:b"[LAN] 00000001.4: why`},
		{Dial{}, `dial`},
		{Refuse{LinkParty(2), "why"}, `refuse link-2: why`},
		{Continue{}, `continue`},
		{Continue{Full: true}, `continue when there is room`},
		{Connect{ActorParty(3), Open{6, id, Token{0xee}, Host, who}, p},
			`connect actor-3 to "a:b"[LAN] 00000001.4 by 00000002:5: open session-6 of 00000001.4 at HOST for 00000002:5`},
		{Prepare{ActorParty(3), key, who}, `prepare session-6 of link-2 for actor-3 with 00000002:5`},
		{Say{key, Ready{6}}, `say to link-2: ready session-6`},
		{Say{SessionKey{0, 6}, Commit{6}}, `say commit session-6`},
		{Release{key}, `release session-6 of link-2`},
		{Start{Timer{TimerOpen, 6, 0}}, `start open-6`},
		{Cancel{Timer{TimerClose, 6, 0}}, `cancel close-6`},
		{Consult{Self, Enquire{Topic: TopicOffers}}, `consult for self: enquire offers of  by , number 0`},
		{Inspect{LinkParty(2), Enquire{Topic: TopicSessions}}, `inspect for link-2: enquire sessions of  by , number 0`},
		{Listen{1, "h:0", "h:9", who}, `listen at h:0 as listener-1 at h:9 for 00000002:5`},
		{Unlisten{1}, `unlisten listener-1`},
		{Call{"h:9", "i:9", who}, `call h:9 at i:9 for 00000002:5`},
		{HangUp{LinkParty(2)}, `hang up link-2`},
		{Listening{1, "h:0", "h:9"}, `listening at h:9 for h:0, listener-1`},
		{NotListening{1, "h:0", "why"}, `not listening at h:0, listener-1: why`},
		{Accepted{"h:9", who, LinkParty(2)}, `accepted 00000002:5 at h:9 over link-2`},
		{Connected{"h:9", who, LinkParty(2)}, `connected to 00000002:5 at h:9 over link-2`},
		{NotConnected{"h:9", "why"}, `not connected to h:9: why`},
		{HungUp{who, LinkParty(2), "why"}, `hung up by 00000002:5 over link-2: why`},
		{Join{1, who}, `join session-1 for 00000002:5`},
		{Joined{1, who}, `joined session-1 by 00000002:5`},
		{Heard{1}, `heard the last of session-1`},
		{LinkIn{1}, `link in at listener-1`},
		{LinkOut{3}, `link out for call-3`},
		{Unreached{3, "why"}, `unreached by call-3: why`},
		{ListenerLost{1, "why"}, `lost listener-1: why`},
		{Ring{3, "h:9"}, `ring h:9 for call-3`},
		{Bind{LinkParty(2), 1, ActorParty(3), false, who}, `bind session-1 of link-2 for actor-3 with 00000002:5`},
		{Bind{LinkParty(2), 1, ActorParty(3), true, transport.Address{}}, `bind session-1 of link-2 for actor-3 with who listens there`},
		{Unbind{LinkParty(2)}, `unbind link-2`},
		{Part{LinkParty(2), "why"}, `part link-2: why`},

		{Measure{LinkParty(2), Enquire{Topic: TopicUsage}}, `measure for link-2: enquire usage of  by , number 0`},
	}
	shown := map[string]bool{}
	for _, l := range lines {
		shown[strings.TrimPrefix(fmt.Sprintf("%T", l.what), "directory.")] = true
		if s, ok := l.what.(fmt.Stringer); !ok || s.String() != l.want {
			t.Errorf("%T: got\n%v\nwant\n%s", l.what, s, l.want)
		}
	}

	// Every word of these files is above.
	marker := regexp.MustCompile(`(?m)^func \((\w+)\) (?:message|effect)\(\)`)
	for _, file := range []string{"message.go", "session.go", "survey.go", "enquiry.go", "connection.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range marker.FindAllStringSubmatch(string(source), -1) {
			if !shown[m[1]] {
				t.Errorf("%s: the line of %s is not shown here", file, m[1])
			}
		}
	}
}
