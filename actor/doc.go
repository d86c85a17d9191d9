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
// The other side subscribes, be it started before or after:
//
//	func customer(self *actor.Self) any {
//		if err := self.Subscribe("shop:worker", actor.LAN); err != nil {
//			return err
//		}
//		for m := range self.Messages() {
//			switch m := m.(type) {
//			case actor.Available:
//				self.Send(m.Publisher, Order{ID: 7})
//			case Invoice:
//				return m
//			}
//		}
//		return actor.Aborted{}
//	}
//
// When the worker's machine dies it gets Dropped, and Available again as soon as there
// is another worker. Both programs have the messages from a package that they share,
// each type with a name (see [Types]):
//
//	var Types = actor.Types{actor.Type[Order]("order"), actor.Type[Invoice]("invoice")}
//
// Processes of one machine find each other through a host-cake that runs on it, and
// machines through a lan-cake: two programs of this module. Without them a program
// works alone.
//
// # A program
//
// [Main] runs an actor as the life of a process, with settings, logs and signals. The
// settings are the fields of a struct, and their values the defaults:
//
//	type shop struct {
//		Listen   actor.HostPort `usage:"where customers connect"`
//		Workers  int            `usage:"how many work"`
//		Patience time.Duration  `usage:"how long an order may take"`
//	}
//
//	func (s *shop) run(self *actor.Self) any { … }
//
//	func main() {
//		s := &shop{Listen: "127.0.0.1:5050", Workers: 4, Patience: time.Minute}
//		actor.Main(s.run, &actor.Options{Settings: s, Types: types})
//	}
//
// So --workers=8 sets one, and LC_V_WORKERS=8 in the environment; --help shows all.
// What the actor writes to [Self.Log] carries its name. With --debug-level=DEBUG each
// message that is sent or received is a line too:
//
//	<0000000e>worker - Received order from <00000012>
//
// A program with a main of its own calls [Open], and any goroutine of it may [Ask], or
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
// cannot be ended: a moment later its parent goes on without it, and the log,
// [System.Close] and Main name it.
//
// # Time
//
// [Self.After], [Self.AfterFunc] and [Self.Every] bring messages and callbacks later. What
// was cancelled is not taken any more, also if it waits in the mailbox already.
//
// # HTTP
//
// [Self.ListenHTTP] takes HTTP requests as messages, and what is replied is the answer,
// in JSON. The last element of the path is the name of a type, the query or the body
// has its fields:
//
//	if err := self.ListenHTTP(s.Listen.String(), types); err != nil {
//		return err
//	}
//	…
//	case Order: // GET /order?id=7, or POST /order with {"id": 7} as application/json
//		self.Reply(Invoice{m.ID}) // {"value":["invoice",{"id":7},[]]}
//
// A client that accepts application/json; profile=plain gets {"id":7} alone. Any other
// path, status and header, and answers that go on as streams, are [HTTPRequest] and
// [HTTPResponse]. A request that nobody replies to is told 504 after
// Options.AskTimeout. [Self.ConnectHTTP] is the other side: it sends messages as
// requests.
//
// # By address
//
// Actors that are to meet at a known address need no names and no directory: one
// listens there, by [Self.Listen], and the other connects, by [Self.Connect]. Accepted
// and Connected bring the address of the other, bound to the connection, and Closed
// ends it.
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
// [ErrOverloaded], which is counted also where nobody reads it ([Counts], [Refused]).
// [Self.SendWait] waits instead. An actor that takes nothing stops
// those who send to it, and nobody else on the way.
//
// # Sharing
//
// Messages are plain values. Who sends a slice, a map or a pointer gives it
// away; between processes it is a copy. [Self] belongs to its actor: hand other
// goroutines [Self.System]. A method value is a fine Func, with settings in its struct;
// that struct is one for all the calls that a [Pool] or [Restart] makes, so what
// changes belongs in variables of the call. Its receiver is a pointer: s.run of a value
// copies s there and then, before Main has read the settings.
//
// # Testing
//
// Package actortest runs actors in a test, with each message as it would cross
// processes, and a LAN in memory that can be cut. [Options].Events tells of what happens
// in the runtime.
//
//	func TestWorker(t *testing.T) {
//		sys := actortest.Open(t, types)
//		client := actortest.NewProbe(t, sys)
//		client.Send(sys.Spawn(worker), Order{ID: 7})
//		if got := actortest.Expect[Invoice](client); got.ID != 7 {
//			t.Errorf("got an invoice for %d, want 7", got.ID)
//		}
//	}
//
// # Programs to begin from
//
// The folder examples of this module has whole programs, each under a hundred lines:
// hello, pubsub (one tells many), pool, http, statemachine, requests (shared messages,
// settings, tests), processes (a program that runs others) and embedding (a program
// with a main of its own).
package actor
