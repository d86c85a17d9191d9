package actor

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/actor/codec"
)

// lines runs f in a system whose logger is Main's at a level, and returns what it
// says, without times.
func lines(t *testing.T, level slog.Level, f func(t *testing.T, sys *System)) string {
	t.Helper()
	var out bytes.Buffer
	bubble(t, Options{Logger: newLogger(&out, debugLevel(level), false, "prog", "")}, f)
	text := regexp.MustCompile(`(?m)^time=\S+ level=`).ReplaceAllString(out.String(), "")
	return strings.ReplaceAll(text, "DEBUG msg=", "")
}

// life has one of everything that an actor does.
func life(t *testing.T, sys *System) {
	self, leave := sys.Enter("server")
	defer leave()
	worker := self.Spawn(func(self *Self) any {
		for m := range self.Messages() {
			if _, ok := m.(walk); ok {
				self.Reply("go on")
			}
		}
		return Faulted{"no luck", ""}
	}, Named("worker"))
	self.Send(worker, walk{"one"})
	self.Input()
	Ask[string](context.Background(), self, worker, walk{"two"})
	self.Log().Info("both are over", "count", 2)
	self.Send(Address{}, "lost")
	self.Stop(worker)
	self.Input()
	light := self.Spawn(crossing, Named("light"))
	self.Send(light, 7)
	self.Send(light, tick{})
	self.Send(light, "done")
	self.Input()
}

func TestTrace(t *testing.T) {
	got := lines(t, slog.LevelDebug, life)
	// A Sent to the light and what the light does are not in one order.
	var ours, lights []string
	for line := range strings.Lines(got) {
		if strings.Contains(line, ">light") {
			lights = append(lights, line)
		} else {
			ours = append(ours, line)
		}
	}
	want := `"<00000001>server - Created by <00000000>"
"<00000003>worker - Created by <00000001>"
"<00000001>server - Sent walk to <00000003>"
"<00000003>worker - Received walk from <00000001>"
"<00000003>worker - Sent string to <00000001>"
"<00000001>server - Received string from <00000003>"
"<00000001>server - Sent walk to <00000003>"
"<00000003>worker - Received walk from <00000002>"
"<00000003>worker - Sent string to <00000002>"
"<00000001>server - Received string from <00000003>"
INFO msg="<00000001>server - both are over" count=2
"<00000001>server - Sent string to <00000000>"
"<00000001>server - Refused string to <00000000>" err="undelivered to nobody: there is nobody to send to"
"<00000003>worker - Received Stop from <00000000>"
"<00000003>worker - Destroyed" err="no luck"
"<00000001>server - Received Returned from <00000003>"
"<00000001>server - Sent int to <00000005>"
"<00000001>server - Sent tick to <00000005>"
"<00000001>server - Sent string to <00000005>"
"<00000001>server - Received Returned from <00000005>"
"<00000001>server - Destroyed"
`
	if diff := cmp.Diff(want, strings.Join(ours, "")); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	want = `"<00000005>light - Created by <00000001>"
"<00000005>light[green] - Became green"
"<00000005>light[green] - Received int from <00000001>"
"<00000005>light[green] - Not handled: int"
"<00000005>light[green] - Received tick from <00000001>"
"<00000005>light[red] - Became red"
"<00000005>light[red] - Received string from <00000001>"
"<00000005>light[red] - Destroyed"
`
	if diff := cmp.Diff(want, strings.Join(lights, "")); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestTraceIsOffByDefault(t *testing.T) {
	if got, want := lines(t, slog.LevelInfo, life), "INFO msg=\"<00000001>server - both are over\" count=2\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A state's own lines name it, and a fault's stack comes once. It begins with who panicked.
func TestTraceOfStatesAndFaults(t *testing.T) {
	got := lines(t, slog.LevelInfo, func(t *testing.T, sys *System) {
		a := sys.Spawn(func(self *Self) any {
			self.Log().Info("begins")
			return State(func(self *Self, m any) State {
				self.Log().Info("takes")
				panic("oh")
			})
		}, Named("a\nb"))
		sys.Send(a, 1)
		sys.Wait(t.Context(), a)
	})
	want := `^INFO msg="<00000001>a\\\\nb - begins"
INFO msg="<00000001>a\\\\nb\[1\] - takes"
ERROR msg="<00000001>a\\\\nb\[1\] - actor panicked" panic=oh stack="goroutine \d+ \[running[^]]*\]:\\n[^ ]*TestTraceOfStatesAndFaults[^\n]*"
$`
	if !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("got\n%s", got)
	}
}

// Other handlers get the actor as attributes.
func TestTraceForOtherHandlers(t *testing.T) {
	var out bytes.Buffer
	var address string
	bubble(t, Options{Logger: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("probe")
		defer leave()
		address = self.Address().String()
	})
	var line map[string]any
	if err := json.NewDecoder(&out).Decode(&line); err != nil {
		t.Fatal(err)
	}
	delete(line, "time")
	want := map[string]any{"level": "DEBUG", "msg": "Created by <00000000>", "actor": "probe", "address": address}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// The actor stays in front, whatever is added to the logger.
func TestLabelStaysInFront(t *testing.T) {
	var out bytes.Buffer
	log := newLogger(&out, debugLevel(slog.LevelInfo), false, "prog", "r")
	log = log.With("actor", logActor{id: 0xe, name: "worker"}, "address", logAddress{}, "k", 1).WithGroup("g").With("a", 2)
	log.Info("m", "b", 3)
	if want := "level=INFO msg=\"<0000000e>worker - m\" role=r k=1 g.a=2 g.b=3\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got %q, want %q at the end", out.String(), want)
	}
}

func TestMessageName(t *testing.T) {
	for want, message := range map[string]any{
		"walk": walk{}, "nil": nil, "*actor.walk": &walk{}, "[]int": []int{}, "string": "",
		"shop.odd": codec.Unknown{Type: "shop.odd"},
	} {
		if got := messageName(message); got != want {
			t.Errorf("messageName(%T) = %q; want %q", message, got, want)
		}
	}
}

// An actor of another process is named with it.
func TestBriefOfAnotherProcess(t *testing.T) {
	here, there := alone(t, Options{}), alone(t, Options{})
	defer here.Close(t.Context())
	defer there.Close(t.Context())
	a := there.Spawn(func(*Self) any { return nil })
	process, _, _ := strings.Cut(a.String(), ":")
	if got, want := here.brief(a), "<"+process+":00000001>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := there.brief(a); got != "<00000001>" {
		t.Errorf("got %s, want <00000001>", got)
	}
}

// An actor that sends to itself: what the lines at DEBUG cost, and that without them
// there is one test for each message sent and taken.
func BenchmarkTrace(b *testing.B) {
	for name, level := range map[string]slog.Level{"off": slog.LevelInfo, "on": slog.LevelDebug} {
		b.Run(name, func(b *testing.B) {
			sys := alone(b, Options{Logger: slog.New(slog.NewTextHandler(discarder{}, &slog.HandlerOptions{Level: level}))})
			defer sys.Close(context.Background())
			self, leave := sys.Enter("bench")
			defer leave()
			b.ReportAllocs()
			for b.Loop() {
				self.Send(self.Address(), walk{})
				self.Input()
			}
		})
	}
}

type discarder struct{}

func (discarder) Write(p []byte) (int, error) { return len(p), nil }
