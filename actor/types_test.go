package actor

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// A loop is systems that are joined over TCP, on this machine alone.
type loop struct {
	t         *testing.T
	directory string
}

func newLoop(t *testing.T) *loop {
	l := &loop{t, "none"}
	l.directory = l.open(Options{Scope: Host, Listen: "127.0.0.1:0"}).DirectoryAddress()
	return l
}

func (l *loop) open(o Options) *System {
	l.t.Helper()
	o.Logger, o.Directory = slog.New(slog.DiscardHandler), l.directory
	sys, err := Open(&o)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { sys.Close(context.Background()) })
	return sys
}

// finds returns an actor of sys and the address of the publisher of name, bound to no
// session.
func finds(t *testing.T, sys *System, name string) (*Self, Address) {
	t.Helper()
	self, leave := sys.Enter("finder of " + name)
	t.Cleanup(leave)
	if err := self.Subscribe(name); err != nil {
		t.Fatal(err)
	}
	return self, Address{at: await[Available](t, self).Publisher.at}
}

// publishes returns an actor of sys that publishes name.
func publishes(t *testing.T, sys *System, name string) *Self {
	t.Helper()
	self, leave := sys.Enter(name)
	t.Cleanup(leave)
	if err := self.Publish(name); err != nil {
		t.Fatal(err)
	}
	return self
}

// said returns the next message that is not the runtime's.
func said(self *Self) any {
	for {
		switch m := self.Input().(type) {
		case Published, Subscribed, Available, Delivered:
		default:
			return m
		}
	}
}

type (
	oldLine struct {
		What  string
		Count int16
	}
	oldOrder struct {
		Number int
		Hint   string
		Lines  []oldLine
		ByName map[string]oldLine
		Any    any
		After  string
	}
	newLine struct {
		Title string // was What
		Count int64  // was narrower
		Tags  []string
	}
	newOrder struct {
		Number float64       // was an integer
		_      chan struct{} // was Hint
		Lines  []newLine
		ByName map[string]newLine
		Any    any
		After  string
		Owner  Address
	}
)

// Programs with different versions of a type understand each other.
func TestVersionsBetweenSystems(t *testing.T) {
	l := newLoop(t)
	older := l.open(Options{Types: Types{Type[oldOrder]("order"), Type[oldLine]("line")}})
	newer := l.open(Options{Types: Types{Type[newOrder]("order"), Type[newLine]("line")}})
	old := publishes(t, older, "old")
	young, to := finds(t, newer, "old")

	lines := []newLine{{"tea", 2, []string{"x"}}, {}}
	if err := newer.Send(to, newOrder{3, nil, lines, map[string]newLine{"k": lines[0]}, []any{lines[0], lines}, "after", young.Address()}); err != nil {
		t.Fatal(err)
	}
	plain := []oldLine{{"tea", 2}, {}}
	want := oldOrder{3, "", plain, map[string]oldLine{"k": plain[0]}, []any{plain[0], plain}, "after"}
	if got := await[oldOrder](t, old); !reflect.DeepEqual(got, want) {
		t.Errorf("the older got %#v, want %#v", got, want)
	}

	if err := young.Send(to, "who are you"); err != nil {
		t.Fatal(err)
	}
	await[string](t, old)
	want.Hint = "gone"
	if err := older.Send(old.Sender(), want); err != nil {
		t.Fatal(err)
	}
	lines[0].Tags = nil
	mirror := newOrder{3, nil, lines, map[string]newLine{"k": lines[0]}, []any{lines[0], lines}, "after", Address{}}
	if got := await[newOrder](t, young); !reflect.DeepEqual(got, mirror) {
		t.Errorf("the newer got %#v, want %#v", got, mirror)
	}

	// What does not fit comes back to who sent it.
	if err := young.Send(to, newLine{Count: 1 << 20}); err != nil {
		t.Fatal(err)
	}
	if got := await[Undelivered](t, young); !reflect.DeepEqual(got.Message, newLine{Count: 1 << 20}) {
		t.Errorf("got %+v back", got)
	}
}

