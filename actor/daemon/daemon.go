package daemon

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// Host returns what host-cake gives to actor.Main: the directory of a machine.
func Host() (actor.Func, *actor.Options) {
	s := &hostSettings{DirectoryAtHost: actor.HostDirectory, Limits: actor.DefaultLimits()}
	return serve, &actor.Options{Settings: s, Scope: actor.Host, Configure: s.configure}
}

type hostSettings struct {
	DirectoryAtHost actor.HostPort `usage:"where this host-cake takes links"`
	DirectoryAtLAN  actor.HostPort `usage:"the lan-cake above; if not said, the standard address of this machine's LAN"`
	actor.Limits
}

func (s *hostSettings) configure(o *actor.Options) error {
	if err := limit(o, s.Limits); err != nil {
		return err
	}
	o.Listen = string(s.DirectoryAtHost)
	return above(o, "", s.DirectoryAtLAN)
}

// LAN returns what lan-cake gives to actor.Main: the directory of a network.
func LAN() (actor.Func, *actor.Options) {
	s := &lanSettings{Limits: actor.DefaultLimits()}
	return serveLAN, &actor.Options{Settings: s, Scope: actor.LAN, Configure: s.configure}
}

type lanSettings struct {
	DirectoryAtLAN actor.HostPort `usage:"where this lan-cake takes links; if not said, the private IPv4 address of this machine, port 54195"`
	actor.Limits
}

func (s *lanSettings) configure(o *actor.Options) error {
	if o.Directory != "" {
		return errors.New("--connect-to-directory: there is no directory above a lan-cake")
	}
	if err := limit(o, s.Limits); err != nil {
		return err
	}
	o.Listen = string(s.DirectoryAtLAN)
	if o.Listen != "" {
		return nil
	}
	address, err := tcp.PrivateIPv4()
	if err != nil {
		// Its cause ends with the remedy.
		return fmt.Errorf("--directory-at-lan=host:port is not set, and %w", errors.Unwrap(err))
	}
	_, port, err := net.SplitHostPort(actor.HostDirectory) // the port is the same everywhere
	if err != nil {
		return err
	}
	o.Listen = net.JoinHostPort(address.String(), port)
	return nil
}

// limit sets the limits, unless one cannot be what it is.
func limit(o *actor.Options, l actor.Limits) error {
	o.Limits = l
	return l.Check()
}

// above sets the parent directory to the one of these addresses that is set, if
// one is, and refuses more than one. What is there must be what it is called (R18).
// That of --connect-to-directory counts too.
func above(o *actor.Options, host, lan actor.HostPort) error {
	for _, a := range []struct {
		scope   actor.Scope
		address actor.HostPort
	}{{actor.Host, host}, {actor.LAN, lan}} {
		if a.address == "" {
			continue
		}
		if o.Directory != "" && o.Directory != string(a.address) {
			return fmt.Errorf("there is one directory above, not both %s and %s", o.Directory, a.address)
		}
		o.Directory, o.Above = string(a.address), a.scope
	}
	return nil
}

// serve is the actor of a daemon of which only the directory is wanted.
func serve(self *actor.Self) any {
	self.Log().Info("directory takes links", "at", self.System().DirectoryAddress())
	for range self.Messages() {
	}
	return actor.Aborted{}
}

// serveLAN says how lan-cake is found where that is not by itself.
func serveLAN(self *actor.Self) any {
	at := self.System().DirectoryAddress()
	standard, err := tcp.StandardLAN()
	if address, e := netip.ParseAddrPort(at); err == nil && e == nil && address.Addr().IsPrivate() && at != standard {
		self.Log().Warn("lan-cake is not found by itself: it is not at the standard address",
			"standard", standard, "at", at, "then", "host-cake --directory-at-lan="+at)
	}
	return serve(self)
}
