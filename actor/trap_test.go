package actor

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
)

// What goes wrong easily, and the tests that show what happens then.
var traps = []struct {
	trap  string
	tests []string
}{
	{"state in the receiver, which every call of a Func shares", []string{"TestRestartBeginsAnew"}},
	{"a bare method value as result", []string{"TestFunctionsAsResults"}},
	{"return nil after handling", []string{"TestStateVerdicts", "TestOpenFindsWhatStatesLeave"}},
	{"two actors that wait for each other", []string{"TestTwoActorsThatAskEachOtherWaitForTheTimeout", "TestStateMustNotWait"}},
	{"Sender in a callback", []string{"TestAskByCallback"}},
	{"callbacks outlive their message", []string{"TestCallbacksAreNotCalledAfterTheEnd", "TestBecomeIsForCallbacks"}},
	{"Self in another goroutine", []string{"TestOpenFindsForeignGoroutines", "TestRaceDetectorFindsForeignGoroutines", "TestVerbsKnowWhoseTheyAre"}},
	{"shared values", []string{"TestMessagesInsideAProcessAreNotEncoded", "TestOpenSendsThroughTheCodec"}},
	{"pointers", []string{"TestPointersToMessagesAreRefused", "TestBetweenProcesses"}},
	{"case error takes what has a case of its own below", []string{"TestCaseError"}},
	{"Select that is deaf to Stop", []string{"TestSelectAcceptsStop", "TestSelectIsBounded"}},
	{"break out of a loop over Messages", []string{"TestBreakLeavesTheRest"}},
	{"two replies to an ask", []string{"TestSecondReplyIsCounted"}},
	{"Send's error is not read", []string{"TestUnreadErrorsAreCounted", "TestEvents"}},
	{"who may say Stop", []string{"TestWhoMaySayStop", "TestBetweenProcesses"}},
	{"two types of one name, two names of one type", []string{"TestOpenRefuses"}},
	{"a cancelled timer that is in the mailbox already", []string{"TestTimers", "TestSelectAndTimers"}},
	{"a nil result", []string{"TestNilResults"}},
	{"a restart that nobody notices", []string{"TestRestartKeepsAddressAndMessages", "TestRestartDropsSessions", "TestRevival"}},
	{"grace that is not for the whole tree", []string{"TestGraceEndsTheWholeTree", "TestGraceNamesWhoIsLeft"}},
}

func TestTrapsAreTested(t *testing.T) {
	tests := map[string]bool{}
	parseAll(t, ".", "_test.go", func(d *ast.FuncDecl) { tests[d.Name.Name] = true })
	for _, trap := range traps {
		for _, name := range trap.tests {
			if !tests[name] {
				t.Errorf("%s: there is no %s", trap.trap, name)
			}
		}
	}
}