// A relay that knows none of the types passes them on as they came, in what it knows
// and as they are; the reply finds its way through it.
func TestUnknownThroughARelay(t *testing.T) {
	type secret struct {
		Word  string
		Owner Address
		Any   any
	}
	l := newLoop(t)
	types := Types{Type[secret]("secret"), Type[newLine]("line")}
	one, relay, three := l.open(Options{Types: types}), l.open(Options{}), l.open(Options{Types: types})

	end := publishes(t, three, "end")
	middle := publishes(t, relay, "middle")
	if err := middle.Subscribe("end"); err != nil {
		t.Fatal(err)
	}
	onward := Address{at: await[Available](t, middle).Publisher.at}
	first, to := finds(t, one, "middle")
	spare, leave := one.Enter("spare")
	defer leave()

	inner := secret{"inner", spare.Address(), newLine{"tea", 1, nil}}
	for _, sent := range []any{
		inner, secret{"outer", Address{}, []any{inner, nil, "x"}}, []any{1, inner, map[string]any{"k": inner}}, []secret{inner},
		map[string]secret{"k": inner},
	} {
		if err := first.Send(to, sent); err != nil {
			t.Fatal(err)
		}
		m := said(middle)
		if _, known := m.(secret); known {
			t.Fatal("the relay knows the type")
		}
		if err := middle.Forward(onward, m); err != nil {
			t.Fatal(err)
		}
		got := said(end)
		if !reflect.DeepEqual(got, sent) {
			t.Errorf("%#v arrived as %#v", sent, got)
		}
		if end.Sender().at != first.Address().at {
			t.Errorf("it is from %v, want %v", end.Sender(), first.Address())
		}
		if err := end.Reply("thanks"); err != nil {
			t.Fatal(err)
		}
		await[string](t, first)
	}
	// The address in it works at the end, though nobody there has a link to its process.
	if err := end.Send(inner.Owner, "found you"); err != nil {
		t.Fatal(err)
	}
	await[string](t, spare)
}

// What means nothing elsewhere is refused at Send, with the way to it.
func TestUnportableIsRefused(t *testing.T) {
	type box struct {
		Any any
		All []any
		Map map[string]any
	}
	type strange struct{ X int }
	l := newLoop(t)
	one, two := l.open(Options{}), l.open(Options{Types: Types{Type[box]("box"), Type[echoed]("echoed")}})
	publishes(t, one, "server")
	self, to := finds(t, two, "server")
	const pointer = "a pointer cannot be sent; send the value"
	for _, test := range []struct {
		message   any
		typ, want string
	}{
		{&echoed{}, "*actor.echoed", "a pointer: send the value"},
		{&strange{}, "*actor.strange", pointer},
		{box{Any: &echoed{}}, "actor.box", "Any: *actor.echoed: " + pointer},
		{box{All: []any{1, &echoed{}}}, "actor.box", "All[1]: *actor.echoed: " + pointer},
		{box{Map: map[string]any{"k": box{Any: &echoed{}}}}, "actor.box", `Map["k"].Any: *actor.echoed: ` + pointer},
		{[]any{[]any{new(int)}}, "[]interface {}", "[0][0]: *int: " + pointer},
		{map[string]any{"k": &echoed{}}, "map[string]interface {}", `["k"]: *actor.echoed: ` + pointer},
		{box{Any: make(chan int)}, "actor.box", "Any: chan int: a chan cannot be sent"},
		{box{Any: func() {}}, "actor.box", "Any: func(): a func cannot be sent"},
		{box{Any: strange{}}, "actor.box", "Any: actor.strange: its type is not registered; give it a name in Options.Types"},
		{[]strange{}, "[]actor.strange", "[]: its type is not registered; give it a name in Options.Types"},
		{box{Any: []strange{{}}}, "actor.box", "Any: []actor.strange: []: its type is not registered; give it a name in Options.Types"},
	} {
		for _, err := range []error{self.Send(to, test.message), two.Send(to, test.message), self.SendWait(t.Context(), to, test.message)} {
			var portable *PortableError
			if !errors.As(err, &portable) || portable.Type != test.typ || portable.Reason != test.want {
				t.Errorf("%T: got %v, want %s: %s", test.message, err, test.typ, test.want)
			}
		}
	}
}

