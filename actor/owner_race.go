//go:build race

package actor

// An owner is where each verb of Self writes, so that the race detector reports a
// goroutine that uses the Self of an actor which is another's.
type owner struct{ verbs uint64 }

func (o *owner) touch() { o.verbs++ }
