package actor

// Connect connects to the actor that listens at a network address, host:port, in
// another Layer Cake program or in this one: see [Self.Listen]. It waits for nothing.
// [Connected] or [NotConnected] follows as a message: the latter at once if the address
// is no good or there is an option, for there are none yet; and after Options.AskTimeout
// at most, one second of which to reach the other process. Nothing is tried again: who
// wants that calls Connect again, after a while.
//
// The actor is Connected.Remote, until [Closed]. A process may be making 1024
// connections at once; one more is NotConnected.
func (s *Self) Connect(address string, options ...Option) {
	s.mine("Connect")
	where, reason := placeOf(address, options)
	if reason != "" {
		s.box.put(item{message: NotConnected{address, reason}})
		return
	}
	s.registers()
	s.sys.net.Call(s.at.Actor, address, string(where))
}

// Close ends a connection, of which remote is the Remote of [Accepted] or [Connected] or
// the Sender of a message that came in it. [Closed] follows, to both sides. What this
// actor has sent before goes ahead of it; what it sends to remote from now on is
// refused, as ErrEnded. A remote that is none, or no more, is ignored.
func (s *Self) Close(remote Address) {
	s.mine("Close")
	if in := s.session(remote); in != nil && in.Connection() {
		s.sys.net.HangUp(in)
		return
	}
	if c := s.tied().clients[remote.at]; c != nil {
		c.close()
	}
}
