package wire

import (
	"fmt"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// Append appends the body of msg to b and returns its kind. It panics if msg is
// none of the messages that travel.
func Append(b []byte, msg directory.Message) ([]byte, transport.Kind) {
	switch m := msg.(type) {
	case directory.Claim:
		b = appendText(appendArray(b, 3), m.Name)
		b = appendPublications(b, m.Claimants)
		return appendBool(b, m.Ask), KindClaim
	case directory.Seek:
		b = appendID(appendArray(b, 4), &m.ID)
		b = appendText(b, m.Pattern)
		b = appendUint(b, uint64(m.Scope))
		return appendAddress(b, &m.Actor), KindSeek
	case directory.Unseek:
		return appendID(appendArray(b, 1), &m.ID), KindUnseek
	case directory.Offered:
		b = appendID(appendArray(b, 5), &m.Subscription)
		b = appendUint(b, uint64(m.Scope))
		b = appendBool(appendBool(b, m.First), m.Last)
		return appendPublications(b, m.Offers), KindOffered
	case directory.Offer:
		b = appendID(appendArray(b, 3), &m.Subscription)
		b = appendUint(b, uint64(m.Scope))
		return appendPublication(b, &m.Publication), KindOffer
	case directory.Withdraw:
		b = appendID(appendArray(b, 3), &m.Subscription)
		b = appendUint(b, uint64(m.Scope))
		return appendText(b, m.Name), KindWithdraw
	case directory.Held:
		b = appendText(appendArray(b, 4), m.Name)
		b = appendUint(b, uint64(m.Scope))
		b = appendID(b, &m.Holder)
		return appendInt(b, int64(m.Stamp)), KindHeld
	case directory.Open:
		b = appendUint(appendArray(b, 5), uint64(m.Session))
		b = appendID(b, &m.Publication)
		b = append16(b, (*[16]byte)(&m.Token))
		b = appendUint(b, uint64(m.Scope))
		return appendAddress(b, &m.Subscriber), KindOpen
	case directory.Ready:
		return appendUint(appendArray(b, 1), uint64(m.Session)), KindReady
	case directory.NotOpened:
		return appendEnd(b, m.Session, m.Reason), KindNotOpened
	case directory.Commit:
		return appendUint(appendArray(b, 1), uint64(m.Session)), KindCommit
	case directory.Close:
		return appendEnd(b, m.Session, m.Reason), KindClose
	case directory.Closed:
		return appendEnd(b, m.Session, m.Reason), KindClosed
	case directory.Join:
		return appendJoin(b, m.Session, &m.Actor), KindJoin
	case directory.Joined:
		return appendJoin(b, m.Session, &m.Actor), KindJoined
	case directory.Heard:
		return appendUint(appendArray(b, 1), uint64(m.Session)), KindHeard
	case directory.List:
		return appendRoute(appendArray(b, 1), m.Route), KindList
	case directory.Describe:
		return appendRoute(appendArray(b, 1), m.Route), KindDescribe
	case directory.Listed:
		b = appendRoute(appendArray(b, 4), m.Route)
		b = appendDirectory(b, &m.Directory)
		b = appendArray(b, len(m.Children))
		for i := range m.Children {
			b = appendDirectory(b, &m.Children[i])
		}
		return appendBool(b, m.Last), KindListed
	case directory.Enquire:
		return appendEnquire(b, &m), KindEnquire
	case directory.Found:
		return appendFound(b, &m), KindFound
	case directory.Refused:
		return appendText(appendArray(b, 1), cut(m.Reason)), KindRefused
	}
	panic(fmt.Sprintf("directory/wire: %T does not travel", msg))
}

func appendEnd(b []byte, id directory.SessionID, reason string) []byte {
	return appendText(appendUint(appendArray(b, 2), uint64(id)), cut(reason))
}

func appendJoin(b []byte, id directory.SessionID, actor *transport.Address) []byte {
	return appendAddress(appendUint(appendArray(b, 2), uint64(id)), actor)
}

// cut shortens a text that is only for people to what a frame may have.
func cut(s string) string { return s[:min(len(s), MaxText)] }

func appendPublications(b []byte, list []directory.Publication) []byte {
	b = appendArray(b, len(list))
	for i := range list {
		b = appendPublication(b, &list[i])
	}
	return b
}

func appendPublication(b []byte, p *directory.Publication) []byte {
	b = appendID(appendArray(b, 7), &p.ID)
	b = appendText(b, p.Name)
	b = appendUint(b, uint64(p.Scope))
	b = appendInt(b, int64(p.Stamp))
	b = append16(b, (*[16]byte)(&p.Token))
	b = appendAddress(b, &p.Actor)
	b = appendArray(b, len(p.Endpoints))
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		b = appendUint(appendArray(b, 2), uint64(e.Scope))
		b = appendText(b, e.Address)
	}
	return b
}

func appendDirectory(b []byte, d *directory.Directory) []byte {
	b = append16(appendArray(b, 6), (*[16]byte)(&d.Process))
	b = appendUint(b, uint64(d.Scope))
	b = appendText(b, cut(d.Executable))
	b = appendText(b, cut(d.Role))
	b = appendUint(b, uint64(d.PID))
	return appendText(b, cut(d.Listens))
}

func appendRoute(b []byte, r directory.Route) []byte {
	b = appendArray(b, len(r))
	for i := range r {
		b = append16(b, (*[16]byte)(&r[i]))
	}
	return b
}

func appendID(b []byte, id *directory.ID) []byte {
	b = append16(appendArray(b, 2), (*[16]byte)(&id.Origin))
	return appendUint(b, id.Seq)
}

func appendAddress(b []byte, a *transport.Address) []byte {
	return a.Append(append(b, bin8, transport.AddressSize))
}
