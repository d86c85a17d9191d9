package crew

import (
	"math/rand/v2"
	"slices"
	"testing"
)

const second = 1_000_000_000

var plain = Config{Recruits: true, Recruiting: second, Queue: 2, Slow: 5 * second, PassRate: 3, Tries: 2}

func TestTranscript(t *testing.T) {
	c, first := New(plain)
	steps := []struct {
		says string
		got  []Effect
		want []string
	}{}
	step := func(says string, got []Effect, want ...string) {
		steps = append(steps, struct {
			says string
			got  []Effect
			want []string
		}{says, slices.Clone(got), want})
	}
	step("begin", first, "Recruit 1 for 1000000000")
	step("a request comes before any worker", c.Ask(1, 0))
	step("a worker joins", c.Join(1, 1), "Give r1 w1")
	step("two wait", append(slices.Clone(c.Ask(2, 1)), c.Ask(3, 1)...))
	step("a third is too many", c.Ask(4, 1), "Refuse r4 Overloaded")
	step("the first is answered", c.Done(1, Replied, 2), "Answer r1 of w1", "Give r2 w1")
	step("its time is up", c.Expire(2, 3), "Refuse r2 Late")
	step("the worker is late, and gets nothing", c.Ask(5, 4))
	step("until it replies", c.Done(1, Replied, 5), "Give r3 w1")
	step("it leaves with that in hand", c.Leave(1, 6), "Recruit 2 for 1000000000")
	step("which goes first", c.Join(2, 7), "Give r3 w2")
	step("and is tried for the last time", c.Done(2, Untaken, 8), "Refuse r3 Tried", "Rest w2")
	step("the worker is left alone, then", c.Rested(2, 9), "Give r5 w2")
	step("the pool ends", append(slices.Clone(c.Ask(6, 9)), c.Close(9)...), "Refuse r6 Ending")
	step("what comes then", c.Ask(7, 9), "Refuse r7 Ending")
	step("what is in hand is done", c.Done(2, Replied, 10), "Answer r5 of w2", "Finish")
	for _, s := range steps {
		var got []string
		for _, e := range s.got {
			got = append(got, e.String())
		}
		if !slices.Equal(got, s.want) {
			t.Errorf("%s: got %q, want %q", s.says, got, s.want)
		}
	}
}

func TestAverageIsOfTheLast32(t *testing.T) {
	var s spans
	if got := s.average(); got != 0 {
		t.Errorf("got %d of none", got)
	}
	var all []int64
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		span := r.Int64N(1000 * second)
		s.add(span)
		all = append(all, span)
		last := all[max(0, len(all)-32):]
		sum := int64(0)
		for _, one := range last {
			sum += one
		}
		if got, want := s.average(), sum/int64(len(last)); got != want {
			t.Fatalf("after %d: got %d, want %d", len(all), got, want)
		}
	}
}

// One in PassRate is taken while the crew is slow, and all when it is not any more.
func TestSlow(t *testing.T) {
	c, _ := New(plain)
	c.Join(1, 0)
	c.Ask(1, 0)
	c.Done(1, Replied, 6*second)
	var got []bool
	now := int64(6 * second)
	for id := Request(2); id < 8; id++ {
		effects := c.Ask(id, now)
		taken := effects[0].Kind == Give
		got = append(got, taken)
		switch {
		case taken:
			now += 2 * second
			c.Done(1, Replied, now)
		case effects[0].Why != Slow || effects[0].Span != 6*second:
			t.Errorf("refused: %v", effects[0])
		}
	}
	if want := []bool{false, false, true, true, true, true}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v: the average was 6 s until the third, and 4 s then", got, want)
	}
}

func TestSpentWithoutReplacement(t *testing.T) {
	config := plain
	config.Recruits, config.Slots, config.StandDown = false, 1, -1
	c, first := New(config)
	got := slices.Clone(first)
	c.Join(1, 0)
	c.Ask(1, 0)
	got = append(got, c.Ask(2, 0)...)
	got = append(got, c.Vacate(0, 0.5, 1)...)
	got = append(got, c.Leave(1, 1)...)
	want := []Effect{
		{Kind: Run, Slot: 0},
		{Kind: Refuse, Request: 1, Why: Tried},
		{Kind: Refuse, Request: 2, Why: AllEnded},
		{Kind: Finish},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNames(t *testing.T) {
	if Kind(99).String() != "Kind(99)" || Why(0).String() != "Why(0)" || Finish.String() != "Finish" || Ending.String() != "Ending" {
		t.Error("names are not as they should be")
	}
}
