package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// A unit is how a value is printed. Values are nanoseconds or bytes.
type unit struct {
	name string
	size float64
}

var (
	micro = unit{"µs", 1e3}
	milli = unit{"ms", 1e6}
	mega  = unit{"MB", 1e6}
)

// A figure is something measured and its floor: one value of each a round.
type figure struct {
	name, what string
	floor      string // what the floor is
	unit       unit
	goal       string                         // empty: there is none
	met        func(ours, floor float64) bool // in the unit; of the medians
	ours, base []float64                      // in the unit
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

// quantile returns the value that the share q of the others does not exceed. The
// list must not be empty; it is sorted.
func quantile[T cmp.Ordered](list []T, q float64) T {
	slices.Sort(list)
	return list[min(int(q*float64(len(list))), len(list)-1)]
}

// spread prints the median of some values, and the least and the greatest.
func spread(list []float64) string {
	list = slices.Clone(list)
	median := quantile(list, 0.5)
	return digits(median) + " (" + digits(list[0]) + "–" + digits(list[len(list)-1]) + ")"
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

func print(out io.Writer, p plan, figures []*figure) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%d rounds: median (least–greatest)\n\n", p.rounds)
	fmt.Fprintln(t, "what\t\tours\tfloor\tratio\tgoal\t")
	for _, f := range figures {
		verdict := ""
		if f.goal != "" {
			verdict = "missed"
			if f.met(quantile(slices.Clone(f.ours), 0.5), quantile(slices.Clone(f.base), 0.5)) {
				verdict = "met"
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.what, f.unit.name, spread(f.ours), spread(f.base), spread(f.ratios()), f.goal, verdict)
	}
	fmt.Fprintln(t, "\nfloors")
	for _, f := range figures {
		fmt.Fprintf(t, "%s\t%s\n", f.name, f.floor)
	}
	fmt.Fprintln(t)
	for _, f := range figures {
		ratios := f.ratios()
		median := quantile(ratios, 0.5)
		fmt.Fprintf(t, "ratio %s ours/floor %.2f min %.2f max %.2f\n", f.name, median, ratios[0], ratios[len(ratios)-1])
	}
	return t.Flush()
}
