package node

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// A relation says what the other end of a link is to this directory.
type relation uint8

const (
	toPeer relation = iota
	toParent
	toChild
	toCaller   // who connects to an actor that listens here
	toListener // who has an actor that listens
)

// A link is one that the node uses: the transport's, and what the two ends have
// agreed on over it.
type link struct {
	transport.Link
	n        *Node
	party    directory.Party // set by linkUp
	relation relation
	greeting dirwire.Greeting
	reach    directory.Scope // how far away the other end may be
	gone     chan struct{}   // closed when it is lost, and the node knows
	reason   error           // why; set before gone is closed
	lost     atomic.Bool     // it is
	asked    atomic.Bool     // a request went over it
	ways     int             // processes that it leads to; guarded by routes
	waysFull bool            // the log says that there were too many; likewise
	way      Way             // it, to who asks
	retiring bool            // it is to be closed soon; the node's
	refused  bool            // it broke a rule; the node's
	words    source          // what it said and the node has not heard
	attempts attempts        // at sessions; the node's

	door       directory.ListenerID // at which it came in, toCaller
	call       directory.CallID     // for which it was dialled, toListener
	connection *Session             // that it is for, also when that is over; the node's

	types      outgoing
	known      incoming
	decoder    dirwire.Decoder         // the reader's
	passed     func(transport.Address) // is told of each address that comes
	sessions   ends
	watches    watches           // guarded by Node.watching
	recent     [16]recent        // the reader's
	sleepers   wakers            // the reader's
	out        outflow           // of what is in no session
	in         inflow            // likewise
	wholes     atomic.Uint64     // messages sent in parts
	parts      map[uint64]*whole // those that come; the reader's
	assembling int               // bytes of them, as they were announced; the reader's
	reserved   atomic.Int64      // bytes that wait for credit, in all sessions
	held       atomic.Int64      // bytes that came and were not taken
	reported   atomic.Int64      // of them, those that the process knows of
	losses     atomic.Uint64     // messages that nobody could be told of
	withheld   atomic.Uint64     // messages that nobody was told of, for there were too many
	allowance  allowance         // of such words
}

func (n *Node) newLink(t transport.Link) (*link, error) {
	g, err := dirwire.ParseGreeting(t.Peer().Body)
	if err != nil {
		return nil, fmt.Errorf("greeting: %w", err)
	}
	if g.Directory.Process != t.Peer().Process {
		return nil, fmt.Errorf("greeting: it is of process %v, the hello of %v", g.Directory.Process, t.Peer().Process)
	}
	l := &link{
		Link:     t,
		n:        n,
		greeting: g,
		reach:    reach(t),
		gone:     make(chan struct{}),
		sessions: newEnds(),
		parts:    make(map[uint64]*whole),
	}
	l.passed = func(a transport.Address) { n.routes.came(a.Process, l) }
	l.out.open(wire.LinkWindow)
	l.in.link = l
	l.way.link = l
	n.inbox.adopt(&l.words)
	return l, nil
}

// reach is Host for a link whose other end is on this machine beyond doubt, else
// LAN. A transport that is no network names places instead of IP addresses.
func reach(t transport.Link) directory.Scope {
	remote, err := netip.ParseAddrPort(t.Remote())
	if err == nil && remote.Addr().IsLoopback() || err != nil && place(t.Remote()) == place(t.Local()) {
		return directory.Host
	}
	return directory.LAN
}

func place(address string) string {
	host, _, _ := strings.Cut(address, ":")
	return host
}

func (l *link) process() transport.ProcessID { return l.Peer().Process }

// name is what logs say of the other end.
func (l *link) name() string {
	return fmt.Sprintf("%s (%s)", l.greeting.Directory.Executable, l.process().Short())
}

// say sends a control frame. A link that cannot take it, because the peer is so
// slow that the queue is full, is cut off: the peer will hear everything again
// when it comes back.
func (l *link) say(msg directory.Message) {
	var s *Session // of which it is the last word
	switch msg := msg.(type) {
	case directory.Close:
		s = l.sessions.lastWord(end{true, msg.Session})
	case directory.Closed:
		s = l.sessions.lastWord(end{false, msg.Session})
	}
	body, kind := dirwire.Append(l.n.frame[:0], msg)
	l.n.frame = body // Send keeps no reference
	var err error
	if s != nil {
		err = s.out.finish(l, kind, body)
	} else {
		err = l.Send(kind, body)
	}
	if err != nil && err != transport.ErrClosed {
		l.n.log.Warn("link closed", "peer", l.name(), "frame", msg, "reason", err)
		l.Close(err)
	}
}

// linkUp makes a link a party.
func (n *Node) linkUp(l *link) {
	n.lastLink++
	l.party = directory.LinkParty(n.lastLink)
	n.links[l.party] = l
	n.routes.add(l)
	switch l.relation {
	case toParent:
		n.survey.ParentUp(l.party)
		n.do(n.machine.Step(l.party, directory.ParentUp{Scope: l.greeting.Directory.Scope}))
	case toChild:
		n.survey.ChildUp(l.party, l.greeting.Directory)
		n.do(n.machine.Step(l.party, directory.ChildUp{Scope: l.greeting.Directory.Scope}))
	case toCaller:
		n.do(n.switchboard.Step(l.party, directory.LinkIn{Listener: l.door}))
	case toListener:
		n.do(n.switchboard.Step(l.party, directory.LinkOut{Call: l.call}))
	}
	n.log.Debug("link up", "peer", l.name(), "remote", l.Remote())
	n.settle() // what the first frame finds
	l.Start(l)
	if l.connects() {
		return
	}
	n.do(n.resolver.Step(l.party, directory.Linked{Process: l.process()}))
	for _, other := range n.routes.all(l.process()) {
		n.retire(other)
	}
}

