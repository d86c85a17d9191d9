package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/daemon"
)

// The tests start this program again under other names, as the daemons and as
// the processes that use them.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "lan-cake":
		main()
	case "host-cake":
		actor.Main(daemon.Host())
	case "puppet":
		p := &puppet{}
		actor.Main(p.run, &actor.Options{Settings: p})
	}
	os.Exit(m.Run())
}
