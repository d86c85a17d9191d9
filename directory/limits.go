package directory

// Limit has the machine work through at most so many names in a Step, and put at
// most so many offers into one Offered, in place of Slice and Batch. With small
// ones long work is interrupted often, which is what tests want.
func (m *Machine) Limit(slice, batch int) {
	m.slice, m.batch = max(1, slice), max(1, batch)
}
