// Package process makes a child process an actor: it runs as long as the
// process does, returns what became of it, and ends it when it is stopped.
//
//	worker := self.Spawn(process.Func(process.Config{Path: "/usr/bin/worker"}))
//
// A child does not outlive the actor, nor this process, however that ends:
//
//   - Stop sends it SIGTERM, and after a while SIGKILL.
//   - It leads a process group of its own, which is killed when it has ended, so
//     that nothing it started stays behind.
//   - It inherits a lifeline: the reading end of a pipe, whose number is in
//     [actor.LifelineVariable]. This process holds the writing end and never writes.
//     At its end of file the parent is gone, and the child is to end.
//   - When this process is gone a minder, see [Minder], does what Stop would have
//     done: SIGTERM, after a while SIGKILL, and SIGKILL to what is left of its group.
//
// So it need not be a program that knows of Layer Cake, nor one that takes notice
// of SIGTERM. What it starts in process groups of its own is its own to end; a
// Layer Cake program does so. The minder is told of a child right after its start:
// if this process is killed in the microseconds between, the lifeline is all that
// reaches the child.
package process
