package node

// maxUnwoken is how many frames are handed over at most before those are woken who got
// messages: enough that waking is cheap, few enough that they begin to work while
// more comes.
const maxUnwoken = 32

// wakers are those who got messages over a link and sleep. The reader's.
type wakers struct {
	list []Waker
	late int // frames since the first of them got one
}

// heed is called for each frame.
func (w *wakers) heed() {
	if len(w.list) == 0 {
		return
	}
	if w.late++; w.late >= maxUnwoken {
		w.wake()
	}
}

func (w *wakers) wake() {
	for i, sleeper := range w.list {
		sleeper.Wake()
		w.list[i] = nil
	}
	w.list, w.late = w.list[:0], 0
}

// Idle wakes who sleeps: the link waits for more now.
func (l *link) Idle() { l.sleepers.wake() }
