package main

import "sync/atomic"

// counts are what a party has done and seen.
type counts struct {
	Sessions  int64 // that its subscribers had
	Refused   int64 // messages that Send did not accept
	Asked     int64
	Answered  int64
	Unfounded int64 // asks that ended without an answer, as they must: their session had
	TimedOut  int64 // asks that waited in vain
	CutOff    int64 // likewise, and their replies may have been on links that were cut
	Losses    int64 // sessions that were lost with their link while nothing was cut
	Disorder  int64 // messages that came behind a later one, or are not what was sent
}

// waiting is how many asks have not ended.
func (c counts) waiting() int64 { return c.Asked - c.Answered - c.Unfounded - c.TimedOut - c.CutOff }

func (c *counts) join(other counts) {
	c.Sessions += other.Sessions
	c.Refused += other.Refused
	c.Asked += other.Asked
	c.Answered += other.Answered
	c.Unfounded += other.Unfounded
	c.TimedOut += other.TimedOut
	c.CutOff += other.CutOff
	c.Losses += other.Losses
	c.Disorder += other.Disorder
}

// A tally is counts that many actors add to.
type tally struct{ sessions, refused, asked, answered, unfounded, timedOut, cutOff, losses, disorder atomic.Int64 }

func (t *tally) counts() counts {
	return counts{
		Sessions: t.sessions.Load(), Refused: t.refused.Load(),
		// In this order: an ask that ends meanwhile is not yet over, rather than one too many.
		Answered: t.answered.Load(), Unfounded: t.unfounded.Load(), TimedOut: t.timedOut.Load(), CutOff: t.cutOff.Load(), Asked: t.asked.Load(),
		Losses: t.losses.Load(), Disorder: t.disorder.Load(),
	}
}
