package actor

import (
	"cmp"

	"github.com/layer-cake/layer-cake/actor/codec"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport/tcp"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// Limits are what can be set of what a process takes from others. A zero field is
// the default. A struct of settings that embeds Limits has them as flags, as those
// of the daemons have. Table has all limits, those too that cannot be set.
type Limits struct {
	// MaxLinks is how many links the process has in all. One that another process
	// wants beyond is refused, with the reason; a session that needs one beyond
	// is not had until there is room.
	MaxLinks int `usage:"links in all; one more is refused"`
	// MaxLinksPerProcess is how many of them may be to one other process.
	MaxLinksPerProcess int `usage:"links to one other process; one more is refused"`
	// MaxLinksPerListener is how many links others may have made to one address of
	// the process. One more is refused. It counts with the transport that is the
	// default.
	MaxLinksPerListener int `usage:"links that others have made to one address; one more is refused"`
	// MaxSessionsPerLink is how many sessions another process may have open over
	// one link. One more is not opened.
	MaxSessionsPerLink int `usage:"sessions that others have open over one link; one more is not opened"`
	// MaxLinkBytes is how much that came over one link may wait to be taken by
	// actors, beyond which messages come back to who sent them as Undelivered;
	// and how much may wait for credit to be sent over one, beyond which Send
	// returns ErrOverloaded.
	MaxLinkBytes int `usage:"bytes of one link that wait to be taken, or to be sent; what is beyond comes back"`
	// MaxProcessBytes is how much that came over all links may wait to be taken.
	MaxProcessBytes int `usage:"bytes of all links that wait to be taken; what is beyond comes back"`
	// MaxUnproven is how many connections to one address may be before their hello.
	// For one more one that has been silent makes room. It counts with the
	// transport that is the default.
	MaxUnproven int `usage:"connections to one address that have not said who they are; a silent one makes room for one more"`
	// MaxQueueBytes is how much is queued to be written to one link. A link that
	// cannot take a word of the directory is cut off; of a message Send returns
	// ErrOverloaded. It counts with the transport that is the default.
	MaxQueueBytes int `usage:"bytes that are queued to be written to one link; who reads so slowly is cut off"`
}

// A Limit is a line of the table of limits.
type Limit = node.Limit

// defaultMailbox is how many messages an actor may have waiting.
const defaultMailbox = 65536

// DefaultLimits returns the limits of which nothing was set.
func DefaultLimits() Limits { return Limits{}.complete() }

func (l Limits) complete() Limits {
	n := l.node().Complete()
	return Limits{
		MaxLinks:            n.Links,
		MaxLinksPerProcess:  n.LinksPerProcess,
		MaxLinksPerListener: cmp.Or(l.MaxLinksPerListener, tcp.DefaultMaxLinks),
		MaxSessionsPerLink:  n.SessionsPerLink,
		MaxLinkBytes:        n.LinkBytes,
		MaxProcessBytes:     n.ProcessBytes,
		MaxUnproven:         cmp.Or(l.MaxUnproven, tcp.DefaultMaxUnproven),
		MaxQueueBytes:       cmp.Or(l.MaxQueueBytes, tcp.DefaultQueueBytes),
	}
}

// node returns the limits that a node keeps.
func (l Limits) node() node.Limits {
	return node.Limits{
		Links:           l.MaxLinks,
		LinksPerProcess: l.MaxLinksPerProcess,
		SessionsPerLink: l.MaxSessionsPerLink,
		LinkBytes:       l.MaxLinkBytes,
		ProcessBytes:    l.MaxProcessBytes,
	}
}

// check returns a *node.LimitError for a limit that cannot be what it is. The limit
// is named as its field is.
func (l Limits) check() error {
	err := l.node().Check()
	if e, ok := err.(*node.LimitError); ok {
		named := *e
		named.Limit = "Max" + e.Limit
		return &named
	}
	return cmp.Or(err,
		node.CheckLimit("MaxLinksPerListener", l.MaxLinksPerListener, 1, 1<<20),
		node.CheckLimit("MaxUnproven", l.MaxUnproven, 1, 1<<16),
		node.CheckLimit("MaxQueueBytes", l.MaxQueueBytes, wire.MaxFrame, 1<<40),
	)
}

// Check returns an error if one of the limits cannot be what it is: it names the
// flag, as it is where a struct of settings embeds l, with the reason.
func (l Limits) Check() error {
	err := l.check()
	if e, ok := err.(*node.LimitError); ok {
		named := *e
		named.Limit = flagOf(e.Limit)
		return &named
	}
	return err
}

// flagOf is the flag that sets a field.
func flagOf(field string) string { return "--" + kebab(field) }

// Table returns every limit that a peer, or an actor that speaks to one, can meet,
// with l as it is set. What sets a limit is named as the daemons' flag for it, and
// else as what Go code says.
func (l Limits) Table() []Limit {
	l = l.complete()
	table := []Limit{
		{Name: node.NameUnproven, Per: "address", Most: l.MaxUnproven, Beyond: "one that is silent makes room", Set: flagOf("MaxUnproven")},
		{Name: node.NameListener, Per: "address", Most: l.MaxLinksPerListener, Beyond: "the connection is closed, with the reason", Set: flagOf("MaxLinksPerListener")},
		{Name: "hello", Per: "connection", Most: wire.MaxHello, Unit: "bytes", Beyond: "the connection is closed, with the reason"},
		{Name: "time for a hello", Per: "connection", Most: int(tcp.DefaultHelloTimeout.Milliseconds()), Unit: "ms", Beyond: "the connection is closed, with the reason"},
		{Name: node.NameQueue, Per: "link", Most: l.MaxQueueBytes, Unit: "bytes", Beyond: "ErrOverloaded; of a word of the directory: the link is closed", Set: flagOf("MaxQueueBytes")},
	}
	for _, row := range l.node().Table() {
		if row.Set != "" {
			row.Set = flagOf("Max" + row.Set)
		}
		table = append(table, row)
	}
	table = append(table,
		Limit{Name: "memory of a message, for each of its bytes", Per: "message", Most: codec.MemoryPerByte, Unit: "bytes", Beyond: "Undelivered, with the reason"},
		Limit{Name: "memory of a message, in any case", Per: "message", Most: codec.MemoryBase, Unit: "bytes", Beyond: "Undelivered, with the reason"},
		Limit{Name: "structural types that peers bring up", Per: "process", Most: codec.MaxLearned, Beyond: "they arrive as Unknown"},
		Limit{Name: "messages that wait for an actor", Per: "actor", Most: defaultMailbox, Beyond: "ErrOverloaded, or Undelivered", Set: "Options.Mailbox"},
		Limit{Name: "actors that watch one", Per: "actor", Most: maxWatchers, Beyond: "Ended with Undelivered, and the reason"},
		Limit{Name: "facts of sessions that are over", Per: "actor", Most: keepPairs, Beyond: "of those in the middle it is not told"},
		Limit{Name: "results of actors that have ended", Per: "process", Most: keptResults, Beyond: "the oldest is forgotten"},
	)
	return append(table, usualHTTPLimits().table()...)
}
