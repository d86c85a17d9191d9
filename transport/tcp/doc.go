// Package tcp makes links between processes over TCP.
//
// A [Transport] needs no making: its zero value is ready.
//
// # Before the hello
//
// Who dials says its hello first; who is dialled checks it and answers. Until
// then a connection may send one hello (1 KiB), within HelloTimeout, and at most
// MaxUnproven connections of a listener are in that state; the others wait in the
// backlog of the system.
//
// # A link
//
// Each link has two goroutines. The reader hands frames to the Receiver, one
// after the other; a receiver that takes its time delays only its own link. The
// writer empties the queue, and says Heartbeat when nothing was said for an
// interval. A frame that is sent alone, on a link where nothing was sent for a
// moment, is written by its sender, in one attempt that does not block; under
// load the writer takes all that has gathered meanwhile at once, and never waits
// for more.
//
//	       Send, alone                 done
//	idle ──────────────▶ a sender ─────────────▶ idle
//	 │ Send, Close,          │ not all written, or more came
//	 │ heartbeat             ▼
//	 └──────────────────▶ writer ──────────────▶ idle
//	                              nothing left
//
// A peer is silent, and the link lost with ErrSilent, when the reader waits for
// three of the peer's intervals and not a byte comes. While a receiver is busy
// nobody waits, so no time passes.
//
// # The end
//
// A link that is closed, or whose peer broke the rules, sends what was queued and
// a Goodbye with the reason, within a second; then it waits for the peer to
// close, within the same second. A peer's Goodbye, the end of the stream, an
// error and silence end it at once. Lost is the last that its goroutines do.
package tcp
