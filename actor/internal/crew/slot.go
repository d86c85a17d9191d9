package crew

// Vacate tells that the actor of a slot has ended. If it was a worker, Leave
// follows. Chance, of 0 to 1, spreads the moments at which those that ended
// together are replaced.
func (c *Crew) Vacate(s Slot, chance float64, now int64) []Effect {
	c.begin()
	c.slots[s].running = false
	c.running--
	if c.config.StandDown >= 0 && !c.closed {
		span := int64(float64(c.config.StandDown) * (0.75 + chance/2))
		c.slots[s].due = now + span
		c.add(Effect{Kind: StandDown, Slot: s, Span: span})
	}
	return c.settle(now)
}

// Due runs the actor of a slot again.
func (c *Crew) Due(s Slot, now int64) []Effect {
	c.begin()
	if !c.closed {
		c.slots[s].running = true
		c.running++
		c.add(Effect{Kind: Run, Slot: s})
		if len(c.workers) == 0 && c.config.Recruits && !c.hiring {
			c.hire() // workers come of it, but not at once
		}
	}
	return c.settle(now)
}

// NoneCame tells that the time of a Recruit is up.
func (c *Crew) NoneCame(number int, now int64) []Effect {
	c.begin()
	if c.hiring && c.hired == number {
		c.hiring = false
		c.dismiss(NoneCame)
	}
	return c.settle(now)
}

// hire lets requests wait for a worker, of whom there is none.
func (c *Crew) hire() {
	c.hiring = true
	c.hired++
	c.add(Effect{Kind: Recruit, Number: c.hired, Span: c.config.Recruiting})
}

// prospect reports whether a slot is due soon enough to wait for.
func (c *Crew) prospect(now int64) bool {
	if c.config.StandDown < 0 {
		return false
	}
	for _, s := range c.slots {
		if !s.running && s.due <= now+c.config.Recruiting {
			return true
		}
	}
	return false
}
