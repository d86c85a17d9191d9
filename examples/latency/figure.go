package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// A unit is how a value is printed. Values are nanoseconds or bytes.
type unit struct {
	name string
	size float64
}

var (
	bytes = unit{"B", 1}
	micro = unit{"µs", 1e3}
	milli = unit{"ms", 1e6}
	mega  = unit{"MB", 1e6}
)

// A figure is something measured beside its floor: one value of each a round.
type figure struct {
	name, what string
	floor      string // what the floor is
	unit       unit
	goal       string                         // empty: there is none
	met        func(ours, floor float64) bool // in the unit; of the medians
	ours, base []float64                      // in the unit
	note       string                         // what was checked on the way; empty: nothing
}

func (f *figure) add(ours, base int64) {
	f.ours = append(f.ours, float64(ours)/f.unit.size)
	f.base = append(f.base, float64(base)/f.unit.size)
}

// ratios returns ours by the floor, round by round.
func (f *figure) ratios() []float64 {
	list := make([]float64, len(f.ours))
	for i := range list {
		list[i] = f.ours[i] / f.base[i]
	}
	return list
}

func upTo(most float64) func(ours, floor float64) bool {
	return func(ours, _ float64) bool { return ours <= most }
}

func ratioUpTo(most float64) func(ours, floor float64) bool {
	return func(ours, floor float64) bool { return ours <= most*floor }
}

func moreUpTo(most float64) func(ours, floor float64) bool {
	return func(ours, floor float64) bool { return ours <= floor+most }
}

// quantile returns the least value that at least the share q of a list, which
// must not be empty, does not exceed.
func quantile[T cmp.Ordered](list []T, q float64) T {
	rank := int(math.Ceil(q * float64(len(list))))
	return slices.Sorted(slices.Values(list))[max(rank-1, 0)]
}

// spread prints the median of some values, and the least and the greatest.
func spread(list []float64) string {
	return fmt.Sprintf("%s (%s–%s)", digits(quantile(list, 0.5)), digits(slices.Min(list)), digits(slices.Max(list)))
}

// digits prints three of them, or all before the point.
func digits(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// report prints the figures as a table, then what their floors are, what was
// checked, and the ratios for programs to read.
func report(out io.Writer, title string, figures []*figure) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s: median (least–greatest)\n\n", title)
	fmt.Fprintln(t, "what\t\tours\tfloor\tratio\tgoal")
	for _, f := range figures {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n",
			f.what, f.unit.name, spread(f.ours), spread(f.base), spread(f.ratios()), f.verdict())
	}
	fmt.Fprintln(t, "\nfloor of\tis")
	for _, f := range figures {
		fmt.Fprintf(t, "%s\t%s\n", f.name, f.floor)
	}
	fmt.Fprintln(t)
	for _, f := range figures {
		if f.note != "" {
			fmt.Fprintf(t, "checked %s: %s\n", f.name, f.note)
		}
	}
	for _, f := range figures {
		r := slices.Sorted(slices.Values(f.ratios()))
		fmt.Fprintf(t, "ratio %s ours/floor %.2f min %.2f max %.2f\n", f.name, quantile(r, 0.5), r[0], r[len(r)-1])
	}
	return t.Flush()
}

// verdict says what the goal is and whether it was met, by the medians.
func (f *figure) verdict() string {
	if f.met == nil {
		return ""
	}
	if f.met(quantile(f.ours, 0.5), quantile(f.base, 0.5)) {
		return f.goal + ": met"
	}
	return f.goal + ": missed"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ses", n, what)
}
