// Package tcp makes links between processes over TCP.
//
// A [Transport] needs no making: its zero value is ready.
//
// # Before the hello
//
// Who dials says its hello first; who is dialled checks it and answers. Until
// then a connection may send one hello (1 KiB), within HelloTimeout, and at most
// MaxUnproven connections of a listener are in that state. One that comes when they
// are so many takes the place of another: of those from the address that has
// the most, the one that has been silent longest; if all have said something, the oldest. A
// listener has at most MaxLinks links at once; who dials then is told so. What is
// refused is logged: the first at once, others as a number every ten seconds.
//
// # A link
//
// Each link has two goroutines. The reader hands frames to the Receiver, one
// after the other; a receiver that takes its time delays only its own link. The
// writer empties the queue, and says Heartbeat when nothing was said for an
// interval. A frame that is sent alone, on a link where nothing was sent for a
// moment, is written by its sender, in one attempt that does not block; under
// load the writer takes what has gathered meanwhile, up to 64 KiB at once, and never
// waits for more.
//
//	       Send, alone                 done
//	idle ──────────────▶ a sender ─────────────▶ idle
//	 │ Send, Close,          │ not all written, or more came
//	 │ heartbeat             ▼
//	 └──────────────────▶ writer ──────────────▶ idle
//	                              nothing left
//
// # Lanes
//
// What is sent by Link.Send is control and goes first. Lanes share what is left in
// bytes, by deficit round robin in which a lane that was empty goes before those that
// always have something; RFC 8290 (FQ-CoDel) has the same for flows of packets, and
// the type schedule a picture of it. The Goodbye goes last. What the system
// has taken is beyond this order, so its buffers are kept small: 64 KiB to receive and
// 32 KiB to send on loopback, 256 and 128 elsewhere (Linux takes twice these).
//
// QueueBytes bounds all that is queued in a link, whatever the lane. Lanes leave an eighth of
// it to control: a link whose lanes are full still says what it must. A lane with
// nothing queued is 48 bytes. A link that says nothing for an interval, and hears
// nothing, gives back what its buffers have grown to: each end then holds less than 8 KiB
// of heap, and the stacks of two goroutines.
//
// # Silence
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
