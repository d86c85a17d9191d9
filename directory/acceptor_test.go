package directory

import (
	"strconv"
	"testing"
)

// The key most of the command machine is the limit of sessions over one link.
func TestAcceptorScripts(t *testing.T) {
	runScripts(t, "acceptor", func(keys map[string]string) stepper {
		a := NewAcceptor()
		if most, err := strconv.Atoi(keys["most"]); err == nil {
			a.most = most
		}
		return a
	})
}
