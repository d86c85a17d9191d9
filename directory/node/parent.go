package node

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/layer-cake/layer-cake/directory"
	dirwire "github.com/layer-cake/layer-cake/directory/wire"
	"github.com/layer-cake/layer-cake/transport"
)

// How the parent is dialled (R14).
const (
	dialTime    = time.Second
	redialFirst = 50 * time.Millisecond
	redialNear  = time.Second     // at most, on this machine
	redialFar   = 2 * time.Second // at most, elsewhere
	redialWell  = time.Second     // a link that lived so long was well
)

// A parent is the search for the parent directory, from the first registration
// it must know to the end of the node.
type parent struct {
	up   chan struct{} // closed when the link is there for the first time, or known never to be
	err  error         // why the first attempt failed, if it did; set before up is closed
	once bool
}

// Attach seeks the parent even if nothing is registered, and waits for the first
// attempt. The error says why it failed; the search goes on.
func (n *Node) Attach(ctx context.Context) error {
	if n.Parent == nil {
		return errors.New("there is no parent directory to attach to")
	}
	found := make(chan *parent, 1)
	n.post(func() { found <- n.findParent() })
	select {
	case p := <-found:
		select {
		case <-p.up:
			return p.err
		case <-ctx.Done():
			return ctx.Err()
		}
	case <-ctx.Done():
		return ctx.Err()
	case <-n.ctx.Done():
		return errStopped
	}
}

// findParent begins the search, once.
func (n *Node) findParent() *parent {
	if n.parent == nil {
		n.parent = &parent{up: make(chan struct{})}
		n.spawn(func(ctx context.Context) { n.seekParent(ctx, n.parent) })
	}
	return n.parent
}

func (p *parent) tried(err error) {
	if !p.once {
		p.once, p.err = true, err
		close(p.up)
	}
}

func (n *Node) seekParent(ctx context.Context, p *parent) {
	delay := &backoff.ExponentialBackOff{
		InitialInterval:     redialFirst,
		RandomizationFactor: retryJitter,
		Multiplier:          2,
	}
	missing := n.miss()
	for {
		address, err := n.Parent()
		delay.MaxInterval = redialMost(address)
		var l *link
		if err != nil {
			missing.unknown(err)
		} else if l, err = n.dialParent(ctx, address); err != nil {
			missing.unreachable(address, err)
		}
		if ctx.Err() != nil {
			return
		}
		p.tried(err)
		if err == nil {
			n.log.Info("parent found", "address", address, "parent", l.name())
			began := time.Now()
			select {
			case <-l.gone:
			case <-ctx.Done():
				return
			}
			n.log.Info("parent lost", "address", address, "reason", l.reason)
			if time.Since(began) >= redialWell {
				delay.Reset()
			}
			missing = n.miss()
		}
		select {
		case <-time.After(delay.NextBackOff()):
		case <-ctx.Done():
			return
		}
	}
}

// A missing parent is logged once for each reason, not at each attempt; and once
// more, with what people can do about it, when it has been missing for a while.
type missing struct {
	n      *Node
	since  time.Time
	said   string
	warned bool
}

// missingLong is how long a parent may be missing before people are told.
const missingLong = 3 * time.Second

func (n *Node) miss() *missing { return &missing{n: n, since: time.Now()} }

// unknown notes that it is not known where the parent is: that must be said by
// somebody.
func (m *missing) unknown(err error) {
	if m.said != err.Error() {
		m.said = err.Error()
		m.n.log.Warn("no parent directory", "reason", err)
	}
}

// unreachable notes that the parent is not there; it may come.
func (m *missing) unreachable(address string, err error) {
	if m.said != err.Error() {
		m.said = err.Error()
		m.n.log.Info("no parent directory, still seeking", "address", address, "reason", err)
	}
	if !m.warned && m.n.Advice != "" && time.Since(m.since) >= missingLong {
		m.warned = true
		m.n.log.Warn("no parent directory, still seeking: nobody else is found until it is there",
			"address", address, "reason", err, "advice", m.n.Advice)
	}
}

func redialMost(address string) time.Duration {
	if near(address) {
		return redialNear
	}
	return redialFar
}

// near reports whether address is on this machine.
func near(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().IsLoopback()
}

// dialParent makes the link to the parent. A directory that cannot be the parent
// is an error that ends a daemon (R18).
func (n *Node) dialParent(ctx context.Context, address string) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	t, err := n.Transport.Dial(ctx, address, n.hello(dirwire.Child))
	if err != nil {
		return nil, err
	}
	l, err := n.newLink(t)
	if err == nil {
		err = n.fit(l.greeting.Directory, address)
		if err != nil {
			n.Actors.Fatal(err)
		}
	}
	if err != nil {
		t.Close(err)
		return nil, err
	}
	l.relation = toParent
	n.admission.must(l.to())
	ready := make(chan struct{})
	if !n.post(func() { n.linkUp(l); close(ready) }) {
		n.admission.leave(l.to())
		t.Close(errStopped)
		return nil, errStopped
	}
	select {
	case <-ready:
		return l, nil
	case <-n.ctx.Done():
		return nil, errStopped // Close ends the link, up or still waiting
	}
}

// fit says why a directory cannot be the parent of this one.
func (n *Node) fit(d directory.Directory, address string) error {
	switch {
	case d.Process == n.self:
		return fmt.Errorf("the parent directory at %s is this process itself", address)
	case n.ParentFixed && d.Scope != n.ParentScope:
		return fmt.Errorf("%s at %s is a directory of scope %v, but one of scope %v was sought", d.Executable, address, d.Scope, n.ParentScope)
	case d.Scope >= n.Scope:
		return fmt.Errorf("%s at %s is a directory of scope %v and cannot be the parent of one of scope %v", d.Executable, address, d.Scope, n.Scope)
	}
	return nil
}

// A refusal is the reason of a link that was closed because a rule was broken.
type refusal struct{ reason string }

func (r *refusal) Error() string { return "refused: " + r.reason }

var errStopped = errors.New("the process ends")

var _ transport.Receiver = (*link)(nil)
