package main

import "time"

// startSpecial starts a directory of ours and the two ends of something that only
// ours has. The near end is told the directory, and what the far end adds.
func (s *stage) startSpecial(name string, add func(far *child) (string, error)) (server, far, near *child, err error) {
	if server, err = s.start("server", "ours", ""); err != nil {
		return nil, nil, nil, err
	}
	a, err := s.ask(server, "address")
	if err != nil {
		return nil, nil, nil, err
	}
	if far, err = s.start("far", name, a.Text); err != nil {
		return nil, nil, nil, err
	}
	more, err := add(far)
	if err != nil {
		return nil, nil, nil, err
	}
	near, err = s.start("near", name, a.Text+more)
	return server, far, near, err
}

// A crowdMatch is the crowd, from outside.
type crowdMatch struct {
	*stage
	far, near *child
}

func (s *stage) crowd() (*crowdMatch, error) {
	_, far, near, err := s.startSpecial("crowd", func(far *child) (string, error) {
		a, err := s.ask(far, "address")
		return "," + a.Text, err
	})
	return &crowdMatch{s, far, near}, err
}

func (m *crowdMatch) round(r *results, p plan) error {
	a, err := m.ask(m.near, "crowd", p.crowd, p.crowdTime)
	if err != nil {
		return err
	}
	if _, err := m.ask(m.far, "check"); err != nil {
		return err
	}
	r.add("crowd-p50", "ours", micro(quantile(a.Times, 0.5)))
	r.add("crowd-p50", "pingpong", micro(quantile(a.Other, 0.5)))
	r.add("crowd-p99", "ours", micro(quantile(a.Times, 0.99)))
	r.add("crowd-p99", "pingpong", micro(quantile(a.Other, 0.99)))
	r.add("crowd-load", "ours", float64(a.Count)/1000)
	return nil
}

// linkReadings are sent over each link before it is idle: more than its buffers hold.
const linkReadings = 2000

// memoryRound measures what is idle, in processes of its own: what others have left
// there would be used again. A session has carried one reading, its two machines'
// part are with it; what its publication takes is measured before, and told beside. A
// link has carried more, has one session, and has been idle for a second.
func (s *stage) memoryRound(r *results, p plan) error {
	if err := s.idle(r, "session", p.sessions, 1, func(k *kept) error {
		if err := k.measure(); err != nil {
			return err
		}
		if _, err := s.ask(k.far, "publish", "session", p.sessions); err != nil {
			return err
		}
		a, err := s.ask(k.far, "heap")
		r.add("publication-heap", "far", float64(a.Heap-k.farBefore.Heap)/float64(p.sessions))
		k.farBefore = a
		return err
	}); err != nil {
		return err
	}
	return s.idle(r, "link", p.links, linkReadings, func(k *kept) error {
		for range p.links {
			if _, err := s.ask(k.far, "publish", "link", 1); err != nil {
				return err
			}
		}
		return k.measure()
	})
}

// kept is what the two ends had in use before.
type kept struct {
	*stage
	far, near             *child
	farBefore, nearBefore answer
}

func (k *kept) measure() (err error) {
	if k.farBefore, err = k.ask(k.far, "heap"); err != nil {
		return err
	}
	k.nearBefore, err = k.ask(k.near, "heap")
	return err
}

// idle measures n of something, beside a first one that both ends have before.
func (s *stage) idle(r *results, what string, n, readings int, publish func(*kept) error) error {
	server, far, near, err := s.startSpecial("memory", func(far *child) (string, error) {
		_, err := s.ask(far, "publish", "first", 1)
		return "", err
	})
	if err != nil {
		return err
	}
	if err := s.open(far, near, "first", 1, linkReadings); err != nil {
		return err
	}
	k := &kept{stage: s, far: far, near: near}
	if err := publish(k); err != nil {
		return err
	}
	if err := s.open(far, near, what, n, readings); err != nil {
		return err
	}
	if what == "link" {
		time.Sleep(time.Second) // two heartbeats: what was busy is idle then
	}
	for _, end := range []struct {
		name   string
		child  *child
		before answer
	}{{"near", near, k.nearBefore}, {"far", far, k.farBefore}} {
		a, err := s.ask(end.child, "heap")
		if err != nil {
			return err
		}
		r.add(what+"-heap", end.name, float64(a.Heap-end.before.Heap)/float64(n))
		r.add(what+"-stack", end.name, float64(a.Stack-end.before.Stack)/float64(n))
		r.add(what+"-goroutines", end.name, float64(a.Count-end.before.Count)/float64(n))
	}
	for _, c := range []*child{near, far, server} {
		if err := s.dismiss(c); err != nil {
			return err
		}
	}
	return nil
}

// open waits until there are n sessions more with names that begin so, and so many
// readings were taken in each.
func (s *stage) open(far, near *child, prefix string, n, readings int) error {
	if _, err := s.ask(near, "subscribe", prefix, readings); err != nil {
		return err
	}
	for _, w := range []struct {
		end  *child
		what string
		n    int
	}{{near, "available", n}, {far, "delivered", n}, {far, "readings", n * readings}} {
		if _, err := s.ask(w.end, "await", prefix+"-"+w.what, w.n); err != nil {
			return err
		}
	}
	return nil
}
