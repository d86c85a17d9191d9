// Package directorytest plays whole trees of directories, processes and sessions
// in one goroutine, by seed or by script, and checks the rules of package
// directory as it goes. [Play] plays a seed, [Run] a script.
//
// # The world
//
// There is one tree of sites, places where a process can run: a LAN; two hosts
// with three groups; processes in the groups, on the hosts without a group, and
// directly below the LAN. What runs at a site is a life: a process from its start
// to its death, with a [directory.Machine], a [directory.Resolver] and a
// [directory.Acceptor]. The next life there has another identity and knows nothing.
// Every life may have actors, daemons too.
//
// Around the machines is a small shell that does what package directory/node does.
// A link has two ends that learn of everything separately: of its beginning by a
// hello, of its end when they have read what was still under way. What one end says
// waits in the other until its reader takes it. The reader puts messages of
// sessions straight into their gates, as the node's does, and the rest into the
// inbox of the shell, behind what actors, timers and dials have put there. To work
// is to hear one event and to do all that comes of it; that is a step. Sessions
// share the link between two processes, and wait together for one that is dialled.
// The daemon's link to its parent is such a link too.
//
// There is no clock. What has been started may be over at any later time, so that
// an answer may come after the time for it is up, a heartbeat's deadline be missed
// by either side, and a backoff be as long as you like: that is more than any real
// network does. The seed decides the order, and nothing else does.
//
// Three things of the node are not in it: that at most 1024 sessions are opened over
// one link at once, that the shut gate holds at most 1024 messages, and that a queue
// which is full cuts its link off (that is a cut like others).
//
// # What happens in it
//
// A script is actions, one a line; the table in action.go says what each does.
// Actors publish, subscribe, take that back, send, and end, wherever in all this
// that may be. Links are cut, with so much of what was under way still heard at each
// end. Processes and daemons are killed, with so much of what they said still heard;
// started again; frozen, so that they hear nothing and answer nothing, while others
// give up their links; and thawed. A dial succeeds, fails, or is not answered; a
// timer's time is up, early or late. Machines do their long work a few names at a
// time, or have no room on a link. Words are read, and events heard, one by one. An
// action that does not apply is skipped, so that any part of a script is one.
//
// # What is checked
//
// After each step: what the directory knows may be known there (R1) and the oldest
// is what it offers (R3); it offers nothing to whom it came with (R5). What actors are
// told comes as R4, R7, R11 and R12 say, and each message in a session arrives in
// it, in order, once, between its beginning and its end; all that a publisher sent
// before it heard of the end is there before the subscriber does (R8).
//
// In quiet, when nothing is under way, whatever is still broken: there is no session
// only if no offer can be used, none that an offer outranks, and each lives at both
// ends (R15).
//
// At rest, when all is repaired: what each directory knows, who holds, what is
// offered, who has a session with whom and who stands by are the functions of R15,
// which oracle.go has in plain words; no timer runs. From the same state three
// different orders of repair come to the same.
//
// A seed that fails prints a short script that fails alone; testdata keeps those whose
// fault was found so.
package directorytest
