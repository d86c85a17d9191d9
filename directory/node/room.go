package node

// A room is where those wait who may go on when there is room. Its owner guards it.
type room struct{ opens chan struct{} } // nil: nobody waits

// wait returns a channel that is closed when there is room.
func (r *room) wait() <-chan struct{} {
	if r.opens == nil {
		r.opens = make(chan struct{})
	}
	return r.opens
}

// open lets those go on who wait.
func (r *room) open() {
	if r.opens != nil {
		close(r.opens)
		r.opens = nil
	}
}

// closed returns a channel that is closed: nobody need wait.
func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
