package wire

import (
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A Decoder reads the frames of one link. The zero Decoder is ready. It is for one
// goroutine.
//
// What it returns keeps no part of a body. Messages share what is equal: a claim
// has its name once, and publications of one process have one list of endpoints
// between them, which nobody may change.
type Decoder struct {
	endpoints endpoints
}

// Decode returns the message of a frame. The error is a *transport.FrameError.
// It checks the structure of body before it decodes anything.
func (d *Decoder) Decode(kind transport.Kind, body []byte) (directory.Message, error) {
	c := newCursor(body)
	msg := d.message(&c, kind)
	if c.err != nil {
		return nil, &transport.FrameError{Kind: kind, Reason: c.err.Error()}
	}
	return msg, nil
}

// message reads the message of a kind. If c has failed it makes no sense.
func (d *Decoder) message(c *cursor, kind transport.Kind) directory.Message {
	switch kind {
	case KindClaim:
		return d.claim(c)
	case KindSeek:
		more := c.open(4)
		var m directory.Seek
		m.ID = id(c)
		m.Pattern = directory.Pattern(c.text(MaxText))
		m.Scope = scope(c)
		m.Actor = address(c)
		c.shut(more)
		return m
	case KindUnseek:
		more := c.open(1)
		m := directory.Unseek{ID: id(c)}
		c.shut(more)
		return m
	case KindOffered:
		more := c.open(5)
		m := directory.Offered{Subscription: id(c), Scope: scope(c), First: c.bool(), Last: c.bool()}
		m.Offers = d.publications(c, MaxBatch, "")
		c.shut(more)
		return m
	case KindOffer:
		more := c.open(3)
		m := directory.Offer{Subscription: id(c), Scope: scope(c)}
		d.publication(c, &m.Publication, "")
		c.shut(more)
		return m
	case KindWithdraw:
		more := c.open(3)
		m := directory.Withdraw{Subscription: id(c), Scope: scope(c), Name: directory.Name(c.text(directory.MaxName))}
		c.shut(more)
		return m
	case KindHeld:
		more := c.open(4)
		m := directory.Held{Name: directory.Name(c.text(directory.MaxName)), Scope: scope(c), Holder: id(c)}
		m.Stamp = directory.Stamp(c.int())
		c.shut(more)
		return m
	case KindOpen:
		more := c.open(5)
		m := directory.Open{Session: session(c), Publication: id(c), Token: c.fixed16(), Scope: scope(c), Subscriber: address(c)}
		c.shut(more)
		return m
	case KindReady:
		more := c.open(1)
		m := directory.Ready{Session: session(c)}
		c.shut(more)
		return m
	case KindNotOpened:
		more := c.open(2)
		m := directory.NotOpened{Session: session(c), Reason: string(c.text(MaxText))}
		c.shut(more)
		return m
	case KindCommit:
		more := c.open(1)
		m := directory.Commit{Session: session(c)}
		c.shut(more)
		return m
	case KindClose:
		more := c.open(2)
		m := directory.Close{Session: session(c), Reason: string(c.text(MaxText))}
		c.shut(more)
		return m
	case KindClosed:
		more := c.open(2)
		m := directory.Closed{Session: session(c), Reason: string(c.text(MaxText))}
		c.shut(more)
		return m
	case KindJoin:
		more := c.open(2)
		m := directory.Join{Session: session(c), Actor: address(c)}
		c.shut(more)
		return m
	case KindJoined:
		more := c.open(2)
		m := directory.Joined{Session: session(c), Actor: address(c)}
		c.shut(more)
		return m
	case KindHeard:
		more := c.open(1)
		m := directory.Heard{Session: session(c)}
		c.shut(more)
		return m
	case KindList:
		more := c.open(1)
		m := directory.List{Route: route(c)}
		c.shut(more)
		return m
	case KindDescribe:
		more := c.open(1)
		m := directory.Describe{Route: route(c)}
		c.shut(more)
		return m
	case KindListed:
		more := c.open(4)
		m := directory.Listed{Route: route(c), Directory: ofDirectory(c)}
		m.Children = several(c, MaxBatch, ofDirectory)
		m.Last = c.bool()
		c.shut(more)
		return m
	case KindEnquire:
		return enquire(c)
	case KindFound:
		return found(c)
	case KindRefused:
		more := c.open(1)
		m := directory.Refused{Reason: string(c.text(MaxText))}
		c.shut(more)
		return m
	}
	c.fail("there is no such kind")
	return nil
}

func (d *Decoder) claim(c *cursor) directory.Message {
	more := c.open(3)
	m := directory.Claim{Name: directory.Name(c.text(directory.MaxName))}
	m.Claimants = d.publications(c, directory.MaxClaimants, m.Name)
	m.Ask = c.bool()
	c.shut(more)
	return m
}

// publications reads a list of publications, most of which may be of that name.
func (d *Decoder) publications(c *cursor, most int, name directory.Name) []directory.Publication {
	n := c.count(most)
	if n == 0 {
		return nil
	}
	list := make([]directory.Publication, n)
	for i := range list {
		d.publication(c, &list[i], name)
	}
	return list
}

// publication reads a publication, which may be of that name.
func (d *Decoder) publication(c *cursor, p *directory.Publication, name directory.Name) {
	more := c.open(7)
	p.ID = id(c)
	if text := c.text(directory.MaxName); string(text) == string(name) {
		p.Name = name
	} else {
		p.Name = directory.Name(text)
	}
	p.Scope = scope(c)
	p.Stamp = directory.Stamp(c.int())
	p.Token = c.fixed16()
	p.Actor = address(c)
	p.Endpoints = d.endpoints.read(c, p.ID.Origin)
	c.shut(more)
}

func ofDirectory(c *cursor) (info directory.Directory) {
	more := c.open(6)
	info.Process = c.fixed16()
	info.Scope = scope(c)
	info.Executable = string(c.text(MaxText))
	info.Role = string(c.text(MaxText))
	info.PID = int(c.uint() & (1<<31 - 1))
	info.Listens = string(c.text(MaxText))
	c.shut(more)
	return info
}

// several reads a list of at most most elements.
func several[T any](c *cursor, most int, read func(*cursor) T) []T {
	n := c.count(most)
	if n == 0 {
		return nil
	}
	all := make([]T, n)
	for i := range all {
		all[i] = read(c)
	}
	return all
}

func route(c *cursor) directory.Route {
	n := c.count(directory.MaxRoute)
	if n == 0 {
		return nil
	}
	r := make(directory.Route, n)
	for i := range r {
		r[i] = c.fixed16()
	}
	return r
}

func id(c *cursor) (id directory.ID) {
	more := c.open(2)
	id.Origin = c.fixed16()
	id.Seq = c.uint()
	c.shut(more)
	return id
}

func address(c *cursor) (a transport.Address) {
	if b := c.fixed(transport.AddressSize); b != nil {
		a = transport.AddressOf([transport.AddressSize]byte(b))
	}
	return a
}

func scope(c *cursor) directory.Scope {
	s := directory.Scope(min(c.uint(), 255))
	if !s.Valid() {
		c.fail("there is no scope %d", uint8(s))
	}
	return s
}

func session(c *cursor) directory.SessionID { return directory.SessionID(c.uint()) }
