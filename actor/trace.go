package actor

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"

	"github.com/layer-cake/layer-cake/actor/codec"
)

// What an actor does is logged at DEBUG, a line for each thing:
//
//	<0000000f>worker - Created by <00000001>
//	<0000000f>worker - Received Xy from <00000012>
//	<0000000f>worker - Sent Table to <00000012>
//	<0000000f>worker[green] - Became green
//	<0000000f>worker[green] - Destroyed
//
// An actor of another process is <9e7db6d6:00000012>; nobody is <00000000>. Who calls
// these looks at System.traces first, so that it costs no more where nobody reads it.

// trace logs a line about the actor.
func (c *cell) trace(format string, args ...any) {
	c.logger().Debug(fmt.Sprintf(format, args...))
}

// traces reports whether a logger takes what trace says.
func traces(log *slog.Logger) bool { return log.Enabled(context.Background(), slog.LevelDebug) }

func (c *cell) traceCreated() { c.trace("Created by %s", c.sys.brief(c.parentAddress())) }

func (c *cell) traceReceived(message any, from Address) {
	if r, ok := message.(Returned); ok {
		from = r.Child
	}
	c.trace("Received %s from %s", messageName(message), c.sys.brief(from))
}

func (c *cell) traceSent(message any, to Address) {
	c.trace("Sent %s to %s", messageName(message), c.sys.brief(to))
}

func (c *cell) traceBecame() { c.trace("Became %s", lastName(c.stateName())) }

func (c *cell) traceUnhandled(message any) { c.trace("Not handled: %s", messageName(message)) }

// traceDestroyed notes the end, and why, if it is a failure.
func (c *cell) traceDestroyed(value any) {
	if err, ok := value.(error); ok {
		c.logger().Debug("Destroyed", "err", err)
		return
	}
	c.logger().Debug("Destroyed")
}

// sendTraced is sendNow with a line for what is sent, and one for a refusal.
func (s *Self) sendTraced(to, from Address, message any) error {
	s.traceSent(message, to) // first: whoever takes it has a line too
	err := s.sendNow(&to, &from, message)
	if err != nil {
		s.logger().Debug("Refused "+messageName(message)+" to "+s.sys.brief(to), "err", err)
	}
	return err
}

// outcome is the reply, or the error instead.
func (a *ask) outcome() any {
	if a.err != nil {
		return a.err
	}
	return a.reply
}

// brief is how lines name an actor.
func (sys *System) brief(a Address) string {
	if a.at.Process == sys.process || a.IsZero() {
		return idLabel(a.at.Actor)
	}
	process, _, _ := strings.Cut(a.at.String(), ":")
	return fmt.Sprintf("<%s:%08x>", process, uint64(a.at.Actor))
}

// messageName is how lines name a message: its type, without the package.
func messageName(message any) string {
	switch m := message.(type) {
	case nil:
		return "nil"
	case codec.Unknown:
		return m.Type
	}
	t := reflect.TypeOf(message)
	if name := t.Name(); name != "" {
		return name
	}
	return t.String()
}
