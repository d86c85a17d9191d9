package directorytest

import "github.com/layer-cake/layer-cake/directory"

// An action is one thing that is done to the world: a line of a script.
type action struct {
	verb   verb
	at, to uint8 // sites
	actor  uint8
	scope  directory.Scope
	text   string // a name or a pattern
	n      [3]int
}

type verb uint8

const (
	limits verb = iota + 1
	start
	kill
	freeze
	thaw
	call
	link
	nolink
	cut
	read
	work
	resume
	clog
	unclog
	fire
	retire
	block
	unblock
	publish
	unpublish
	subscribe
	unsubscribe
	stop
	send
	run
	quiet
	rest
	agree
	has
	lacks
	steady
	never
	free
)

// The words of scripts, and what follows each: s a site, a an actor, l two sites,
// S a scope, t a name or a pattern, n a number.
var grammar = [...]struct{ word, form string }{
	limits:      {"limits", "nn"},      // names in a slice, offers in a batch, of the machines from now on
	start:       {"start", "s"},        // a new process
	kill:        {"kill", "sn"},        // of what it said on each link, n (modulo) words are still heard
	freeze:      {"freeze", "s"},       //
	thaw:        {"thaw", "s"},         //
	call:        {"call", "s"},         // it dials its parent, which answers
	link:        {"link", "l"},         // the dial of a peer is answered
	nolink:      {"nolink", "l"},       // it fails
	cut:         {"cut", "lnnn"},       // the nth link that the first dialled; of what is under way to it, and to the other, so much is heard
	read:        {"read", "ln"},        // the second takes the next word of the first, of several links from the nth
	work:        {"work", "s"},         // its shell hears the next event
	resume:      {"resume", "s"},       // its directory goes on with what it put off
	clog:        {"clog", "l"},         // no room for what the first says to the second
	unclog:      {"unclog", "l"},       //
	fire:        {"fire", "snn"},       // the time of a timer is up: its kind, and which
	retire:      {"retire", "l"},       // a second link that nobody uses is closed
	block:       {"block", "l"},        // no new links between the two
	unblock:     {"unblock", "l"},      //
	publish:     {"publish", "aSnt"},   // with that stamp
	unpublish:   {"unpublish", "at"},   //
	subscribe:   {"subscribe", "aSt"},  //
	unsubscribe: {"unsubscribe", "at"}, //
	stop:        {"stop", "a"},         // an actor ends
	send:        {"send", "sn"},        // in the nth session that its actors see
	run:         {"run", "nn"},         // n things that wait happen, in an order by that seed
	quiet:       {"quiet", "n"},        // all that waits happens, and nothing is repaired; what must hold then is checked
	rest:        {"rest", "n"},         // all is repaired and all that waits happens; R15 is checked
	agree:       {"agree", ""},         // from here, three orders of repair bring about the same
	has:         {"has", "atSl"},       // the actor has a session of that scope for the name: from its site to the publisher's
	lacks:       {"lacks", "at"},       // it has none
	steady:      {"steady", "at"},      // from its first session on, it is never without and never has two
	never:       {"never", "atl"},      // it never has one from its site to the other
	free:        {"free", ""},          // steady and never hold no more
}