// parseAll calls f with each function of the files below folder whose names end so.
func parseAll(t *testing.T, folder, suffix string, f func(*ast.FuncDecl)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				f(d)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Each verb of Self begins by saying that it is called, so that a goroutine which is
// not the actor's is found. Those that only say what never changes need not.
func TestVerbsKnowWhoseTheyAre(t *testing.T) {
	free := map[string]bool{"Address": true, "Name": true, "System": true, "Stay": true, "Save": true,
		"Messages": true} // as Input
	verbs := 0
	parseAll(t, ".", ".go", func(d *ast.FuncDecl) {
		if d.Recv == nil || !d.Name.IsExported() || free[d.Name.Name] {
			return
		}
		star, ok := d.Recv.List[0].Type.(*ast.StarExpr)
		if !ok || fmt.Sprint(star.X) != "Self" {
			return
		}
		verbs++
		if first, ok := d.Body.List[0].(*ast.ExprStmt); ok {
			if call, ok := first.X.(*ast.CallExpr); ok && len(call.Args) == 1 {
				fun, _ := call.Fun.(*ast.SelectorExpr)
				said, _ := call.Args[0].(*ast.BasicLit)
				if fun != nil && fun.Sel.Name == "mine" && said != nil && said.Value == `"`+d.Name.Name+`"` {
					return
				}
			}
		}
		t.Errorf("Self.%s does not begin with s.mine(%q)", d.Name.Name, d.Name.Name)
	})
	if verbs < 20 {
		t.Errorf("only %d verbs were looked at", verbs)
	}
}

// kind is a switch as people write it: what is meant specially comes first.
func kind(m any) string {
	switch m.(type) {
	case Aborted:
		return "aborted"
	case error:
		return "an error"
	case Stop:
		return "stop"
	}
	return "other"
}

// What is a failure wherever it travels is an error, and facts are none.
func TestCaseError(t *testing.T) {
	for _, test := range []struct {
		message any
		want    string
	}{
		{Aborted{}, "aborted"},
		{NotPublished{}, "an error"}, {NotSubscribed{}, "an error"}, {NotListening{}, "an error"},
		{Faulted{}, "an error"}, {TimedOut{}, "an error"}, {Undelivered{}, "an error"},
		{Unexpected{}, "an error"}, {Overloaded{}, "an error"}, {Unavailable{}, "an error"},
		{Stop{}, "stop"},
		{Published{}, "other"}, {Standby{}, "other"}, {Promoted{}, "other"}, {Delivered{}, "other"},
		{Unpublished{}, "other"}, {Subscribed{}, "other"}, {Available{}, "other"}, {Unsubscribed{}, "other"},
		{Dropped{}, "other"}, {Returned{Value: Faulted{}}, "other"}, {Restarted{Fault: Faulted{}}, "other"},
		{Listening{}, "other"}, {JoinPool{}, "other"}, {LeavePool{}, "other"}, {Unknown{}, "other"},
	} {
		if got := kind(test.message); got != test.want {
			t.Errorf("%T is %s, want %s", test.message, got, test.want)
		}
	}
}

func TestUnreadErrorsAreCounted(t *testing.T) {
	events := make(chan Refused, 8)
	note := func(e Event) {
		if e, ok := e.(Refused); ok {
			events <- e
		}
	}
	bubble(t, Options{Types: Types{Type[echoed]("echoed")}, Events: note}, func(t *testing.T, sys *System) {
		full := sys.Spawn(func(self *Self) any { <-self.Context().Done(); return nil }, Mailbox(1))
		gone := sys.Spawn(func(*Self) any { return nil })
		synctest.Wait()
		self, leave := sys.Enter("careless")
		defer leave()
		self.Send(full, 1)
		for _, test := range []struct {
			to      Address
			message any
			want    func(error) bool
		}{
			{full, 2, func(err error) bool { return errors.Is(err, ErrOverloaded) }},
			{gone, 3, func(err error) bool { return errors.Is(err, ErrEnded) }},
			{full, &echoed{}, func(err error) bool { return errors.As(err, new(*PortableError)) }},
			{Address{}, 4, func(err error) bool { return errors.As(err, new(Undelivered)) }},
		} {
			before := sys.Counts().Refused
			self.Send(test.to, test.message)
			if n := sys.Counts().Refused - before; n != 1 {
				t.Errorf("%T to %v: counted %d times, want once", test.message, test.to, n)
			}
			select {
			case e := <-events:
				if e.From != self.Address() || e.To != test.to || e.Type != fmt.Sprintf("%T", test.message) || !test.want(e.Err) {
					t.Errorf("%T to %v: got %+v", test.message, test.to, e)
				}
			default:
				t.Errorf("%T to %v: no event", test.message, test.to)
			}
		}
	})
}

// Inside a process everybody may, by Send too; Self.Stop is for children.
func TestWhoMaySayStop(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("other")
		defer leave()
		for name, say := range map[string]func(Address) error{
			"Send":        func(a Address) error { return self.Send(a, Stop{}) },
			"Send, twice": func(a Address) error { return errors.Join(self.Send(a, Stop{}), self.Send(a, Stop{})) },
			"System.Send": func(a Address) error { return sys.Send(a, Stop{}) },
			"System.Stop": sys.Stop,
		} {
			cancelled, said := false, make(chan struct{})
			a := sys.Spawn(func(s *Self) any {
				<-s.Context().Done()
				cancelled = true
				<-said
				for range s.Messages() {
				}
				if m, ok := s.InputWithin(0); ok {
					t.Errorf("%s: after Stop came %v", name, m)
				}
				return Aborted{}
			})
			if err := self.Stop(a); !errors.Is(err, ErrNotChild) {
				t.Errorf("Stop of an actor that is no child: got %v, want ErrNotChild", err)
			}
			if err := say(a); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			close(said)
			if value, err := sys.Wait(t.Context(), a); value != (Aborted{}) || err != nil || !cancelled {
				t.Errorf("%s: got %v, %v, context cancelled: %v", name, value, err, cancelled)
			}
		}
		child := self.Spawn(echo)
		if err := self.Stop(child); err != nil {
			t.Error(err)
		}
		if m := self.Input(); m != (Returned{child, "actor.echo", Aborted{}}) {
			t.Errorf("got %v, want Returned", m)
		}
	})
}

// An error variable that is nil is no result. A nil pointer in one is an error, as
// everywhere in Go.
func TestNilResults(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		for _, test := range []struct {
			err  error
			want bool // it is a failure
		}{
			{nil, false},
			{(*PortableError)(nil), true},
		} {
			self.Spawn(func(*Self) any { err := test.err; return err })
			m, ok := self.Input().(Returned)
			if _, failed := m.Value.(error); !ok || failed != test.want {
				t.Errorf("%#v: got %#v", test.err, m)
			}
		}
	})
}
