package node

import (
	"sync"
	"time"
)

// What one link carries of messages that did not arrive (R17): so much a second, and
// so much at once. A peer that sends as fast as it can to who is gone does not make
// this process answer as fast. What comes back of one session that ends fits into
// what is allowed at once, as long as its messages are short. Beyond the bytes a
// message is told of without being given back; beyond the words it is not told of.
const (
	wordsPerSecond = 1000
	wordsAtOnce    = 8192
	bytesPerSecond = 1 << 20
	bytesAtOnce    = 1 << 20
)

// An allowance is what is left of that.
type allowance struct {
	mu    sync.Mutex
	words bucket // guarded by mu
	bytes bucket // guarded by mu
}

// take takes a word of a message of so many bytes out of the allowance. It reports
// whether there is enough left to tell of the message, and to give it back.
func (a *allowance) take(now time.Time, bytes int) (tell, whole bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.words.take(now, 1, wordsPerSecond, wordsAtOnce) {
		return false, false
	}
	return true, a.bytes.take(now, bytes, bytesPerSecond, bytesAtOnce)
}

// A bucket is a token bucket. The zero bucket is full.
type bucket struct {
	full time.Time // when it will be, if nothing more is taken
}

// take takes n tokens out of a bucket that has room for most, and gets so many a
// second. It reports whether they were there.
func (b *bucket) take(now time.Time, n, perSecond, most int) bool {
	full := b.full
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Duration(n) * time.Second / time.Duration(perSecond))
	if full.Sub(now) > time.Duration(most)*time.Second/time.Duration(perSecond) {
		return false
	}
	b.full = full
	return true
}
