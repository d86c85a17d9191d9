// Package wire has the frames that travel over a link, byte by byte.
//
// A frame is a length, a kind and a body. Numbers of fixed size are big endian;
// uvarint is the variable-length number of package encoding/binary, in its
// shortest form only.
//
//	length  4 bytes   of what follows: 1 to MaxFrame
//	kind    1 byte    0–31 transport, below; 32–127 directory, package directory/wire
//	body    length-1 bytes
//
// The kinds of the transport, and their bodies:
//
//	1 Hello        "LCAK", version 1 byte (4), process 16, heartbeat 4 (milliseconds),
//	               then what the node says of itself. First frame of each end, and
//	               never again; at most MaxHello bytes, length and kind included
//	2 Heartbeat    nothing. Sent when nothing else was for an interval
//	3 Goodbye      reason, UTF-8, at most MaxReason bytes. Last frame of an end
//	4 Type         number uvarint (1 to MaxTypes), name UTF-8 (1 to MaxTypeName bytes).
//	               From now on that number stands for that type, in this direction
//	5 Message      hops 1, to 32, from 32, type uvarint, value. In no session
//	6 DataOut      session uvarint, flag 1, [from 32], type uvarint, value.
//	               In a session, from its subscriber
//	7 DataBack     the same from its publisher
//	8 Undelivered  hops 1, told 32, to 32, reason length uvarint, reason UTF-8 (at most
//	               MaxReason bytes), type uvarint, value. What was sent to "to" did
//	               not arrive; "told" is who sent it. If the type is 0 no value
//	               follows: the message is not given back
//	9 Credit       side 1, session uvarint, bytes uvarint (from 1). Of the messages that
//	               came so many bytes were taken: as many more may be sent. The side is 0
//	               for what is in no session, whose number is then 0; 1 if the session's
//	               subscriber says it, of what its publisher sent; 2 if the publisher does
//	10 Part        number uvarint (from 1), flag 1, [kind 1, size uvarint], bytes. Of a
//	               Message, a DataOut or a DataBack that is longer than PartSize. The flag
//	               is 1 for the first part, which says the kind and how long the whole
//	               body is (at most MaxMessage) and has its head whole; else 0. Parts of
//	               one number are in order; when all bytes are there the number is free
//	11 Watch       number uvarint (from 1), hops 1, actor 32. Ended is to follow when the
//	               actor ends, or at once if it has or is not known. The number is free
//	               again behind Ended, or Unwatch
//	12 Unwatch     number uvarint (from 1). Ended is not to follow any more. If it was said
//	               already this has no meaning
//	13 Ended       number uvarint (from 1), reason length uvarint, reason UTF-8 (at most
//	               MaxReason bytes), type uvarint, value. The actor of that watch has
//	               ended, if the reason is empty; else the reason says why nothing is
//	               known of it. If the type is 0 no value follows. It takes of the window
//	               of what is in no session, and comes behind all that was sent there
//
// The flag of DataOut and DataBack is 1 if the sender's address follows, and 0 if
// the sender is the session's own end. A value is one msgpack value; [Check] says
// whether it may be decoded. An address is process 16, actor 8, key 8.
//
// A link takes Hello, Heartbeat and Goodbye itself and hands on the rest. Another
// kind below 32 is an error. What follows the known fields of a Heartbeat is
// ignored.
//
// Each kind of the rest has an Append function, which does not allocate if there
// is room, and a Parse function, whose errors are *transport.FrameError. What
// parses is encoded to the same bytes again. A Head is all of a body but its
// value, so that the value can be appended where it belongs, or passed on as it is.
package wire
