package actor

import (
	"errors"
	"time"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
)

// translate returns the message for an actor that a fact of the directory is.
// The session is that of Available, Delivered and Dropped, and of a connection. It returns nil for
// what is none of an actor's business.
func translate(fact directory.Message, in *node.Session) any {
	switch m := fact.(type) {
	case directory.Published:
		return Published{string(m.Name), Scope(m.Scope)}
	case directory.NotPublished:
		return NotPublished{string(m.Name), Scope(m.Scope), m.Reason}
	case directory.Standby:
		return Standby{string(m.Name), Scope(m.Scope)}
	case directory.Promoted:
		return Promoted{string(m.Name), Scope(m.Scope)}
	case directory.Unpublished:
		return Unpublished{string(m.Name)}
	case directory.Subscribed:
		return Subscribed{string(m.Pattern), Scope(m.Scope)}
	case directory.NotSubscribed:
		return NotSubscribed{string(m.Pattern), Scope(m.Scope), m.Reason}
	case directory.Unsubscribed:
		return Unsubscribed{string(m.Pattern)}
	case directory.Available:
		return Available{string(m.Name), string(m.Pattern), Scope(m.Scope), Address{m.Publisher, in}, time.Now()}
	case directory.Delivered:
		return Delivered{string(m.Name), Scope(m.Scope), Address{m.Subscriber, in}, time.Now()}
	case directory.Dropped:
		return Dropped{string(m.Name), string(m.Pattern), Scope(m.Scope), Address{m.Remote, in}, m.Reason}
	case directory.Listening:
		return Listening{m.Requested, m.Address}
	case directory.NotListening:
		return NotListening{m.Address, m.Reason}
	case directory.Accepted:
		return Accepted{m.Listener, Address{m.Remote, in}}
	case directory.Connected:
		return Connected{m.Requested, Address{m.Remote, in}}
	case directory.NotConnected:
		return NotConnected{m.Requested, m.Reason}
	case directory.HungUp:
		return Closed{Address{m.Remote, in}, m.Reason}
	}
	return nil
}

// refusal returns the error of a verb in the actor's own words.
func refusal(err error) error {
	var p directory.NotPublished
	var s directory.NotSubscribed
	switch {
	case errors.As(err, &p):
		return NotPublished{string(p.Name), Scope(p.Scope), p.Reason}
	case errors.As(err, &s):
		return NotSubscribed{string(s.Pattern), Scope(s.Scope), s.Reason}
	}
	return err
}
