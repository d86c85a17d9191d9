// Package memory makes links inside one process, for tests: links that keep the
// contract of package transport, over a network that is as bad as a test asks.
//
// A [Network] has places, which are only names: a machine, or a process where the
// test wants to come between two of them. [Network.Transport] is what a place
// makes links with. An address is place:port, "alpha:1"; port 0 stands for a free
// one. 127.0.0.1:port is reached from its own place only.
//
// A network can be slow ([Network.Delay]), lose links ([Network.Reset]) and be
// parted ([Network.Cut], [Network.CutOneWay], [Network.Heal]). Each end of a link
// learns of it by itself, when the word reaches it or three heartbeats have not.
// Heartbeats themselves are not sent, only reckoned with: a network that nobody
// cuts has no timers. All time is that of package time, so that in a bubble of
// testing/synctest it costs nothing.
package memory
