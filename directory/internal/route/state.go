package route

// A State says how an offer stands, for people to see.
type State uint8

// The states of an offer.
const (
	Spare    State = iota + 1 // neither used nor tried: a better one is
	Resting                   // it failed
	Trying                    // it is the attempt
	Prepared                  // it is the attempt, and ready: the session is being closed
	InUse                     // it is the session
)

// States calls yield for each offer, best first, with its state and how often it
// has failed since it last was the session, until yield returns false.
func (r *Route[O]) States(yield func(o O, s State, failed int) bool) {
	for _, e := range r.offers {
		state := Spare
		switch {
		case e.offer == r.session:
			state = InUse
		case e.offer == r.attempt && r.ready:
			state = Prepared
		case e.offer == r.attempt:
			state = Trying
		case e.resting:
			state = Resting
		}
		if !yield(e.offer, state, int(e.failed)) {
			return
		}
	}
}

// Session returns the offer that is used. It may have been taken away since.
func (r *Route[O]) Session() O { return r.session }

// Attempt returns the offer that is tried.
func (r *Route[O]) Attempt() O { return r.attempt }
