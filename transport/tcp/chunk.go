package tcp

// pieceSize is how much is written at once, and how long a chunk grows. A frame
// that is longer has a chunk of its own.
const pieceSize = 64 << 10

// The sizes that chunks have, each at most eight times the one before: a lane that
// says little holds little.
var chunkSizes = [...]int{256, 2 << 10, 16 << 10, pieceSize}

// How many chunks of each size a link keeps to be used again until it is idle: some
// 64 lanes that run flat out cost no allocation.
var chunksKept = [...]int{256, 64, 32, 16}

// A chunk is some frames that are not written, one after the other.
type chunk struct {
	next *chunk
	b    []byte
	done int // how much of b was taken out, or written
}

// rest is what is still there.
func (c *chunk) rest() []byte { return c.b[c.done:] }

// Chunks are a link's spare ones: what was used under load is used again, and no
// frame costs an allocation.
type chunks struct {
	spare [len(chunkSizes)]*chunk
	count [len(chunkSizes)]int
}

// class is the index of the smallest of chunkSizes that has room for size bytes; one
// more than the last if none has.
func class(size int) int {
	for i, s := range chunkSizes {
		if size <= s {
			return i
		}
	}
	return len(chunkSizes)
}

// get returns an empty chunk with room for size bytes.
func (k *chunks) get(size int) *chunk {
	i := class(size)
	if i == len(chunkSizes) {
		return &chunk{b: make([]byte, 0, size)}
	}
	c := k.spare[i]
	if c == nil {
		return &chunk{b: make([]byte, 0, chunkSizes[i])}
	}
	k.spare[i], c.next = c.next, nil
	k.count[i]--
	return c
}

// put takes a chunk that nobody uses any more.
func (k *chunks) put(c *chunk) {
	i := class(cap(c.b))
	if i == len(chunkSizes) || k.count[i] == chunksKept[i] {
		return
	}
	c.b, c.done, c.next = c.b[:0], 0, k.spare[i]
	k.spare[i] = c
	k.count[i]++
}

// shrink lets go of all spare chunks but one of the smallest, which a heartbeat takes.
func (k *chunks) shrink() {
	c := k.spare[0]
	*k = chunks{}
	if c != nil {
		c.next = nil
		k.spare[0], k.count[0] = c, 1
	}
}
