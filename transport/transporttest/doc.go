// Package transporttest has what every transport owes its users, as a test:
//
//	func TestConformance(t *testing.T) {
//		transporttest.Run(t, func(t *testing.T) (transport.Transport, string) {
//			return tcp.Transport{}, "127.0.0.1:0"
//		})
//	}
//
// [Recorder] is a receiver for other tests, and [Leaks] finds goroutines that
// were left running.
package transporttest
