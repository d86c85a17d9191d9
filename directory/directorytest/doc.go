// Package directorytest plays whole trees of directories, processes and sessions
// in one goroutine, by seed or by script, and checks the rules of package
// directory as it goes.
package directorytest
