package directory

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/layer-cake/layer-cake/directory/internal/match"
	"github.com/layer-cake/layer-cake/transport"
)

// A Name is what a publication is known by: 1 to 255 bytes of UTF-8 without
// control characters, by convention fields joined by colons (R2).
type Name string

// MaxName is the length of the longest name, in bytes.
const MaxName = 255

// Check returns what is wrong with n, or "".
func (n Name) Check() string {
	switch {
	case n == "":
		return "the name is empty"
	case len(n) > MaxName:
		return fmt.Sprintf("the name has %d bytes, at most %d are allowed", len(n), MaxName)
	case !utf8.ValidString(string(n)):
		return "the name is not valid UTF-8"
	case strings.ContainsFunc(string(n), control):
		return "the name has a control character"
	}
	return ""
}

func control(r rune) bool { return r < 0x20 || 0x7f <= r && r < 0xa0 }

// A Pattern is an RE2 expression that must match a whole name (R2).
type Pattern string

// Check returns what is wrong with p, or "".
func (p Pattern) Check() string {
	if _, err := match.Compile(string(p)); err != nil {
		return err.Error()
	}
	return ""
}

// Matches reports whether p matches the whole of n. A pattern that Check refuses
// matches nothing.
func (p Pattern) Matches(n Name) bool {
	compiled, err := match.Compile(string(p))
	return err == nil && compiled.Match(string(n))
}

// Wide reports whether p, which is well formed, says nothing of how a name begins.
func (p Pattern) Wide() bool {
	c, err := match.Compile(string(p))
	return err == nil && c.Prefix() == ""
}

// An ID is the identity of a registration: the process that made it and a
// serial number there. The zero ID is none.
type ID struct {
	Origin transport.ProcessID
	Seq    uint64
}

// String returns the form that logs show: 9e7db6d6.3.
func (id ID) String() string { return fmt.Sprintf("%s.%d", id.Origin.Short(), id.Seq) }

// Compare orders identities: where stamps are equal, and where effects need one order.
func (id ID) Compare(other ID) int {
	return cmp.Or(bytes.Compare(id.Origin[:], other.Origin[:]), cmp.Compare(id.Seq, other.Seq))
}

// Less reports whether id goes before other in that order.
func (id ID) Less(other ID) bool { return id.Compare(other) < 0 }

// A Stamp is the age of a publication: nanoseconds since 1970 by the clock of
// its machine, given once at Publish (R3).
type Stamp int64

// A Token is the secret of a publication: who shows it was sent by a directory (R16).
type Token [16]byte

// An Endpoint is where the process of a publication takes links.
type Endpoint struct {
	Scope   Scope  // LAN for the socket on the LAN address, else Host
	Address string // host:port
}

// A Publication is one actor under one name. It never changes.
type Publication struct {
	ID        ID
	Name      Name
	Scope     Scope
	Stamp     Stamp
	Token     Token
	Actor     transport.Address
	Endpoints []Endpoint // empty if Scope is Process or inner
}

// Place is where the process of p is dialled when a directory of that scope offered
// it, host:port: empty if it cannot be reached from there.
func (p Publication) Place(offered Scope) string {
	want := Host
	if offered <= LAN {
		want = LAN
	}
	for _, e := range p.Endpoints {
		if e.Scope == want {
			return e.Address
		}
	}
	return ""
}

// Older reports whether p goes before q where both claim one name (R3).
func (p Publication) Older(q Publication) bool { return p.age().before(q.age()) }

func (p *Publication) age() age { return age{p.Stamp, p.ID} }

// An age orders those who claim one name: the one with the earlier stamp is older,
// of one stamp the one with the lesser identity (R3).
type age struct {
	stamp Stamp
	id    ID
}

func (a age) before(b age) bool {
	if a.stamp != b.stamp {
		return a.stamp < b.stamp
	}
	return a.id.Less(b.id)
}

func (p Publication) String() string {
	return fmt.Sprintf("%q[%v] %v by %v", string(p.Name), p.Scope, p.ID, p.Actor)
}

// A Subscription is one actor's interest in the names that a pattern matches.
type Subscription struct {
	ID      ID
	Pattern Pattern
	Scope   Scope
	Actor   transport.Address
}

func (s Subscription) String() string {
	return fmt.Sprintf("%q[%v] %v by %v", string(s.Pattern), s.Scope, s.ID, s.Actor)
}

// A Party is whoever says something to a machine and hears from it: an actor of
// this process or a link. It is opaque to the machines; zero is nobody.
type Party uint64

// ActorParty returns the party of an actor of this process.
func ActorParty(a transport.ActorID) Party { return Party(a)<<1 | 1 }

// LinkParty returns the party of the nth link, from 1.
func LinkParty(n uint64) Party { return Party(n) << 1 }

// Actor returns the actor of this process that p is.
func (p Party) Actor() (transport.ActorID, bool) { return transport.ActorID(p >> 1), p&1 == 1 }

// String returns actor-7, link-3, self or nobody.
func (p Party) String() string {
	switch {
	case p == 0:
		return "nobody"
	case p == Self:
		return "self"
	case p&1 == 1:
		return fmt.Sprintf("actor-%d", p>>1)
	}
	return fmt.Sprintf("link-%d", p>>1)
}
