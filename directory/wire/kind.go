// Package wire has the directory's frames, byte by byte.
//
// A body is one msgpack array whose elements are the fields of the message in
// the order given here. A reader ignores elements it does not know, at the end;
// too few are an error. Ids are {bin 16, uint}, addresses bin 32, tokens bin 16.
//
//	32 Claim      name, [publication …], ask
//	33 Seek       id, pattern, scope, actor
//	34 Unseek     id
//	35 Offered    subscription, scope, first, last, [publication …]
//	36 Offer      subscription, scope, publication
//	37 Withdraw   subscription, scope, name
//	38 Held       name, scope, holder, stamp
//	40 Open       session, publication, token, scope, subscriber
//	41 Ready      session
//	42 NotOpened  session, reason
//	43 Commit     session
//	44 Close      session, reason
//	45 Closed     session, reason
//	46 Join       session, actor
//	47 Joined     session, actor
//	48 List       [process …]
//	49 Describe   [process …]
//	50 Listed     [process …], directory, [directory …], last
//	51 Refused    reason
//	52 Enquire    [process …], [process …], number, topic, name, pattern, mark
//	53 Found      [process …], number, mark, gone, reason, [claimant …], [interest …], [pairing …], [effort …], [figure …]
//	54 Heard      session
//
// where
//
//	publication   [id, name, scope, stamp, token, actor, [[scope, host:port] …]]
//	directory     [process, scope, executable, role, pid, listens]
//	mark          [name, stamp, id]
//	claimant      [name, id, scope, stamp, actor number, holds]
//	interest      [pattern, id, scope, actor number]
//	pairing       [name, publication, subscription]
//	figure        [name, used, most or 0]
//	effort        [subscription, name, publication, scope or 0, [[publication, scope, state, failed, reason] …]]
//
// The opaque body of a hello is a Greeting: relation, directory.
package wire

import "github.com/layer-cake/layer-cake/transport"

// The kinds of the directory's frames.
const (
	KindClaim     transport.Kind = 32
	KindSeek      transport.Kind = 33
	KindUnseek    transport.Kind = 34
	KindOffered   transport.Kind = 35
	KindOffer     transport.Kind = 36
	KindWithdraw  transport.Kind = 37
	KindHeld      transport.Kind = 38
	KindOpen      transport.Kind = 40
	KindReady     transport.Kind = 41
	KindNotOpened transport.Kind = 42
	KindCommit    transport.Kind = 43
	KindClose     transport.Kind = 44
	KindClosed    transport.Kind = 45
	KindJoin      transport.Kind = 46
	KindJoined    transport.Kind = 47
	KindList      transport.Kind = 48
	KindDescribe  transport.Kind = 49
	KindListed    transport.Kind = 50
	KindRefused   transport.Kind = 51
	KindEnquire   transport.Kind = 52
	KindFound     transport.Kind = 53
	KindHeard     transport.Kind = 54
)

// Limits of what a frame may say. A frame beyond them is broken.
const (
	MaxText      = 1024 // bytes of a reason, an executable's name, a host:port of a directory
	MaxAddress   = 261  // bytes of the host:port of a publication: so a batch of them fits a frame
	MaxEndpoints = 4    // of one publication
	MaxProspects = 8    // of one effort
	MaxFailure   = 200  // bytes of the reason of a prospect: so a page of efforts fits a frame
	MaxBatch     = 1024 // publications or directories in one frame
)
