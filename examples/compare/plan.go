package main

// A plan says how much is measured. Counts are the same for all.
type plan struct {
	rounds    int
	questions int // asked one after the other
	flights   int // asked with flying under way
	readings  int // sent one way
	crowd     int // questions in the crowd
	crowdTime int // milliseconds that they may take
	sessions  int // idle ones
	links     int // idle ones

	tells     int // in one process
	localAsks int // likewise, one after the other
	actors    int // spawned
	alive     int // at once, of ours
	starts    int // of programs
}

// flying is how many questions are under way at once.
const flying = 100

var (
	whole = plan{rounds: 5, questions: 10_000, flights: 100_000, readings: 1_000_000, crowd: 4000, crowdTime: 8000, sessions: 100_000, links: 64,
		tells: 5_000_000, localAsks: 200_000, actors: 100_000, alive: 1_000_000, starts: 20}
	short = plan{rounds: 5, questions: 2000, flights: 10_000, readings: 200_000, crowd: 500, crowdTime: 1000, sessions: 10_000, links: 16,
		tells: 2_000_000, localAsks: 50_000, actors: 100_000, alive: 100_000, starts: 5}
)

// warmUp is how much of something is done before it is measured.
func warmUp(n int) int { return max(n/10, 1) }
