package node

import (
	"cmp"
	"fmt"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Limits are those that can be set of what a process takes from others (R17). A
// zero field is the default, which Table has.
type Limits struct {
	// Links is how many links the process has in all. One that another process
	// wants beyond is refused, with the reason; so are sessions that need one.
	// The link to the parent is made all the same.
	Links int
	// LinksPerProcess is how many of them may be to one other process.
	LinksPerProcess int
	// SessionsPerLink is how many sessions others may have open over one link.
	SessionsPerLink int
	// LinkBytes is how much that came over one link may wait to be taken by
	// actors; what comes beyond is given back. It is also how much may wait for
	// credit to be sent over one link; what is sent beyond is refused.
	LinkBytes int
	// ProcessBytes is how much that came over all links may wait.
	ProcessBytes int
}

// The defaults.
const (
	defaultLinks           = 8192
	defaultLinksPerProcess = 16
	defaultLinkBytes       = 2 * wire.MaxMessage
	defaultProcessBytes    = 1 << 30
)

// The least that is of use, and the most that is.
const (
	leastBytes   = wire.LinkWindow
	greatestSize = 1 << 40
	greatestMany = 1 << 20
)

// A LimitError is a limit that was set to what it cannot be.
type LimitError struct {
	Limit           string // the name of the field
	Value           int
	Least, Greatest int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is %d: %s", e.Limit, e.Value, e.Reason())
}

// Reason is the error without what it is about.
func (e *LimitError) Reason() string {
	return fmt.Sprintf("%d to %d are allowed, and 0 for the default", e.Least, e.Greatest)
}

// CheckLimit returns a *LimitError unless value is zero or within the bounds.
func CheckLimit(name string, value, least, greatest int) error {
	if value != 0 && (value < least || value > greatest) {
		return &LimitError{name, value, least, greatest}
	}
	return nil
}

// Check returns a *LimitError if one of the limits cannot be what it is.
func (l Limits) Check() error {
	return cmp.Or(
		CheckLimit("Links", l.Links, 1, greatestMany),
		CheckLimit("LinksPerProcess", l.LinksPerProcess, 1, greatestMany),
		CheckLimit("SessionsPerLink", l.SessionsPerLink, 1, directory.MaxSessions),
		CheckLimit("LinkBytes", l.LinkBytes, leastBytes, greatestSize),
		CheckLimit("ProcessBytes", l.ProcessBytes, leastBytes, greatestSize),
	)
}

// Complete returns l with the defaults filled in.
func (l Limits) Complete() Limits {
	return Limits{
		Links:           cmp.Or(l.Links, defaultLinks),
		LinksPerProcess: cmp.Or(l.LinksPerProcess, defaultLinksPerProcess),
		SessionsPerLink: cmp.Or(l.SessionsPerLink, directory.MaxSessions),
		LinkBytes:       cmp.Or(l.LinkBytes, defaultLinkBytes),
		ProcessBytes:    cmp.Or(l.ProcessBytes, defaultProcessBytes),
	}
}

// A Limit is a line of the table of limits: what may be met by a peer, or by an
// actor that speaks to one.
type Limit struct {
	Name   string
	Per    string // of what it is the limit: a link, a process
	Most   int
	Unit   string // "bytes", "ms"; empty: it is a count
	Beyond string // what becomes of more
	Set    string // what sets it, in this table the field; empty: nothing does
}

// The names of limits of which there are figures too.
const (
	nameLinks       = "links"
	nameProcess     = "links to one process"
	nameConnected   = "connections with one process"
	nameCalls       = "connections being made"
	nameSessions    = "sessions opened by others"
	nameOpening     = "sessions being opened"
	nameLinkBytes   = "bytes not taken yet, of one link"
	nameBytes       = "bytes not taken yet, in all"
	namePending     = "bytes waiting for credit"
	nameNames       = "names of one child"
	namePatterns    = "patterns of one child"
	nameWide        = "patterns that begin with no fixed text"
	nameVia         = "ways to processes without a link"
	nameInbox       = "words waiting for the node"
	nameUnproven    = "connections before their hello"
	nameListener    = "links taken at one address"
	nameConnections = "connections refused so far"
	nameRefused     = "links refused so far"
	nameUndelivered = "messages not delivered so far"
	nameLost        = "messages lost so far"
	nameQueue       = "bytes queued to be written"
)

// The names of limits that are the transport's.
const (
	NameListener = nameListener
	NameUnproven = nameUnproven
	NameQueue    = nameQueue
)

// Table returns the limits of a node and of the frames that it takes, as l sets them.
func (l Limits) Table() []Limit {
	l = l.Complete()
	const cut = "the link is closed, with the reason"
	const refused = "the session is not opened, with the reason"
	const unregistered = "NotPublished or NotSubscribed, with the reason"
	return []Limit{
		{nameLinks, "process", l.Links, "", "the link is refused, with the reason", "Links"},
		{nameProcess, "process", l.LinksPerProcess, "", "the link is refused, with the reason", "LinksPerProcess"},
		{nameConnected, "process", maxConnections, "", "NotConnected, with the reason", ""},
		{nameCalls, "process", directory.MaxCalls, "", "NotConnected, with the reason", ""},
		{"time until a connection is asked for", "link", int(commitTime.Milliseconds()), "ms", cut, ""},
		{"time until both sides have ended a connection", "link", int(partTime.Milliseconds()), "ms", cut, ""},
		{nameSessions, "link", l.SessionsPerLink, "", refused, "SessionsPerLink"},
		{nameOpening, "link", maxOpening, "", "more wait for their turn", ""},
		{"ends of sessions that wait for a last word", "link", directory.MaxSessions, "", "what comes late is counted as lost", ""},
		{"messages before the session has begun", "session", maxHeld, "", "ErrOverloaded inside the process; else its window counts", ""},
		{nameLinkBytes, "link", l.LinkBytes, "bytes", "Undelivered: overloaded", "LinkBytes"},
		{nameBytes, "process", l.ProcessBytes, "bytes", "Undelivered: overloaded", "ProcessBytes"},
		{namePending, "link", l.LinkBytes, "bytes", "ErrOverloaded", "LinkBytes"},
		{"window", "session", wire.SessionWindow, "bytes", "messages wait for credit", ""},
		{"window of what is in no session", "link", wire.LinkWindow, "bytes", "messages wait for credit", ""},
		{"bytes that wait for the window", "session", wire.MaxPending, "bytes", "ErrOverloaded", ""},

		{"frame", "link", wire.MaxFrame, "bytes", cut, ""},
		{"message", "message", wire.MaxMessage, "bytes", "ErrTooLarge", ""},
		{"part of a message", "message", wire.PartSize, "bytes", "the message goes in parts", ""},
		{"messages that come in parts", "link", maxWholes, "", cut, ""},
		{"bytes announced by them", "link", maxAssembling, "bytes", "Undelivered: overloaded", ""},
		{"depth of a value", "message", wire.MaxDepth, "", cut, ""},
		{"types of messages", "link", wire.MaxTypes, "", "ErrOverloaded", ""},
		{"types only passed on", "link", maxRelayed, "", "Undelivered: overloaded", ""},
		{"name of a type", "type", wire.MaxTypeName, "bytes", cut, ""},
		{"names of types", "link", maxTypeNames, "bytes", "ErrOverloaded", ""},
		{"reason", "frame", wire.MaxReason, "bytes", "it is cut off", ""},
		{"hops of a message", "message", maxHops, "", "Undelivered", ""},
		{"actors that others watch", "link", maxWatches, "", "Ended with Undelivered, and the reason", ""},
		{"of them, those watched through this process", "link", maxWatchesPassed, "", "Ended with Undelivered, and the reason", ""},
		{nameVia, "process", maxVia, "", "ErrUnreachable to who replies", ""},
		{"words of what did not arrive, a second", "link", wordsPerSecond, "", "it is not told, and counted", ""},
		{"words of what did not arrive, at once", "link", wordsAtOnce, "", "it is not told, and counted", ""},
		{"bytes given back, a second", "link", bytesPerSecond, "bytes", "Undelivered without the message", ""},
		{"bytes given back, at once", "link", bytesAtOnce, "bytes", "Undelivered without the message", ""},
		{"longest message given back", "message", maxGivenBack, "bytes", "Undelivered without the message", ""},

		{"name", "publication", directory.MaxName, "bytes", unregistered, ""},
		{"pattern", "subscription", directory.MaxPattern, "bytes", unregistered, ""},
		{"instructions of a pattern", "subscription", directory.MaxProgram, "", unregistered, ""},
		{nameWide, "process", directory.MaxWide, "", unregistered, ""},
		{nameNames, "link", directory.MaxAnnounced, "", cut, ""},
		{namePatterns, "link", directory.MaxAnnounced, "", cut, ""},
		{"enquiries that wait", "link", directory.MaxEnquiries, "", "an answer that says so", ""},
		{"entries of an answer", "enquiry", directory.Page, "", "one asks for the next page", ""},
		{"entries of a survey", "survey", MaxFound, "", "it ends, and says so", ""},
		{"directories above one another", "tree", directory.MaxRoute, "", "those below are not asked", ""},
		{nameInbox, "link", sourceSize, "", "who says more waits", ""},
	}
}

// figures are what this process uses of its limits now. Called by who runs the node.
func (n *Node) figures() []directory.Figure {
	limits := n.limits
	figure := func(name string, used, most int) directory.Figure {
		return directory.Figure{Name: name, Used: uint64(max(used, 0)), Most: uint64(most)}
	}
	links, busiest, connected, refused := n.admission.counts()
	var opening, linkBytes, bytes, pending, queued int
	for _, l := range n.links {
		held := int(l.held.Load())
		bytes += held
		linkBytes = max(linkBytes, held)
		pending = max(pending, int(l.reserved.Load()))
		queued = max(queued, l.Queued())
		opening = max(opening, l.attempts.underWay)
	}
	names, patterns := n.machine.Announced()
	lost := n.Counts()
	ends := n.listeners.counts()
	n.doorways.counts(&ends)
	n.registry.mu.Lock()
	wide := n.registry.wide
	n.registry.mu.Unlock()
	n.routes.mu.RLock()
	via := len(n.routes.via)
	n.routes.mu.RUnlock()
	return []directory.Figure{
		figure(nameLinks, links, limits.Links),
		figure(nameProcess, busiest, limits.LinksPerProcess),
		figure(nameConnected, connected, maxConnections),
		figure(nameCalls, n.switchboard.Calls(), directory.MaxCalls),
		figure(nameSessions, n.acceptor.Busiest(), limits.SessionsPerLink),
		figure(nameOpening, opening, maxOpening),
		figure(nameNames, names, directory.MaxAnnounced),
		figure(namePatterns, patterns, directory.MaxAnnounced),
		figure(nameWide, wide, directory.MaxWide),
		figure(nameVia, via, maxVia),
		figure(nameLinkBytes, linkBytes, limits.LinkBytes),
		figure(nameBytes, bytes, limits.ProcessBytes),
		figure(namePending, pending, limits.LinkBytes),
		figure(nameQueue, queued, 0),
		figure(nameInbox, n.inbox.waiting(), 0),
		figure(nameUnproven, ends.Unproven, ends.MaxUnproven),
		figure(nameListener, ends.Links, ends.MaxLinks),
		{Name: nameConnections, Used: ends.Refused},
		{Name: nameRefused, Used: refused},
		{Name: nameUndelivered, Used: lost.Undelivered},
		{Name: nameLost, Used: lost.Lost},
	}
}

// counts are those of the directory's two listeners: of what is refused together, else of the one
// that has more.
func (s *listeners) counts() (all transport.Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range []transport.Listener{s.near, s.far} {
		if l == nil {
			continue
		}
		busier(&all, l.Counts())
	}
	return all
}

// busier adds what one more listener has to do.
func busier(all *transport.Counts, c transport.Counts) {
	all.Unproven = max(all.Unproven, c.Unproven)
	all.MaxUnproven = max(all.MaxUnproven, c.MaxUnproven)
	all.Links = max(all.Links, c.Links)
	all.MaxLinks = max(all.MaxLinks, c.MaxLinks)
	all.Refused += c.Refused
}
