// Host-cake is the directory of a machine: it introduces the processes on it to
// one another, and to others on the network through lan-cake. One a machine.
//
// Run host-cake --help for its flags.
package main

import (
	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/daemon"
)

func main() { actor.Main(daemon.Host()) }
