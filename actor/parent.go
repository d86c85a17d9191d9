package actor

import (
	"fmt"
	"net"

	"github.com/layer-cake/layer-cake/directory/node"
	"github.com/layer-cake/layer-cake/transport/tcp"
)

// HostDirectory is where host-cake takes links, unless told otherwise.
const HostDirectory = node.DefaultHost

// DirectoryVariable is the environment variable that has the host:port of the
// directory of a composite process, for the processes in it.
const DirectoryVariable = "LAYER_CAKE_DIRECTORY"

// A parent says which directory is the parent of a system's own.
type parent struct {
	address string // host:port; empty: the standard address of the LAN, if there is a parent
	scope   Scope  // the narrowest it could have; zero: there is no parent
	fixed   bool   // it must have just that scope
}

// standAlone is the Options.Directory of a system without a parent.
const standAlone = "none"

// parentOf decides who is the parent of a directory of that scope. An explicit
// setting goes first; then the directory of the composite process, which the
// environment has; then the standard place of the next wider scope.
func parentOf(scope Scope, setting, environment string) (parent, error) {
	switch {
	case setting == standAlone || scope == LAN:
		return parent{}, nil
	case setting != "":
		if _, _, err := net.SplitHostPort(setting); err != nil {
			return parent{}, fmt.Errorf("the directory %q: %w", setting, err)
		}
		return parent{setting, scope - 1, scope == Host}, nil
	case scope >= Process && environment != "":
		if _, _, err := net.SplitHostPort(environment); err != nil {
			return parent{}, fmt.Errorf("%s is %q: %w", DirectoryVariable, environment, err)
		}
		return parent{environment, Group, false}, nil
	case scope >= Group:
		return parent{HostDirectory, Host, true}, nil
	}
	return parent{"", LAN, true}, nil
}

// where returns the host:port of a parent that there is.
func (p parent) where() (string, error) {
	if p.address == "" {
		return tcp.StandardLAN()
	}
	return p.address, nil
}
