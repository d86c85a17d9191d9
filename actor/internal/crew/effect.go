package crew

import "fmt"

type (
	// A Worker is whoever is given requests. Who joins again is another.
	Worker uint64
	// A Request is something that wants an answer. Later ones are greater.
	Request uint64
	// A Slot is a place for an actor that the pool runs, from 0.
	Slot int
)

// An Effect is something to be done. Which fields are set is said by its Kind.
type Effect struct {
	Kind    Kind
	Worker  Worker
	Request Request
	Slot    Slot
	Why     Why
	Number  int   // of Recruit: to be told to NoneCame. Of Overloaded: requests that wait
	Span    int64 // how long to wait; of Slow: the average
}

// A Kind says what is to be done.
type Kind int

const (
	Give      Kind = iota + 1 // Request to Worker
	Answer                    // Request, with what Worker replied
	Refuse                    // Request, for the reason Why
	Rest                      // let Worker alone for a while, then say Rested
	Run                       // the actor of Slot
	StandDown                 // say Due for Slot when Span has passed
	Recruit                   // say NoneCame with Number when Span has passed
	Finish                    // there is nothing more to do. Comes once
)

// Why is the reason of a Refuse.
type Why int

const (
	Overloaded Why = iota + 1 // the queue is full
	Slow                      // the workers answer too slowly
	NoWorker                  // there is none
	NoneCame                  // there was none, and none came in time
	AllEnded                  // there was none left, and none comes soon
	Tried                     // it was tried on a worker, or on several, and not done
	Late                      // its time was up
	Unwanted                  // nobody waits for an answer any more
	Ending                    // the pool ends
)

// String returns the name of the kind.
func (k Kind) String() string {
	if k < Give || k > Finish {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return [...]string{"Give", "Answer", "Refuse", "Rest", "Run", "StandDown", "Recruit", "Finish"}[k-1]
}

// String returns the name of the reason.
func (w Why) String() string {
	if w < Overloaded || w > Ending {
		return fmt.Sprintf("Why(%d)", int(w))
	}
	return [...]string{"Overloaded", "Slow", "NoWorker", "NoneCame", "AllEnded", "Tried", "Late", "Unwanted", "Ending"}[w-1]
}

// String returns the effect on one line.
func (e Effect) String() string {
	switch e.Kind {
	case Give:
		return fmt.Sprintf("%v r%d w%d", e.Kind, e.Request, e.Worker)
	case Answer:
		return fmt.Sprintf("%v r%d of w%d", e.Kind, e.Request, e.Worker)
	case Refuse:
		return fmt.Sprintf("%v r%d %v", e.Kind, e.Request, e.Why)
	case Rest:
		return fmt.Sprintf("%v w%d", e.Kind, e.Worker)
	case Run:
		return fmt.Sprintf("%v s%d", e.Kind, e.Slot)
	case StandDown:
		return fmt.Sprintf("%v s%d for %d", e.Kind, e.Slot, e.Span)
	case Recruit:
		return fmt.Sprintf("%v %d for %d", e.Kind, e.Number, e.Span)
	}
	return e.Kind.String()
}
