package main

import "time"

// A plan says how much is measured.
type plan struct {
	rounds   int
	names    int           // introduced one by one, in a round
	thousand int           // times a thousand names are introduced, in a round
	kills    int           // in a round
	calls    int           // of layer-cake, in a round
	idle     time.Duration // before memory is looked at

	heavyRounds int
	many        int           // names at once, where a list would fail
	perLink     int           // names of each of the links that see host-cake restart
	away        time.Duration // of host-cake; long enough for the pauses between two dials to be at their longest
	upgrades    int
}

var (
	whole = plan{
		rounds: 5, names: 1000, thousand: 5, kills: 10, calls: 20, idle: 5 * time.Second,
		heavyRounds: 3, many: 100_000, perLink: 1000, away: 3 * time.Second, upgrades: 10_000,
	}
	short = plan{
		rounds: 3, names: 200, thousand: 1, kills: 4, calls: 8, idle: time.Second,
		heavyRounds: 1, many: 20_000, perLink: 200, away: 3 * time.Second, upgrades: 500,
	}
)
