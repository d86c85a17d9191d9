package directorytest

import "slices"

// shrink leaves out of a script what it fails without: ever smaller runs of
// actions, as long as the same rule is broken. An action that does not apply then
// is skipped. It plays the script at most so many times.
func (s script) shrink(rule string, most int) script {
	fails := func(s script) bool {
		most--
		w := newWorld()
		s.play(w)
		return w.wrong != nil && w.wrong.Rule == rule
	}
	for size := len(s) / 2; size > 0; {
		shorter := false
		for at := 0; at < len(s) && most > 0; {
			less := slices.Delete(slices.Clone(s), at, min(at+size, len(s)))
			if fails(less) {
				s, shorter = less, true
			} else {
				at += size
			}
		}
		if most <= 0 {
			return s
		}
		if size > 1 {
			size /= 2
		} else if !shorter {
			return s
		}
	}
	return s
}
