// Lan-cake is the directory of a network: it introduces the processes on its
// machines to one another, through their host-cakes. One a network.
//
// Run lan-cake --help for its flags.
package main

import (
	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/daemon"
)

func main() { actor.Main(daemon.LAN()) }
