package transporttest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/transport"
	"github.com/layer-cake/layer-cake/transport/wire"
)

// errGo is a reason to close.
var errGo = errors.New("have to go")

// refused returns the text of a RefusedError.
func refused(t *testing.T, err error) string {
	t.Helper()
	var r *transport.RefusedError
	if !errors.As(err, &r) {
		t.Fatalf("the link was lost for %v, want a RefusedError", err)
	}
	return r.Reason
}

func closeTells(t *testing.T, p *pair) {
	p.start()
	p.dialler.Close(errGo)
	p.dialler.Close(errors.New("again"))
	if got := p.fromAccept.Reason(t); got != errGo {
		t.Errorf("the end that closed was told %v, want %v", got, errGo)
	}
	if got := refused(t, p.fromDialler.Reason(t)); got != errGo.Error() {
		t.Errorf("the other end was told %q, want %q", got, errGo)
	}
}

func closeSends(t *testing.T, p *pair) {
	p.start()
	bodies := numbered(3000)
	send(t, p.acceptor, kind, bodies...)
	p.acceptor.Close(errGo)
	var want []Frame
	for _, b := range bodies {
		want = append(want, Frame{kind, b})
	}
	if got := refused(t, p.fromAccept.Reason(t)); got != errGo.Error() {
		t.Errorf("the other end was told %q, want %q", got, errGo)
	}
	if d := cmp.Diff(want, p.fromAccept.Frames(t, len(want))); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
	if got := p.fromDialler.Reason(t); got != errGo {
		t.Errorf("the end that closed was told %v, want %v", got, errGo)
	}
}

func closeBoth(t *testing.T, p *pair) {
	p.start()
	done := make(chan struct{})
	go func() { p.dialler.Close(errGo); close(done) }()
	p.acceptor.Close(errGo)
	soon(t, done, "Close did not return")
	for _, got := range []error{p.fromAccept.Reason(t), p.fromDialler.Reason(t)} {
		if !errors.Is(got, errGo) && refused(t, got) != errGo.Error() {
			t.Errorf("an end was told %v, want %v or that the other had it", got, errGo)
		}
	}
}

func closeWithoutReason(t *testing.T, p *pair) {
	p.start()
	p.dialler.Close(nil)
	if got := p.fromAccept.Reason(t); got != transport.ErrClosed {
		t.Errorf("the end that closed was told %v, want ErrClosed", got)
	}
	if got := refused(t, p.fromDialler.Reason(t)); got != transport.ErrClosed.Error() {
		t.Errorf("the other end was told %q, want %q", got, transport.ErrClosed)
	}
}

func closeBeforeStart(t *testing.T, p *pair) {
	p.dialler.Close(errGo)
	p.start()
	if got := p.fromAccept.Reason(t); got != errGo {
		t.Errorf("the end that closed was told %v, want %v", got, errGo)
	}
	if got := refused(t, p.fromDialler.Reason(t)); got != errGo.Error() {
		t.Errorf("the other end was told %q, want %q", got, errGo)
	}
}

func closeWithinReceived(t *testing.T, p *pair) {
	p.fromDialler.Take = func(transport.Kind, []byte) error { p.acceptor.Close(errGo); return nil }
	p.dialler.Start(p.fromAccept)
	send(t, p.dialler, kind, "one", "two", "three")
	p.acceptor.Start(p.fromDialler)
	if got := p.fromDialler.Reason(t); got != errGo {
		t.Errorf("the end that closed was told %v, want %v", got, errGo)
	}
	if got := p.fromDialler.Frames(t, 1); len(p.fromDialler.frames) != 1 {
		t.Errorf("frames came after Close had returned: %v", got)
	}
	if got := refused(t, p.fromAccept.Reason(t)); got != errGo.Error() {
		t.Errorf("the other end was told %q, want %q", got, errGo)
	}
}

func sendAfterClose(t *testing.T, p *pair) {
	p.start()
	p.dialler.Close(errGo)
	if err := p.dialler.Send(kind, nil); err != transport.ErrClosed {
		t.Errorf("Send after Close: %v, want ErrClosed", err)
	}
}

func sendAfterLost(t *testing.T, p *pair) {
	p.start()
	p.dialler.Close(errGo)
	p.fromDialler.Reason(t)
	if err := p.acceptor.Send(kind, nil); err != transport.ErrClosed {
		t.Errorf("Send after Lost: %v, want ErrClosed", err)
	}
	p.acceptor.Close(errors.New("too late"))
}

func receiverError(t *testing.T, p *pair) {
	p.fromDialler.Take = func(transport.Kind, []byte) error { return errGo }
	p.dialler.Start(p.fromAccept)
	send(t, p.dialler, kind, "one", "two", "three")
	p.acceptor.Start(p.fromDialler)
	if got := p.fromDialler.Reason(t); got != errGo {
		t.Errorf("the end whose receiver refused was told %v, want %v", got, errGo)
	}
	if d := cmp.Diff([]Frame{{kind, "one"}}, p.fromDialler.frames); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
	if got := refused(t, p.fromAccept.Reason(t)); got != errGo.Error() {
		t.Errorf("the other end was told %q, want %q", got, errGo)
	}
}

func longReason(t *testing.T, p *pair) {
	p.start()
	p.dialler.Close(errors.New(strings.Repeat("long", 1000) + "\xff"))
	if got, want := refused(t, p.fromDialler.Reason(t)), strings.Repeat("long", wire.MaxReason/4); got != want {
		t.Errorf("the other end was told %q, want %q", got, want)
	}
}
