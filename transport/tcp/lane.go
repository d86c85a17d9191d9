package tcp

import "github.com/layer-cake/layer-cake/transport"

// A lane is a part of a link with an order of its own. One that has nothing to say
// is these few words and nothing else; who forgets it has ended it.
type lane struct {
	link    *link
	queue   queue
	next    *lane // in the list it is in
	deficit int32 // how much it may still take out in this round; see schedule
	listed  bool
}

// Send is like that of the link.
func (l *lane) Send(kind transport.Kind, body []byte) error { return l.link.send(l, kind, body) }

// Lane returns a new lane.
func (l *link) Lane() transport.Lane { return &lane{link: l} }

// lanes is a list of lanes.
type lanes struct{ head, tail *lane }

func (s *lanes) push(l *lane) {
	if s.tail == nil {
		s.head = l
	} else {
		s.tail.next = l
	}
	s.tail = l
}

func (s *lanes) pop() *lane {
	l := s.head
	s.head = l.next
	if s.head == nil {
		s.tail = nil
	}
	l.next = nil
	return l
}
