package node

import "sync"

const (
	sourceSize = 256 // words of one source that wait; who says more waits
	sourceKept = 16  // what a source keeps room for when nothing waits
)

// A source is what waits for the node from one of those who say something to it, in
// order. All is guarded by the inbox's mu.
type source struct {
	words   []word    // those from next on wait
	next    int       // in words
	waiting int       // how many goroutines wait for room
	room    sync.Cond // there is some
	after   *source   // whose turn comes next, in turns
}

func (s *source) len() int    { return len(s.words) - s.next }
func (s *source) empty() bool { return s.len() == 0 }
func (s *source) full() bool  { return s.len() >= sourceSize }

func (s *source) push(w word) {
	if len(s.words) == cap(s.words) && s.next > 0 && s.next >= len(s.words)/2 {
		s.words = s.words[:copy(s.words, s.words[s.next:])]
		clear(s.words[len(s.words):cap(s.words)])
		s.next = 0
	}
	s.words = append(s.words, w)
}

func (s *source) pop() word {
	w := s.words[s.next]
	s.words[s.next] = word{} // let go of it
	s.next++
	if s.empty() {
		s.words, s.next = s.words[:0], 0
		if cap(s.words) > sourceKept {
			s.words = nil
		}
	}
	if s.waiting > 0 && s.len() <= sourceSize/2 {
		s.room.Broadcast()
	}
	return w
}

// turns are the sources that have words, the one whose turn it is first. They are
// linked with each other, so that nothing is allocated.
type turns struct{ first, last *source }

func (t *turns) push(s *source) {
	if t.first == nil {
		t.first = s
	} else {
		t.last.after = s
	}
	t.last = s
}

func (t *turns) pop() *source {
	s := t.first
	t.first, s.after = s.after, nil
	if t.first == nil {
		t.last = nil
	}
	return s
}

func (t *turns) each(f func(*source)) {
	for s := t.first; s != nil; s = s.after {
		f(s)
	}
}