// A counted message counts how often it is written or read.
type counted struct{ codec *atomic.Int32 }

func (c counted) EncodeMsgpack(e *msgpack.Encoder) error { c.codec.Add(1); return e.EncodeNil() }
func (c *counted) DecodeMsgpack(d *msgpack.Decoder) error {
	return errors.New("it is read")
}

// What stays in the process is not encoded, in a session or in none: it is handed
// over, with what could not travel too.
func TestMessagesInsideAProcessAreNotEncoded(t *testing.T) {
	bubble(t, Options{Types: Types{Type[counted]("counted")}}, func(t *testing.T, sys *System) {
		server := sys.Spawn(func(self *Self) any {
			if err := self.Publish("server"); err != nil {
				return err
			}
			return echo(self)
		})
		client, leave := sys.Enter("client")
		defer leave()
		if err := client.Subscribe("server"); err != nil {
			t.Fatal(err)
		}
		m := counted{new(atomic.Int32)}
		for _, to := range []Address{await[Available](t, client).Publisher, server} {
			for _, message := range []any{m, []any{m, func() {}, new(int)}} {
				if err := client.Send(to, message); err != nil {
					t.Fatal(err)
				}
				switch got := said(client).(type) {
				case counted:
					if got != m {
						t.Error("another arrived")
					}
				case []any:
					if len(got) != 3 || got[2] != message.([]any)[2] {
						t.Errorf("got %v", got)
					}
				default:
					t.Errorf("got %v", got)
				}
			}
		}
		if n := m.codec.Load(); n != 0 {
			t.Errorf("the codec was used %d times", n)
		}
	})
}

// A speechless error says nothing, not even of a nil pointer.
type speechless struct{ reason string }

func (e speechless) Error() string {
	if e.reason == "" {
		panic("nothing to say")
	}
	return e.reason
}

// An error whose words cannot be had is a failure wherever it goes: as a result, as a
// reply, to who watches in another process, to a client of HTTP. It is nobody's end.
func TestErrorsThatPanic(t *testing.T) {
	values := []any{(*speechless)(nil), speechless{}}
	bubble(t, Options{}, func(t *testing.T, sys *System) {
		self, leave := sys.Enter("parent")
		defer leave()
		for _, v := range values {
			a := self.Spawn(func(*Self) any { return v }, Named("child"), Restart{Tries: 1})
			if m, ok := self.Input().(Restarted); !ok {
				t.Errorf("%T: got %v, want Restarted", v, m)
			}
			if m := self.Input(); m != (Returned{a, "child", v}) {
				t.Errorf("%T: it has another end", v)
			}
			server := self.Spawn(func(self *Self) any { self.Input(); self.Reply(v); return nil })
			response := httptest.NewRecorder()
			sys.Handler(server, httpTypes).ServeHTTP(response, httptest.NewRequest("GET", "/xy?x=1&y=2", nil))
			if response.Code != 500 {
				t.Errorf("%T: got %d: %s", v, response.Code, response.Body)
			}
			self.Input()
		}
	})
	plant(t, nil, func(t *testing.T, tr *tree) {
		far, near := tr.open(t, Options{}), tr.open(t, Options{})
		self, leave := near.Enter("client")
		defer leave()
		self.Subscribe("server")
		for _, v := range values {
			far.Spawn(func(self *Self) any {
				self.Publish("server")
				for m := range self.Messages() {
					if m == "end" {
						return v
					}
					self.Reply(v)
				}
				return nil
			})
			server := await[Available](t, self).Publisher
			if _, err := Ask[any](t.Context(), self, server, "question"); !errors.As(err, new(Faulted)) {
				t.Errorf("%T: the reply is %#v, want Faulted", v, err)
			}
			if _, err := Ask[any](t.Context(), self, server, v); !errors.As(err, new(Faulted)) {
				t.Errorf("%T: asked with it, the reply is %#v, want Faulted", v, err)
			}
			self.Watch(server)
			self.Send(server, "end")
			if m, _ := await[Ended](t, self).Value.(Faulted); m.Condition == "" {
				t.Errorf("%T: who watches is told %#v, want Faulted", v, m)
			}
		}
	})
}
