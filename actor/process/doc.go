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
//   - On Linux it gets SIGTERM too when this process is gone.
//
// A child that takes no notice of SIGTERM survives a parent that is killed by
// SIGKILL: nobody is left to kill it. Programs that use actor.Main do take notice.
package process
