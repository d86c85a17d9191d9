// Package actor is Layer Cake as a program sees it: actors that talk by
// messages, and a directory that introduces them wherever they run.
//
// There are three nouns.
//
// An actor is a function with a goroutine and a mailbox ([Func]). It takes its
// messages one at a time, when it likes, so what it owns needs no lock.
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
// # Refusals and facts
//
// What is refused at once is the error of the verb that asked for it:
// [NotPublished], [NotSubscribed], [ErrOverloaded]. What happens later is a
// message. A value that is an error is a failure wherever it travels: as the
// result of an actor, as a reply, as the Value of a [Returned].
//
// # Asking
//
// [Ask] sends a message and waits for its reply, from any goroutine. Inside an
// actor [Self.Ask] is the better way: it calls back between two messages, and
// two actors that ask each other go on working. A request to a [Pool] needs
// neither: Forward it, and the reply goes to whoever asked.
//
// # Stop
//
// Stop asks an actor to end. [Self.Context] is cancelled when it is sent; the
// loop over [Self.Messages] ends when its turn among the messages comes. The
// lines after the loop are the orderly end: they may still send, take messages
// and ask, for [Options.Grace] altogether. An actor ends after its children.
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
// not told: [Dropped] says for all that went in a session that it may be so, and
// what went in none has no such word. Nor is it told when the Undelivered itself
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
// goroutines [Self.System].
package actor
