// Package directory decides who is introduced to whom.
//
// There are three nouns. A publication is one actor under one name. A
// subscription is one actor's interest in the names that a pattern matches. A
// session joins the two.
//
// A directory knows registrations, and offers publications to subscriptions. There
// is one in each process, and a tree of them above: group-cake for a composite
// process, host-cake for a machine, lan-cake for a network. Say a worker publishes
// "svc:a" in one process, and a server subscribes to "svc:.*" in another, both at
// Host scope. The directory of each process tells host-cake: Claim, Seek. Host-cake
// finds that they match and offers the one to the other; the [Resolver] of the
// server's process connects to the worker's process and opens a session, showing
// the token that came with the offer; the [Acceptor] there finds the token right.
// The server is told Available, the worker Delivered, and host-cake has nothing
// more to do with it.
//
// Actors that know an address need no directory: one listens there and the other calls.
// The [Switchboard] of each process decides on such connections.
//
// [Machine], [Resolver], [Acceptor], [Switchboard] and [Survey] are pure: messages in, effects
// out. Package directory/node acts for them.
//
// # The rules
//
// Tests cite them by number.
//
// R1 Scope. A registration has a scope. The directory of its own process knows it
// always, every directory above as far as the scope reaches, and no other.
//
// R2 Names and patterns. A [Name] has 1 to 255 bytes of UTF-8 and no control
// characters. A [Pattern] is an RE2 expression that must match all of a name; one
// that can match but a single name is that name. It is well formed by itself, has
// at most 256 bytes, and compiles to at most 1000 instructions. What breaks this is
// refused at once, NotPublished or NotSubscribed, with the reason.
//
// R3 One holder. Those who claim a name are ordered by age: by the stamp that each
// got when it was published, then by id. The oldest that a directory knows holds
// the name there; nothing of the past counts. Per name, a directory tells its parent
// the oldest claimant for each scope from the parent's outwards. What it tells
// replaces what it told. (A machine whose clock is behind wins where it should not.)
//
// R4 Told. A publisher is told Published, a subscriber Subscribed, when the own
// process has the registration. A name that is published in a process already is
// refused there; so is a pattern that the actor has subscribed to. A publication
// begins as holding its name; at each scope that it reaches and where there is a
// directory, Standby and Promoted then alternate as it does not hold it, and does.
// One that a directory is not told of, since an inner one has an older, stands by
// there too. While a directory is out of reach, what it said stands.
//
// R5 Match once. A directory offers the holder of a name to a matching subscription
// only if the two came by different branches, so that every pair meets at the
// innermost directory that knows both. No actor is offered its own publication.
//
// R6 Offers are absolute. Each time a subscription is said to a directory it answers
// with all that it offers it, in batches of which the first and the last are marked;
// that replaces what was held for that scope. Changes follow. While a directory is
// out of reach, what it offered stands.
//
// R7 One session. For each name that its subscription matches, a subscriber sees at
// most one session: with the best offer that works.
//
// R8 Rank. The offer of an inner scope is better; of one scope, the older. Only a
// better offer disturbs a session. It is prepared first, which nobody sees. Once it
// is ready the old session is closed; what the old publisher sent before it heard
// of that is still taken, for a second at most. Then Dropped and Available are told
// back to back. Preparing that fails loses nothing.
//
// R9 Fallback and retry. When a session is lost, Dropped is told at once and the
// next best offer is tried, asking nobody. An attempt has a second to be ready, from
// its turn on: at most 1024 are under way over one link. One
// whose offer goes, or is outranked, is given up. A failed offer rests for 100 ms,
// doubling to 2 s, give or take a fifth; it is tried at once when it is said again
// or a link to its process comes up.
//
// R10 Only the ends end it. A session ends when its link is lost, when one of its
// actors ends or takes its registration back, or by R8. No directory that dies or
// withdraws an offer ends a session that works.
//
// R11 Alternation. For a name, a subscriber sees Available, Dropped, Available and so
// on; for a session, a publisher sees Delivered, then Dropped. The address in
// Available or Delivered is bound to the session: what its owner sends there arrives
// in order, after the other end was told of the session and before it is told of
// the end, or comes back.
//
// R12 Lifetimes. When an actor ends, or its process, by whatever cause, its
// registrations are retracted and its sessions dropped.
//
// R13 Liveness. A closed connection is noticed at once. A silent one is dead after
// three of the sender's heartbeats, which come every 500 ms unless its hello says
// otherwise, and which a busy process sends all the same.
//
// R14 Links. The parent is first dialled for a registration that reaches the
// narrowest directory it could be, and from then on whenever it is away: after 50 ms,
// doubling to 1 s on this machine and to 2 s elsewhere, give or take a fifth; a dial
// takes a second at most. On a new link everything is said again; saying it twice
// changes nothing. Each link is a branch: a registration belongs to all links that
// said it and goes with the last. Of two links between two processes new sessions
// use the one that the smaller identity dialled, and the other is closed when it is
// empty.
//
// R15 At rest. When every wanted link is up and nothing changes, who holds what and
// who is offered what are functions of what is alive, whatever happened before.
// Package directorytest has the functions.
//
// R16 Private. A session is opened by showing the token of the publication: random,
// and known only to the directories it was told to and those between them and the
// subscriber. Who merely connects can open nothing and address nobody. The
// runtime's own words cannot be said over a link. A publication that is not for the
// LAN cannot be opened from there, and nobody there can be a child: who could
// announce names would hold them, and be told tokens. Who calls an actor that listens has
// a link for that connection alone: nothing else is opened or asked over it, and no other
// link brings anybody to that actor. A process announces what is
// its own; a directory is believed about what is below it.
//
// R17 Bounded. What a peer can fill has a limit and a refusal, which are in one table
// (package node, Limits); links are so many in all, and so many to one process; long work is done in
// turns, and as fast as who it is for reads, so that who asks for much waits for
// it alone. Who opens a session has four seconds to commit it, and who calls as long to
// say for whom; a connection that was closed has thirty until both sides have said all.
// Patterns that begin with no fixed text are tried on every new name: of one process there are 1024 at most. What a directory knows is told
// in pages, one for each time that it is asked. What is not taken is
// given back to who sent it; where even that cannot be, or the link that it was under
// way on is lost, it is lost: what a process finds so, it counts and logs, for each
// link. Over one link 1000 such words go a second, and 8192 at once, with a MiB of
// messages: beyond the bytes the word comes without its message, as it does if that
// came in parts, and beyond the words it is counted. A message is passed on by eight
// processes at most, and so is the word of it. Of the 65536 processes that one
// remembers the way to, no link leads to more than are left for others. What comes in a session that has ended is given back until the other end has
// said its last word: a subscriber says Close of every session that is over, the
// publisher Closed. Who owes that for a million sessions of a link is given back no
// more of later ones. Available, Dropped and their like are never refused;
// of sessions that are over before their actor looks, beyond a thousand, it is told
// neither the beginning nor the end.
// Each session has a window for either direction, and a link one for what is in no
// session: who sends stops when it is used up, and is given more as actors take
// messages. Beyond it some are queued, then Send is refused. So who takes nothing
// stops who sends to him, and nobody else. Outside sessions an actor may hold no more
// of the link's window than is still free of it. Before a last word what is queued
// goes ahead of it, window or not; who sends more than three windows is cut off.
//
// R18 Honest daemons. A port that is taken, a home that is in use, a parent that
// refuses, a LAN directory where a host's was sought: an error that names it, and
// exit status 1.
package directory
