package directory

import "iter"

// Publications yields what the directory knows of publications: names in order,
// of each the oldest first, which holds it. The machine must not be stepped
// meanwhile.
func (m *Machine) Publications() iter.Seq[Publication] {
	return func(yield func(Publication) bool) {
		going := true
		m.names.Range("", m.names.Len(), func(_ string, s *standing) {
			for i := 0; going && i < len(s.claims); i++ {
				going = yield(s.claims[i].Publication)
			}
		})
	}
}

// Subscriptions yields the subscriptions that the directory knows, by identity.
func (m *Machine) Subscriptions() iter.Seq[Subscription] {
	return func(yield func(Subscription) bool) {
		for _, id := range m.sortedSeekings() {
			if !yield(m.seekings[id].Subscription) {
				return
			}
		}
	}
}
