package actor

// A family is the actors that have the same parent, the youngest first. It is guarded
// by a mutex of the parent's.
type family struct{ youngest *Self }

func (f *family) add(s *Self) {
	s.older = f.youngest
	if s.older != nil {
		s.older.younger = s
	}
	f.youngest = s
}

// remove takes s out; it is there.
func (f *family) remove(s *Self) {
	if s.younger == nil {
		f.youngest = s.older
	} else {
		s.younger.older = s.older
	}
	if s.older != nil {
		s.older.younger = s.younger
	}
	s.older, s.younger = nil, nil
}

func (f *family) all() []*Self {
	var list []*Self
	for s := f.youngest; s != nil; s = s.older {
		list = append(list, s)
	}
	return list
}
