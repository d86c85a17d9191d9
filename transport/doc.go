// Package transport has the words that processes use to reach one another.
//
// There are three nouns.
//
// A process is known by its [ProcessID], new for each start.
//
// An [Address] names an actor in a process. It cannot be made up: whoever holds
// one was given it, by the actor or by somebody who was given it before.
//
// A [Link] joins two processes: frames arrive whole, in the order in which they
// were sent, or the link is lost and both ends are told. A [Transport] makes
// links: package tcp between processes, package memory inside one. What both
// owe their users is written as a test, in package transporttest.
//
// What travels in the frames is the business of package wire and of the
// packages above.
package transport
