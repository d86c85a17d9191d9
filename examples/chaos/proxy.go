package main

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// A mood is how the proxy treats a line. The zero mood passes everything on.
type mood struct {
	hold  bool          // pass nothing, not even the end
	halve bool          // pass half of what comes next, then hold
	split bool          // pass a few bytes at a time
	delay time.Duration // wait before passing anything on
}

func (m mood) String() string {
	switch {
	case m.hold:
		return "pass nothing"
	case m.halve:
		return "pass half of what comes, then nothing"
	case m.split:
		return "pass a few bytes at a time"
	case m.delay > 0:
		return fmt.Sprintf("pass on %v late", m.delay)
	}
	return "pass"
}

// A proxy stands between all processes. Who wants a link connects to a front; the
// proxy connects to what is behind it and passes on what comes, as it is told.
type proxy struct {
	control net.Listener
	running sync.WaitGroup

	mu     sync.Mutex // guards the rest
	closed bool
	fronts []*front
	leases map[net.Conn]struct{}
	lines  int // that there have been
}

// A front is where links to one target go.
type front struct {
	proxy  *proxy
	name   string
	target string
	socket net.Listener

	// Guarded by proxy.mu.
	mood   mood // of lines to come
	lines  []*line
	closed bool // it takes no more
}

func newProxy() (*proxy, error) {
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{control: control, leases: make(map[net.Conn]struct{})}
	p.running.Go(p.lend)
	return p, nil
}

func (p *proxy) address() string { return p.control.Addr().String() }

// lend gives fronts to who asks: a line with the target, answered by one with the
// front, which stays as long as the connection does.
func (p *proxy) lend() {
	for {
		lease, err := p.control.Accept()
		if err != nil {
			return // closed
		}
		p.mu.Lock()
		if p.closed {
			lease.Close()
		}
		p.leases[lease] = struct{}{}
		p.mu.Unlock()
		p.running.Go(func() {
			defer func() {
				lease.Close()
				p.mu.Lock()
				delete(p.leases, lease)
				p.mu.Unlock()
			}()
			in := bufio.NewReader(lease)
			target, err := in.ReadString('\n')
			if err != nil {
				return
			}
			target = strings.TrimSpace(target)
			f, err := p.front("peer "+target, target)
			if err != nil {
				return
			}
			fmt.Fprintln(lease, f.address())
			in.ReadString('\n') // until its end
			f.close()
		})
	}
}

// front opens a front for a target.
func (p *proxy) front(name, target string) (*front, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &front{proxy: p, name: name, target: target, socket: socket}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		socket.Close()
		return nil, net.ErrClosed
	}
	p.fronts = append(p.fronts, f)
	p.running.Go(f.accept)
	return f, nil
}

func (f *front) address() string { return f.socket.Addr().String() }

func (f *front) accept() {
	for {
		conn, err := f.socket.Accept()
		if err != nil {
			return // closed
		}
		f.proxy.running.Go(func() { f.connect(conn.(*net.TCPConn)) })
	}
}

// connect makes a line to the target. If nobody is there, who dialled is told so
// by a reset.
func (f *front) connect(dialler *net.TCPConn) {
	conn, err := net.DialTimeout("tcp", f.target, time.Second)
	if err != nil {
		reset(dialler)
		return
	}
	p := f.proxy
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		reset(dialler)
		reset(conn.(*net.TCPConn))
		return
	}
	l := newLine(dialler, conn.(*net.TCPConn), f.mood)
	f.lines = append(f.lines, l)
	p.lines++
	p.mu.Unlock()
	l.run()
	p.mu.Lock()
	f.lines = slices.DeleteFunc(f.lines, func(other *line) bool { return other == l })
	p.sweep()
	p.mu.Unlock()
}

// close takes no more links. Those that there are live on.
func (f *front) close() {
	f.socket.Close()
	f.proxy.mu.Lock()
	defer f.proxy.mu.Unlock()
	f.closed = true
	f.proxy.sweep()
}

// sweep forgets fronts that have nothing left to do. Called with mu held.
func (p *proxy) sweep() {
	p.fronts = slices.DeleteFunc(p.fronts, func(f *front) bool { return f.closed && len(f.lines) == 0 })
}

// set sets the mood of a front and of all its lines.
func (f *front) set(m mood) {
	f.proxy.mu.Lock()
	defer f.proxy.mu.Unlock()
	f.mood = m
	for _, l := range f.lines {
		l.set(m)
	}
}

// all returns the lines of a front.
func (f *front) all() []*line {
	f.proxy.mu.Lock()
	defer f.proxy.mu.Unlock()
	return slices.Clone(f.lines)
}

// list returns the fronts, the oldest first.
func (p *proxy) list() []*front {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.fronts)
}

// heal makes every front and every line pass everything on.
func (p *proxy) heal() {
	for _, f := range p.list() {
		f.set(mood{})
	}
}

// close ends everything and waits for it.
func (p *proxy) close() {
	p.control.Close()
	p.mu.Lock()
	p.closed = true
	for lease := range p.leases {
		lease.Close()
	}
	for _, f := range p.fronts {
		f.socket.Close()
		for _, l := range f.lines {
			l.reset()
		}
	}
	p.mu.Unlock()
	p.running.Wait()
}
