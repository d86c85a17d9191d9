package actor

import "github.com/layer-cake/layer-cake/transport"

// Ties are what an actor has under way that ends with it, or has an end to be told of,
// beside what its node knows.
type ties struct {
	watches   map[transport.Address]*watch
	listeners map[*httpListener]Address         // of HTTP, until their end is taken note of
	clients   map[transport.Address]*httpClient // of HTTP, likewise; connections have sessions
}

// tied returns the ties, to be added to. Few actors have any.
func (s *Self) tied() *ties {
	if s.ties == nil {
		s.ties = &ties{
			watches:   make(map[transport.Address]*watch),
			listeners: make(map[*httpListener]Address),
			clients:   make(map[transport.Address]*httpClient),
		}
	}
	return s.ties
}

// untie ends the watches. Listeners and clients are children, which have ended before.
func (s *Self) untie() {
	if s.ties == nil {
		return
	}
	for _, w := range s.watches {
		w.off = true // it may come to the mailbox yet, and to another life
		w.cancel()
	}
	s.ties = nil
}
