package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQuantile(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 100 - i
	}
	for _, test := range []struct {
		list []int
		q    float64
		want int
	}{
		{[]int{7}, 0.5, 7},
		{[]int{3, 1, 2}, 0, 1},
		{[]int{3, 1, 2}, 0.5, 2},
		{[]int{4, 1, 3, 2}, 0.5, 2},
		{[]int{3, 1, 2}, 1, 3},
		{hundred, 0.5, 50},
		{hundred, 0.99, 99},
	} {
		if got := quantile(test.list, test.q); got != test.want {
			t.Errorf("quantile(%v, %v) = %d, want %d", test.list, test.q, got, test.want)
		}
	}
	if hundred[0] != 100 {
		t.Error("quantile sorted the list that it was given")
	}
}

func TestReport(t *testing.T) {
	more := &figure{name: "slow", what: "something slow", floor: "a fast thing", unit: micro, goal: "≤ floor + 1 ms", met: moreUpTo(1000)}
	times := &figure{name: "twice", what: "twice as slow", floor: "itself", unit: milli, goal: "≤ 0.9 × floor", met: ratioUpTo(0.9)}
	none := &figure{name: "big", what: "something big", floor: "nothing", unit: mega}
	for i := range int64(3) {
		more.add(1_010_000+i*40_000, 100_000)
		times.add(2_000_000, 1_000_000*(i+1))
		none.add(10_000_000+i, 2_500_000)
	}
	var got strings.Builder
	if err := report(&got, "3 rounds", []*figure{more, times, none}); err != nil {
		t.Fatal(err)
	}
	want := `3 rounds: median (least–greatest)

what                ours              floor             ratio             goal
something slow  µs  1050 (1010–1090)  100 (100–100)     10.5 (10.1–10.9)  ≤ floor + 1 ms: met
twice as slow   ms  2.00 (2.00–2.00)  2.00 (1.00–3.00)  1.00 (0.67–2.00)  ≤ 0.9 × floor: missed
something big   MB  10.0 (10.0–10.0)  2.50 (2.50–2.50)  4.00 (4.00–4.00)  

floor of  is
slow      a fast thing
twice     itself
big       nothing

ratio slow ours/floor 10.50 min 10.10 max 10.90
ratio twice ours/floor 1.00 min 0.67 max 2.00
ratio big ours/floor 4.00 min 4.00 max 4.00
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}
