package crew

// spans are the last spans between a request that was given and its answer.
type spans struct {
	last [32]int64
	n    int // that were added
	sum  int64
}

func (s *spans) add(span int64) {
	place := &s.last[s.n%len(s.last)]
	s.sum += span - *place
	*place = span
	s.n++
}

// average is zero if there are none.
func (s *spans) average() int64 {
	if s.n == 0 {
		return 0
	}
	return s.sum / int64(min(s.n, len(s.last)))
}
