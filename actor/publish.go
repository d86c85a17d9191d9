package actor

import (
	"cmp"

	"github.com/layer-cake/layer-cake/directory"
)

// Publish makes this actor known under name, as far as the Scope among the
// options says, Host unless said. A name is 1 to 255 bytes of UTF-8 without
// control characters, by convention fields joined by colons. A refusal is a
// NotPublished error: the name is no good, or taken in this process. Published,
// one Delivered for each subscriber, and Standby and Promoted as others with the
// name come and go follow as messages.
func (s *Self) Publish(name string, options ...Option) error {
	s.mine("Publish")
	scope, reason := scopeOf(options)
	if reason != "" {
		return NotPublished{name, scope, reason}
	}
	s.registers()
	return refusal(s.sys.net.Publish(s.at.Actor, directory.Name(name), directory.Scope(scope)))
}

// Unpublish takes the name back. Each of its sessions is Dropped; Unpublished
// is the last word about it. A name that this actor does not publish is
// ignored.
func (s *Self) Unpublish(name string) {
	s.mine("Unpublish")
	s.sys.net.Unpublish(s.at.Actor, directory.Name(name))
}

// Subscribe asks for every actor published under a name that pattern, an RE2
// expression, matches as a whole. A refusal is a NotSubscribed error: the
// pattern is no good, or this actor has subscribed to it before. Subscribed,
// then Available and Dropped follow as messages.
func (s *Self) Subscribe(pattern string, options ...Option) error {
	s.mine("Subscribe")
	scope, reason := scopeOf(options)
	if reason != "" {
		return NotSubscribed{pattern, scope, reason}
	}
	s.registers()
	return refusal(s.sys.net.Subscribe(s.at.Actor, directory.Pattern(pattern), directory.Scope(scope)))
}

// Unsubscribe takes the pattern back. Each of its sessions is Dropped;
// Unsubscribed is the last word about it. A pattern that this actor has not
// subscribed to is ignored.
func (s *Self) Unsubscribe(pattern string) {
	s.mine("Unsubscribe")
	s.sys.net.Unsubscribe(s.at.Actor, directory.Pattern(pattern))
}

// scopeOf returns the scope that the options say, Host if they say none; or why they are
// refused.
func scopeOf(options []Option) (scope Scope, reason string) {
	scope, reason = only[Scope](options)
	scope = cmp.Or(scope, Host)
	if _, ok := scope.known(); !ok && reason == "" {
		reason = "there is no such scope"
	}
	return scope, reason
}

// registers notes that the node must be told when the actor ends.
func (s *Self) registers() {
	s.mu.Lock()
	s.registered = true
	s.mu.Unlock()
}
