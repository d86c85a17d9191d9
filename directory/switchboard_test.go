package directory

import (
	"strconv"
	"testing"
)

// The key most of the command machine is the limit of calls at once.
func TestSwitchboardScripts(t *testing.T) {
	runScripts(t, "switchboard", func(keys map[string]string) stepper {
		s := NewSwitchboard()
		if most, err := strconv.Atoi(keys["most"]); err == nil {
			s.most = most
		}
		return s
	})
}
