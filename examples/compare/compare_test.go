package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestMain lets this program be its own children, as main does.
func TestMain(m *testing.M) {
	if len(os.Args) == 6 && os.Args[1] == childWord {
		os.Exit(childMain(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// tiny is enough for every path to be gone.
var tiny = plan{rounds: 1, questions: 20, flights: 300, readings: 3000, crowd: 20, crowdTime: 200, sessions: 50, links: 2,
	tells: 2000, localAsks: 200, actors: 100, alive: 200, starts: 1}

// TestCompare compares all, with little.
func TestCompare(t *testing.T) {
	var out bytes.Buffer
	if err := compare(&stage{ctx: t.Context()}, &out, tiny, nil, nil); err != nil {
		t.Fatal(err)
	}
	for _, g := range goals {
		kind, names := "figure", g.of
		if g.other != "" {
			kind, names = "ratio", g.of+"/"+g.other
		}
		line := regexp.MustCompile(`(?m)^` + kind + " " + g.measure + " " + names + ` -?[0-9.]+ min -?[0-9.]+ max -?[0-9.]+( goal [≤≥] [0-9.]+: (met|missed))?$`)
		if !line.MatchString(out.String()) {
			t.Errorf("there is no line of %s %s:\n%s", g.measure, names, &out)
		}
	}
}

func TestChoice(t *testing.T) {
	for _, test := range []struct {
		only, what []string
		want       string
	}{
		{[]string{"theirs"}, nil, "-only=theirs: there is none of that name"},
		{nil, []string{"ask", "weight"}, "-measure=weight: there is none of that name"},
	} {
		err := compare(&stage{ctx: t.Context()}, os.Stderr, tiny, test.only, test.what)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v %v: %v, want %q", test.only, test.what, err, test.want)
		}
	}
}

// TestSink sees that nothing wrong is taken for right.
func TestSink(t *testing.T) {
	changed := numbered(2)
	changed.Level++
	for name, list := range map[string][]reading{
		"lost":         {numbered(1), numbered(3)},
		"out of order": {numbered(2), numbered(1)},
		"twice":        {numbered(1), numbered(1)},
		"changed":      {numbered(1), changed},
		"too many":     {numbered(1), numbered(2), numbered(3), numbered(4)},
	} {
		s := newSink()
		s.expect(3)
		for _, r := range list {
			s.take(&r)
		}
		select {
		case <-s.wrong:
		default:
			t.Errorf("%s: nothing was wrong", name)
		}
	}
	s := newSink()
	s.expect(2)
	for _, r := range []reading{numbered(1), numbered(2)} {
		s.take(&r)
	}
	if _, err := s.await(); err != nil {
		t.Error(err)
	}
}

// TestAnswers sees that an answer that is another's ends the flight.
func TestAnswers(t *testing.T) {
	var s source
	f, err := s.takeOff(3, 2, func(reading) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		id   uint64
		last bool
		err  bool
	}{{1, false, false}, {2, false, false}, {3, true, false}, {5, true, true}} {
		r := numbered(want.id)
		last, err := f.answered(&r)
		if last != want.last || (err != nil) != want.err {
			t.Errorf("answer %d: last %v, %v", i, last, err)
		}
	}
	if _, err := s.asking(1, func(reading) (reading, error) { return numbered(1), nil }); err == nil {
		t.Error("an answer to another question was taken")
	}
}

func TestCodecs(t *testing.T) {
	want := numbered(1 << 40)
	b, err := want.MarshalMsg(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got reading
	if left, err := got.UnmarshalMsg(b); err != nil || len(left) > 0 || got != want {
		t.Errorf("by hand: %+v, %d bytes left, %v", got, len(left), err)
	}
	p, u := newPacker(), newUnpacker()
	if err := p.Encode(&want); err != nil {
		t.Fatal(err)
	}
	got = reading{}
	if u.open(p.b); u.Decode(&got) != nil || got != want {
		t.Errorf("by reflection: %+v", got)
	}
	if got = fromProto(toProto(&want)); got != want {
		t.Errorf("by protobuf: %+v", got)
	}
}

func TestQuantile(t *testing.T) {
	list := []int64{5, 1, 4, 2, 3}
	for q, want := range map[float64]int64{0: 1, 0.2: 1, 0.5: 3, 0.99: 5, 1: 5} {
		if got := quantile(list, q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
}
