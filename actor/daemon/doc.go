// Package daemon is what the programs host-cake, lan-cake and group-cake do.
//
// Each is a process of which nothing but its directory is wanted: it runs one
// actor that waits to be stopped, in group-cake's case the one that runs a
// composite process. What a daemon cannot do it says, and ends with status 1: a
// port that is taken, a home that is locked, a parent that refuses.
//
// A daemon is a Layer Cake program like any other, so it can be a role of a
// composite process: layer-cake add host-cake.
package daemon
