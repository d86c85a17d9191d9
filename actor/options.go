package actor

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/layer-cake/layer-cake/actor/internal/strict"
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// Options are what a system needs to know. The zero value is what most want.
type Options struct {
	// The program.

	// Types are the messages that cross processes.
	Types Types
	// Settings points to a struct, whose exported fields are flags of Main. See there.
	Settings any
	// Configure is called by Main once the settings are read, and may change what
	// depends on them. Open does not call it.
	Configure func(*Options) error
	// Logger is where lines go; nil: slog.Default().
	Logger *slog.Logger
	// Events is told of typed happenings, on the goroutine where they happen. It must
	// not block or send; its panics are logged.
	Events func(Event)

	// Actors.

	Mailbox    int           // messages an actor may have waiting, those in sessions with other processes aside; zero: 65536
	AskTimeout time.Duration // how long a reply, or a connection, may take; zero: 5 s
	Grace      time.Duration // between Stop and force; zero: 10 s

	// Other processes.

	Directory string        // host:port of the parent directory; empty: find it; "none": stand alone
	Above     Scope         // what the directory at Directory must be; zero: any that is wider
	Heartbeat time.Duration // between two signs of life of a link, 10 ms to a minute; zero: 500 ms
	Limits    Limits        // of what is taken from other processes; zero: the defaults, which its Table has
	// TLS has the certificates of what is Encrypted, which GetCertificate may change
	// while it runs; and whom ConnectHTTP trusts, nil: the machine's authorities.
	TLS *tls.Config

	// The system's own directory. Most programs leave these as they are.

	Scope      Scope               // of the directory; zero: Process
	Listen     string              // host:port where it takes links; empty: 127.0.0.1, any port, when needed
	LANAddress string              // host:port where publications of LAN scope take links; empty: the machine's private address, any port
	Executable string              // the name that the directory tree shows; empty: that of the program
	Role       string              // its role in a composite process, for the tree; empty: Main knows
	Transport  transport.Transport // how links are made; nil: TCP
	Checks     *strict.Checks      // of package actortest, which alone can make them
}

// complete returns the options with the defaults filled in.
func (o *Options) complete() Options {
	var c Options
	if o != nil {
		c = *o
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Grace <= 0 {
		c.Grace = 10 * time.Second
	}
	if c.AskTimeout <= 0 {
		c.AskTimeout = 5 * time.Second
	}
	if c.Mailbox <= 0 {
		c.Mailbox = defaultMailbox
	}
	if c.Scope == 0 {
		c.Scope = Process
	}
	if c.Executable == "" && len(os.Args) > 0 {
		c.Executable = filepath.Base(os.Args[0])
	}
	return c
}

// node returns what the node of a system needs to know.
func (o Options) node(sys *System) (node.Config, error) {
	scope, ok := o.Scope.known()
	if !ok || o.Scope == WAN {
		return node.Config{}, fmt.Errorf("there is no directory of scope %v", o.Scope)
	}
	if err := o.Limits.check(); err != nil {
		return node.Config{}, fmt.Errorf("Options.Limits: %w", err)
	}
	p, err := parentOf(o.Scope, o.Directory, os.Getenv(DirectoryVariable))
	if err != nil {
		return node.Config{}, err
	}
	c := node.Config{
		Scope:       scope,
		Executable:  o.Executable,
		Role:        o.Role,
		Actors:      office{sys},
		Codec:       sys.types,
		Transport:   o.Transport,
		Mint:        sys.mint,
		Listen:      o.Listen,
		LAN:         o.lan,
		ParentScope: directory.Scope(p.scope),
		ParentFixed: p.fixed,
		ConnectTime: o.AskTimeout,
		Heartbeat:   uint32(o.Heartbeat.Milliseconds()),
		Limits:      o.Limits.node(),
		Logger:      o.Logger,
	}
	if c.Transport == nil {
		c.Transport = tcp.Transport{
			Logger:      o.Logger,
			MaxUnproven: o.Limits.MaxUnproven,
			MaxLinks:    o.Limits.MaxLinksPerListener,
			QueueBytes:  o.Limits.MaxQueueBytes,
		}
	}
	if o.Above != 0 && p.scope != 0 {
		c.ParentScope, c.ParentFixed = directory.Scope(o.Above), true
	}
	if p.scope != 0 {
		c.Parent = p.where
	}
	if o.Scope == Process { // a composite process or a machine may well be alone
		c.Advice = "start host-cake, or name another directory by --connect-to-directory"
	}
	return c, nil
}

// lan returns where publications of LAN scope take links.
func (o Options) lan() (string, error) {
	if o.LANAddress != "" {
		return o.LANAddress, nil
	}
	a, err := tcp.PrivateIPv4()
	if err != nil {
		return "", err
	}
	return net.JoinHostPort(a.String(), "0"), nil
}
