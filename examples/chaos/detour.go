package main

import (
	"bufio"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// A detour is TCP, but for what a process says of where it takes links: that is a
// front of the proxy. So the links between two processes go through it too.
type detour struct {
	tcp.Transport
	proxy string // host:port where fronts are had
}

func newDetour(proxy string, log *slog.Logger) transport.Transport {
	t := tcp.Transport{Logger: log}
	if proxy == "" {
		return t
	}
	return detour{t, proxy}
}

// Listen takes links at address and gives the front's for it.
func (d detour) Listen(address string, hello transport.Hello, accept func(transport.Link)) (transport.Listener, error) {
	l, err := d.Transport.Listen(address, hello, accept)
	if err != nil {
		return nil, err
	}
	lease, front, err := rent(d.proxy, l.Address())
	if err != nil {
		l.Close()
		return nil, err
	}
	return &fronted{l, front, lease}, nil
}

// rent asks the proxy for a front of a target. It stays until the lease is
// closed, or the process has ended.
func rent(proxy, target string) (lease net.Conn, front string, err error) {
	lease, err = net.Dial("tcp", proxy)
	if err != nil {
		return nil, "", err
	}
	if _, err = fmt.Fprintln(lease, target); err == nil {
		front, err = bufio.NewReader(lease).ReadString('\n')
	}
	if err != nil {
		lease.Close()
		return nil, "", fmt.Errorf("a front for %s: %w", target, err)
	}
	return lease, strings.TrimSpace(front), nil
}

// A fronted listener says that it is elsewhere.
type fronted struct {
	transport.Listener
	front string
	lease net.Conn
}

func (l *fronted) Address() string { return l.front }

func (l *fronted) Close() error {
	l.lease.Close()
	return l.Listener.Close()
}
