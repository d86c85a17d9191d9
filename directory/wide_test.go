package directory

import (
	"fmt"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

// R17: patterns that begin with no fixed text are tried on every new name, so a
// process has so many at most; a parent hears twice as many of it. Others count
// for nothing, nor do those that were taken back.
func TestMaxWide(t *testing.T) {
	own := NewMachine(Process, 0)
	host := NewMachine(Host, 0)
	child := LinkParty(1)
	host.Step(child, ChildUp{Process})
	seek := func(i int, pattern string) Subscription {
		return Subscription{ID: ID{transport.ProcessID{3: 9}, uint64(i)}, Pattern: Pattern(pattern), Scope: Host}
	}
	for i := 1; i <= 2*MaxWide; i++ {
		s := seek(i, fmt.Sprintf(".*:%d", i))
		answered := own.Step(ActorParty(1), Subscribe{s})[0].(Send).Message
		if refusal, refused := answered.(NotSubscribed); refused != (i > MaxWide) || refused && refusal.Reason != TooWide {
			t.Fatalf("the %dth is answered %v", i, answered)
		}
		if got := refused(host.Step(child, Seek{s})); got != "" {
			t.Fatalf("the %dth is refused by the parent: %s", i, got)
		}
	}
	one := 3 * MaxWide
	if refused(host.Step(child, Seek{seek(one, "narrow:.*")}))+refused(host.Step(child, Seek{seek(one+1, "narrow")})) != "" {
		t.Error("others are refused too")
	}
	if refused(host.Step(child, Seek{seek(one+2, ".*:more")})) == "" {
		t.Error("the parent refuses none")
	}
	if host.patterns.Get(".*:more") != nil || own.patterns.Get(fmt.Sprintf(".*:%d", MaxWide+1)) != nil {
		t.Error("what was refused is kept")
	}
	host.Step(child, Unseek{seek(1, "").ID})
	own.Step(ActorParty(1), Unsubscribe{seek(1, "").ID})
	if _, ok := own.Step(ActorParty(1), Subscribe{seek(one, ".*:again")})[0].(Send).Message.(Subscribed); !ok || refused(host.Step(child, Seek{seek(one+3, ".*:again")})) != "" {
		t.Error("what was taken back counts")
	}
	host.Step(child, Gone{})
	for range 2 * MaxWide / Slice {
		host.Step(0, Resume{})
	}
	if len(host.wide) != 0 {
		t.Errorf("%v is left of who has gone", host.wide)
	}
}

// refused returns why a party is refused, or "".
func refused(effects []Effect) string {
	for _, e := range effects {
		if r, ok := e.(Refuse); ok {
			return r.Reason
		}
	}
	return ""
}
