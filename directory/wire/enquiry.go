package wire

import (
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// Enquiries and what is found.

func appendEnquire(b []byte, m *directory.Enquire) []byte {
	b = appendRoute(appendArray(b, 7), m.Route)
	b = appendRoute(b, m.To)
	b = appendUint(b, m.Number)
	b = appendUint(b, uint64(m.Topic))
	b = appendText(b, m.Name)
	b = appendText(b, m.Pattern)
	return appendMark(b, &m.After)
}

func enquire(c *cursor) (m directory.Enquire) {
	more := c.open(7)
	m.Route = route(c)
	m.To = route(c)
	m.Number = c.uint()
	m.Topic = directory.Topic(min(c.uint(), 255))
	m.Name = directory.Name(c.text(directory.MaxName))
	m.Pattern = directory.Pattern(c.text(MaxText))
	m.After = mark(c)
	c.shut(more)
	return m
}

func appendMark(b []byte, m *directory.Mark) []byte {
	b = appendText(appendArray(b, 3), m.Name)
	b = appendInt(b, int64(m.Stamp))
	return appendID(b, &m.ID)
}

func mark(c *cursor) (m directory.Mark) {
	more := c.open(3)
	m.Name = directory.Name(c.text(directory.MaxName))
	m.Stamp = directory.Stamp(c.int())
	m.ID = id(c)
	c.shut(more)
	return m
}

func appendFound(b []byte, m *directory.Found) []byte {
	b = appendRoute(appendArray(b, 10), m.Route)
	b = appendUint(b, m.Number)
	b = appendMark(b, &m.Next)
	b = appendBool(b, m.Gone)
	b = appendText(b, cut(m.Reason))
	b = appendArray(b, len(m.Claimants))
	for i := range m.Claimants {
		b = appendClaimant(b, &m.Claimants[i])
	}
	b = appendArray(b, len(m.Subscriptions))
	for i := range m.Subscriptions {
		b = appendInterest(b, &m.Subscriptions[i])
	}
	b = appendArray(b, len(m.Offers))
	for i := range m.Offers {
		b = appendPairing(b, &m.Offers[i])
	}
	b = appendArray(b, len(m.Efforts))
	for i := range m.Efforts {
		b = appendEffort(b, &m.Efforts[i])
	}
	b = appendArray(b, len(m.Usage))
	for i := range m.Usage {
		b = appendFigure(b, &m.Usage[i])
	}
	return b
}

func found(c *cursor) (m directory.Found) {
	more := c.open(10)
	m.Route = route(c)
	m.Number = c.uint()
	m.Next = mark(c)
	m.Gone = c.bool()
	m.Reason = string(c.text(MaxText))
	m.Claimants = several(c, MaxBatch, claimant)
	m.Subscriptions = several(c, MaxBatch, interest)
	m.Offers = several(c, MaxBatch, pairing)
	m.Efforts = several(c, MaxBatch, effort)
	m.Usage = several(c, MaxBatch, figure)
	c.shut(more)
	return m
}

func appendClaimant(b []byte, p *directory.Claimant) []byte {
	b = appendText(appendArray(b, 6), p.Name)
	b = appendID(b, &p.ID)
	b = appendUint(b, uint64(p.Scope))
	b = appendInt(b, int64(p.Stamp))
	b = appendUint(b, uint64(p.Actor))
	return appendBool(b, p.Holds)
}

func claimant(c *cursor) (p directory.Claimant) {
	more := c.open(6)
	p.Name = directory.Name(c.text(directory.MaxName))
	p.ID = id(c)
	p.Scope = scope(c)
	p.Stamp = directory.Stamp(c.int())
	p.Actor = transport.ActorID(c.uint())
	p.Holds = c.bool()
	c.shut(more)
	return p
}

func appendInterest(b []byte, i *directory.Interest) []byte {
	b = appendText(appendArray(b, 4), i.Pattern)
	b = appendID(b, &i.ID)
	b = appendUint(b, uint64(i.Scope))
	return appendUint(b, uint64(i.Actor))
}

func interest(c *cursor) (i directory.Interest) {
	more := c.open(4)
	i.Pattern = directory.Pattern(c.text(MaxText))
	i.ID = id(c)
	i.Scope = scope(c)
	i.Actor = transport.ActorID(c.uint())
	c.shut(more)
	return i
}

func appendPairing(b []byte, p *directory.Pairing) []byte {
	b = appendText(appendArray(b, 3), p.Name)
	b = appendID(b, &p.Publication)
	return appendID(b, &p.Subscription)
}

func pairing(c *cursor) (p directory.Pairing) {
	more := c.open(3)
	p.Name = directory.Name(c.text(directory.MaxName))
	p.Publication = id(c)
	p.Subscription = id(c)
	c.shut(more)
	return p
}

func appendEffort(b []byte, e *directory.Effort) []byte {
	b = appendID(appendArray(b, 5), &e.Subscription)
	b = appendText(b, e.Name)
	b = appendID(b, &e.Session)
	b = appendUint(b, uint64(e.Scope))
	b = appendArray(b, len(e.Prospects))
	for i := range e.Prospects {
		b = appendProspect(b, &e.Prospects[i])
	}
	return b
}

func effort(c *cursor) (e directory.Effort) {
	more := c.open(5)
	e.Subscription = id(c)
	e.Name = directory.Name(c.text(directory.MaxName))
	e.Session = id(c)
	e.Scope = directory.Scope(min(c.uint(), 255))
	if e.Scope != 0 && !e.Scope.Valid() {
		c.fail("there is no scope %d", uint8(e.Scope))
	}
	e.Prospects = several(c, MaxProspects, prospect)
	c.shut(more)
	return e
}

func appendProspect(b []byte, p *directory.Prospect) []byte {
	b = appendID(appendArray(b, 5), &p.Publication)
	b = appendUint(b, uint64(p.Scope))
	b = appendUint(b, uint64(p.State))
	b = appendUint(b, p.Failed)
	return appendText(b, p.Reason[:min(len(p.Reason), MaxFailure)])
}

func prospect(c *cursor) (p directory.Prospect) {
	more := c.open(5)
	p.Publication = id(c)
	p.Scope = scope(c)
	p.State = directory.ProspectState(min(c.uint(), 255))
	p.Failed = c.uint()
	p.Reason = string(c.text(MaxFailure))
	c.shut(more)
	return p
}

func appendFigure(b []byte, f *directory.Figure) []byte {
	b = appendText(appendArray(b, 3), f.Name)
	b = appendUint(b, f.Used)
	return appendUint(b, f.Most)
}

func figure(c *cursor) (f directory.Figure) {
	more := c.open(3)
	f.Name = string(c.text(MaxText))
	f.Used = c.uint()
	f.Most = c.uint()
	c.shut(more)
	return f
}
