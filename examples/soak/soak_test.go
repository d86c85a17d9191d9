package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A figure that grows is told from one that moves about, whatever the beginning was.
func TestTrend(t *testing.T) {
	heap := measures[0]
	samples := func(of func(i int) int64) (list []sample) {
		for i := range takes {
			list = append(list, sample{Heap: of(i)})
		}
		return list
	}
	for name, c := range map[string]struct {
		of   func(i int) int64
		flat bool
	}{
		"constant":                {func(int) int64 { return 2 << 20 }, true},
		"moves about":             {func(i int) int64 { return 2<<20 + int64(i*7919%13)<<15 }, true},
		"great at first":          {func(i int) int64 { return 2<<20 + 8<<20/int64(i+1) }, true},
		"small at first":          {func(i int) int64 { return min(int64(i)<<18, 2<<20) }, true},
		"one peak":                {func(i int) int64 { return 2<<20 + int64(i/(takes-1))<<30 }, true},
		"32 bytes a session":      {func(i int) int64 { return 2<<20 + 32*1000*20*int64(i)/takes }, false},
		"a step":                  {func(i int) int64 { return 2<<20 + int64(i/(takes*2/3))<<20 }, false},
		"8 bytes, twenty minutes": {func(i int) int64 { return 2<<20 + 8*1000*1200*int64(i)/takes }, false},
	} {
		if tr := heap.trend(samples(c.of)); tr.flat() != c.flat {
			t.Errorf("%s: %+v is flat: %v", name, tr, tr.flat())
		}
	}
}

// What is sent is accounted for, in whatever order it is said, by whomever.
func TestAccount(t *testing.T) {
	a, now := newAccount(), time.Now()
	a.take([]entry{{Key: 1, Got: 2}, {Key: 2, Got: 1}, {Key: 3, Sent: 1}}, now)
	a.take([]entry{{Key: 1, Sent: 3, Over: true}, {Key: 2, Sent: 5, Over: true, Cut: true}, {Key: 3, Over: true}}, now)
	if cut, unexplained := a.missing(); cut != 4 || unexplained != 2 {
		t.Errorf("%d were cut and %d are unexplained, want 4 and 2", cut, unexplained)
	}
	a.take([]entry{{Key: 1, Back: 1}, {Key: 3, Got: 1}}, now)
	if cut, unexplained := a.missing(); cut != 4 || unexplained != 0 {
		t.Errorf("%d were cut and %d are unexplained, want 4 and none", cut, unexplained)
	}
	if len(a.open) != 1 {
		t.Errorf("%v stay open, want the one that was cut", a.open)
	}
	a.take([]entry{{Key: 1, Got: 1}}, now) // a second time
	if _, unexplained := a.missing(); unexplained != 1 || len(a.examples()) != 1 {
		t.Errorf("%d are unexplained, such as %v, want one", unexplained, a.examples())
	}
	a.take([]entry{{Key: 4, Sent: 1, Over: true}}, now)
	a.cut(now.Add(flight)) // it was missing too long before
	if _, unexplained := a.missing(); unexplained != 2 {
		t.Errorf("%d are unexplained, want two", unexplained)
	}
	a.cut(now.Add(flight - 1))
	if cut, unexplained := a.missing(); cut != 5 || unexplained != 1 {
		t.Errorf("%d were cut and %d are unexplained, want 5 and 1", cut, unexplained)
	}
	a.take([]entry{{Key: 5, Sent: 1, Over: true}}, now)
	a.bares = []bare{{9, 1, 5, 2}, {9}}
	if _, unexplained := a.missing(); unexplained != 4 {
		t.Errorf("%d are unexplained, want two that came bare, one that is missing, and one too many", unexplained)
	}
	a.resolve(now)
	if _, unexplained := a.missing(); unexplained != 2 || len(a.bares) != 1 {
		t.Errorf("%d are unexplained, %d of them bare; want one that came bare, and one too many", unexplained, len(a.bares))
	}
	sum := a.sum()
	if d := cmp.Diff(entry{Key: sum.Key, Sent: 11, Got: 5, Back: 2, Over: true, Cut: true}, sum); d != "" {
		t.Errorf("in all (-want +got):\n%s", d)
	}
}

func TestLetters(t *testing.T) {
	for _, size := range []int{long, vast} {
		text := filled(size, 7)
		if !whole(text, 7) || whole(text, 8) || whole(text[1:], 7) {
			t.Errorf("a letter of %d bytes is not told from another", size)
		}
	}
}

// What is wrong is said, and is an error.
func TestReport(t *testing.T) {
	grows := make([]sample, takes)
	for i := range grows {
		grows[i].Goroutines = int64(i)
	}
	d := &driver{plan: plan{rate: 100}, host: &child{name: "host"}, samples: map[string][]sample{"host": grows},
		account: newAccount(), counts: counts{Sessions: 10, Asked: 3, Answered: 1, TimedOut: 1, Disorder: 1}, busy: 1e9}
	d.account.take([]entry{{Key: 1, Sent: 1, Over: true, Kind: "somebody"}}, time.Now())
	var out bytes.Buffer
	err := d.report(&out)
	if err == nil {
		t.Fatal("there is no error")
	}
	for _, want := range []string{"goroutines of host grows", "1 messages are missing", "somebody", "out of order", "waited in vain", "of 3 asks 1 have not", "only 10 sessions"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
	}
	if !strings.Contains(out.String(), "GROWS") {
		t.Errorf("the table does not say what grows:\n%s", &out)
	}
}
