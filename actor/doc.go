// Package actor is Layer Cake as a program sees it: actors that talk by
// messages, and a directory that introduces them wherever they run.
//
// There are three nouns.
//
// An actor is a function with a mailbox ([Func]). It takes its messages one at a
// time, so what it owns needs no lock.
//
// An [Address] names an actor. It may be sent in a message and works where it
// arrives, in this process or another.
//
// A name introduces strangers. One actor publishes a name, another subscribes to
// it or to a pattern of names, and both are told of the session that joins them:
// by [Available] and [Delivered] when it begins, by [Dropped] when it ends. No
// host, port or broker stands in anybody's code.
//
//	func worker(self *actor.Self) any {
//		if err := self.Publish("shop:worker", actor.LAN); err != nil {
//			return err
//		}
//		for m := range self.Messages() {
//			switch m := m.(type) {
//			case Order:
//				self.Reply(Invoice{m.ID})
//			}
//		}
//		return actor.Aborted{}
//	}
//
//	func main() { actor.Main(worker, &actor.Options{Types: types}) }
//
// The other side subscribes to "shop:worker" and sends an Order to the Publisher
// of the Available that comes. When the worker's machine dies it gets Dropped,
// and Available again as soon as there is another worker.
//
// # A program
//
// [Main] runs an actor as the life of a process, with flags, logs and signals. A
// program with a main of its own calls [Open], and any goroutine of it may [Ask], or
// be an actor for a while ([System.Enter]).
//
// # Functions and states
//
// A [Func] has a goroutine: it may loop, call and wait as it likes. One that is mostly
// waiting returns a [State], a function of one message, and costs no goroutine from
// then on; what it returns for a message says what became of it:
//
//	func (l *light) green(self *actor.Self, m any) actor.State {
//		switch m.(type) {
//		case walk:
//			return self.Save() // not now
//		case tick:
//			return l.red // handled; the next state
//		}
//		return nil // not for this state
//	}
//
// A state, and a callback anywhere, must not wait: there [Ask] and [Self.SendWait]
// return [ErrWouldBlock], and Input and Select panic. A Func that wants one message
// before the others calls [Self.Select].
//
// # Refusals and facts
//
// What is refused at once is the error of the verb that asked for it:
// [NotPublished], [NotSubscribed], [NotListening], [ErrOverloaded]. What happens later is
// a message. A value that is an error is a failure wherever it travels: as the
// result of an actor, as a reply, as the Value of a [Returned]. In a switch, the case
// error takes all that no case before it took.
//
// # Asking
//
// [Ask] sends a message and waits for its reply, from any goroutine. Inside an
// actor [Self.Ask] is the better way: it calls back between two messages, and
// two actors that ask each other go on working; [Self.Concurrently] and
// [Self.Sequentially] ask several. A request to a [Pool] needs
// neither: Forward it, and the reply goes to whoever asked. [Self.Sender] in a callback
// is who replied: keep the one of the message in a variable before.
//
// # Life
//
// [Self.Spawn] makes a child. It ends before its parent does, and tells it by
// [Returned], or by the callback of [Self.SpawnThen]. One that fails is run again if it
// was spawned with [Restart]. [Self.Watch] is for the end of any other actor, in this
// process or another.
//
// Stop asks an actor to end. [Self.Context] is cancelled when it is sent; the
// loop over [Self.Messages] ends when its turn among the messages comes, and so does a
// state that does not handle it. The lines after the loop are the orderly end: they may
// still send, take messages and ask, for [Options.Grace] altogether; the next Input
// after it ends the goroutine and runs what was deferred. One that takes no message
// cannot be ended: its parent waits, and [System.Close] and Main name it.
//
// # Time
//
// [Self.After], [Self.AfterFunc] and [Self.Every] bring messages and callbacks later. What
// was cancelled is not taken any more, also if it waits in the mailbox already.
//
// # The world outside
//
// [Self.ListenHTTP] takes HTTP requests as messages, [Self.ConnectHTTP] sends messages as
// such. [Self.Listen] and [Self.Connect] join two programs that know an address instead
// of a name.
//
// # By address
//
// Actors that are to meet at a known address need no names: one listens there, by
// [Self.Listen], and the other connects, by [Self.Connect]. [Accepted] and [Connected]
// bring the address of the other, bound to the connection, and [Closed] ends it.
//
// # What never happens
//
// A message is not lost without a word where somebody knows of it: what cannot
// be accepted is an error of Send; what was accepted and could not be taken, for
// the actor has ended or its mailbox is full, comes back as [Undelivered] to the
// actor that sent it. An ask in an actor always ends. Mailboxes are bounded, and
// the facts that the runtime tells (Available, Dropped, Returned, Stop) are never
// refused and keep their place. Two things an actor may not be told: of sessions
// that are over before it has taken their beginning, with nothing said in them,
// those beyond a thousand; and a [Standby] or [Promoted] that was undone before it
// was taken, with the one that undid it.
//
// What was on its way over a link to another process when the link was lost is
// not told: [Dropped], or [Closed], says for all that went in a session that it may be so,
// and what went in none has no such word. Nor is it told when the Undelivered itself
// finds its actor's mailbox full, or no way back, or is one of very many: a process
// is told of about a thousand messages a second. [System.Counts] has how many those
// are. Where it matters, Ask: an ask ends as soon as the link that it went over does.
//
// # Too much
//
// Who sends faster than the other actor takes is told so: [Self.Send] returns
// [ErrOverloaded]. [Self.SendWait] waits instead. An actor that takes nothing stops
// those who send to it, and nobody else on the way.
//
// # Sharing
//
// Messages are plain values. Who sends a slice, a map or a pointer gives it
// away; between processes it is a copy. [Self] belongs to its actor: hand other
// goroutines [Self.System]. A method value is a fine Func, with settings in its struct;
// that struct is one for all the calls that a [Pool] or [Restart] makes, so what
// changes belongs in variables of the call.
//
// # Testing
//
// Package actortest runs actors in a test, with each message as it would cross
// processes, and a LAN in memory that can be cut. [Options.Events] tells of what happens
// in the runtime.
package actor
