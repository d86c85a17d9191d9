// Package crew decides what becomes of the requests of a pool: who gets which,
// who waits, who is refused and why, and when a worker that has ended is replaced.
//
// A [Crew] is a machine: it is told what happened and returns what is to be done
// now, in order. It has no clock and no randomness; moments and chances are told
// to it. A moment is a number of nanoseconds since any beginning.
//
// There are two kinds of things behind a worker. A slot is a place for an actor
// that the pool itself runs; a worker is somebody who can be given requests. Mostly
// the actor of a slot is a worker. A slot may also hold what starts a process, in
// which workers are found later.
//
// After each step: no worker is idle while a request waits; a worker has one
// request in hand at most; and each request that came is in the queue, in one
// hand, or over. A request is over once, with one [Answer] or one [Refuse].
package crew
