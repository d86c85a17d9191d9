// Group-cake runs a composite process and is its directory. Layer-cake run starts
// it.
//
// Run group-cake --help for its flags.
package main

import (
	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/daemon"
)

func main() { actor.Main(daemon.Group()) }
