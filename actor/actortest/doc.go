// Package actortest helps to test actors. It works in and out of a testing/synctest
// bubble: out of one in real time, in it in virtual time, where waiting costs nothing.
//
// [Open] gives a test a system that stands alone, in memory. The test spawns its actors
// there and plays the others itself, as a [Probe]:
//
//	func TestWorkerAnswers(t *testing.T) {
//		sys := actortest.Open(t, api.Types)
//		sys.Spawn(worker)
//		client := actortest.NewProbe(t, sys)
//
//		if err := client.Subscribe("shop:worker"); err != nil {
//			t.Fatal(err)
//		}
//		found := actortest.Await[actor.Available](client)
//		client.Send(found.Publisher, api.Order{ID: 7})
//		if got := actortest.Expect[api.Invoice](client); got.ID != 7 {
//			t.Errorf("got an invoice for %d, want 7", got.ID)
//		}
//	}
//
// [Expect] wants the next message to be of a type; [Await] steps over others until one
// is; [Probe.Quiet] wants none. For something that happens after an hour, run the test
// in a bubble:
//
//	synctest.Test(t, func(t *testing.T) {
//		sys := actortest.Open(t, types)
//		…
//		time.Sleep(time.Hour)
//	})
//
// [NewTree] gives it a LAN: hosts with their directories, on which it opens as many
// systems as it likes, cuts hosts off and joins them again.
//
// # What fails a test unasked
//
// An actor that is left when the test ends. One that panics. A State that returns nil
// for a message, which is what return nil after handling it reads as; facts that the
// runtime tells anyhow, such as Published, Delivered or Returned, may be left alone. A
// Self that is used by a goroutine other than its actor's. A test that is about one of
// the first says so to Open: [Panics], [Leaves].
//
// A message that could not cross to another process is refused by Send, with a
// *actor.PortableError. One that can is taken as a copy, and an error of a type that
// the other process would not know as an actor.Faulted, just as it will be there. So
// that it makes no difference where actors run, the test finds what is not registered,
// and what is shared. Messages that are meant to stay in the process are [Local].
package actortest