// Lost is called by the transport, once.
func (l *link) Lost(reason error) {
	l.reason = reason
	l.lost.Store(true)
	l.n.admission.leave(l.to())
	l.out.abandon(l)
	l.dropParts()
	l.report()
	l.endWatches()
	if !l.n.hear(&l.words, word{do: func() { l.n.linkDown(l) }}) {
		close(l.gone)
	}
	if l.asked.Load() {
		l.n.Actors.WayLost(&l.way)
	}
}

func (n *Node) linkDown(l *link) {
	delete(n.links, l.party)
	n.routes.remove(l)
	n.survey.Gone(l.party)
	level := slog.LevelDebug
	if errors.Is(l.reason, transport.ErrProtocol) {
		level = slog.LevelWarn
	}
	n.log.Log(n.ctx, level, "link lost", "peer", l.name(), "remote", l.Remote(), "reason", l.reason)
	reason := lostLink(l.reason)
	if l.connects() {
		if s := l.connection; s != nil {
			s.out.lost(l) // a last word that still waited
		}
		n.do(n.switchboard.Step(l.party, directory.Lost{Reason: reason}))
	}
	for _, id := range l.sessions.ownIDs() {
		n.do(n.resolver.Step(0, directory.Lost{Session: id, Reason: reason}))
	}
	n.do(n.acceptor.Step(l.party, directory.Gone{}))
	n.do(n.machine.Step(l.party, directory.Gone{}))
	n.settle() // what waited in its sessions cannot be given back any more
	l.countLosses()
	close(l.gone) // now others may dial anew
}

// Received takes one frame, on the reader's goroutine: what is between actors
// goes straight to them, the rest to the node. An error closes the link.
func (l *link) Received(kind transport.Kind, body []byte) error {
	l.sleepers.heed()
	return l.received(kind, body)
}

func (l *link) received(kind transport.Kind, body []byte) error {
	switch kind {
	case wire.Type:
		return l.learn(body)
	case wire.Message:
		size := cost(len(body))
		if err := l.in.receive(kind, size); err != nil {
			return err
		}
		return l.message(body, Due{&l.in, int32(size)}, nil)
	case wire.DataOut, wire.DataBack:
		return l.data(kind, body, Due{}, nil)
	case wire.Credit:
		return l.credit(body)
	case wire.Part:
		return l.part(body)
	case wire.Undelivered:
		return l.undelivered(body)
	case wire.Watch:
		return l.watch(body)
	case wire.Unwatch:
		return l.unwatch(body)
	case wire.Ended:
		return l.ended(body)
	}
	msg, err := l.decoder.Decode(kind, body)
	if err != nil {
		return err
	}
	if m, ok := msg.(directory.Joined); ok && l.relation == toListener {
		if err := l.meets(m); err != nil {
			return err
		}
	}
	l.sleepers.wake() // to be heard may take its time
	l.n.hear(&l.words, word{link: l, msg: msg})
	return nil
}

// heard hands what a link said to the machine that it is for.
func (n *Node) heard(l *link, msg directory.Message) {
	if l.connects() {
		n.heardConnection(l, msg)
		return
	}
	switch msg := msg.(type) {
	case directory.Open:
		if msg.Subscriber.Process != l.process() {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it opens a session for an actor of another process"}})
			return
		}
		n.do(n.acceptor.Step(l.party, directory.Opening{Open: msg, Reach: l.reach}))
	case directory.Close:
		l.sessions.heardLast(end{false, msg.Session})
		n.do(n.acceptor.Step(l.party, msg))
	case directory.Commit:
		n.do(n.acceptor.Step(l.party, msg))
	case directory.Closed:
		live := l.sessions.hasOwn(msg.Session)
		if l.sessions.heardLast(end{true, msg.Session}) {
			// The publisher waits for it: what was sent before it comes back.
			n.do([]directory.Effect{directory.Say{Key: directory.SessionKey{ID: msg.Session}, Message: directory.Close(msg)}})
		}
		if live {
			n.do(n.resolver.Step(l.party, msg))
		}
	case directory.Ready, directory.NotOpened:
		// Only for a session that was opened over this link.
		if id := msg.(directory.SessionMessage).ID(); l.sessions.hasOwn(id) {
			n.do(n.resolver.Step(l.party, msg))
		}
	case directory.Join, directory.Joined, directory.Heard:
		n.do(n.switchboard.Step(l.party, directory.Join{}))
	case directory.List, directory.Describe, directory.Listed, directory.Enquire, directory.Found:
		if l.relation == toPeer {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it is not a child of this directory"}})
			return
		}
		n.heardSurvey(l.party, msg)
	case directory.Refused:
		err := fmt.Errorf("%s at %s refuses this process: %s", l.name(), l.Remote(), msg.Reason)
		n.log.Error("refused", "reason", err)
		if l.relation == toParent {
			n.Actors.Fatal(err)
		}
	default:
		if n.isOwn(msg) {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it announces a registration of the process that it tells"}})
			return
		}
		if l.announcesOthers(msg) {
			n.do([]directory.Effect{directory.Refuse{Party: l.party, Reason: "it announces a registration of another process"}})
			return
		}
		n.do(n.machine.Step(l.party, msg))
	}
}

// isOwn reports whether msg announces what only an actor of this process can.
func (n *Node) isOwn(msg directory.Message) bool {
	switch msg := msg.(type) {
	case directory.Claim:
		return slices.ContainsFunc(msg.Claimants, func(p directory.Publication) bool { return p.ID.Origin == n.self })
	case directory.Seek:
		return msg.Subscription.ID.Origin == n.self
	case directory.Unseek:
		return msg.ID.Origin == n.self
	}
	return false
}
