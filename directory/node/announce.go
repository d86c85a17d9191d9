package node

import "github.com/layer-cake/layer-cake/directory"

// announcesOthers reports whether msg, from a child that has no directories below
// it, is about a registration of another process: nobody can have told it. A child
// that is a directory is trusted with what it says of those below: whose they are
// cannot be seen from here.
func (l *link) announcesOthers(msg directory.Message) bool {
	if l.relation != toChild || l.greeting.Directory.Scope < directory.Process {
		return false
	}
	switch msg := msg.(type) {
	case directory.Claim:
		for _, p := range msg.Claimants {
			if p.ID.Origin != l.process() {
				return true
			}
		}
	case directory.Seek:
		return msg.Subscription.ID.Origin != l.process()
	case directory.Unseek:
		return msg.ID.Origin != l.process()
	}
	return false
}
