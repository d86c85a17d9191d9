package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
)

// columns of the table.
var columns = []struct{ measure, title string }{
	{"ask-p50", "ask p50 µs"},
	{"ask-p99", "p99 µs"},
	{"flight", "100 in flight, k/s"},
	{"oneway", "one-way, k/s"},
	{"cpu", "CPU µs each"},
}

// alone are what is of ours alone.
var alone = []struct{ measure, title string }{
	{"crowd-p50", "ask while 63 sessions are busy, p50 µs"},
	{"crowd-p99", "the same, p99 µs"},
	{"crowd-load", "what these sessions carry meanwhile, k/s"},
	{"session-heap", "heap of an idle session, B"},
	{"publication-heap", "heap of a publication beside it, B"},
	{"session-stack", "its stacks, B"},
	{"link-heap", "heap of an idle link, B"},
	{"link-stack", "its stacks, B"},
	{"link-goroutines", "its goroutines"},
}

// A goal is a ratio, or a figure if there is no other, and how much it may be at most
// or must be at least; zero: only to be shown.
type goal struct {
	measure, of, other string
	most, least        float64
}

var goals = []goal{
	{"ask-p50", "ours", "hop", 1.25, 0},
	{"ask-p50", "ours", "plain", 0.85, 0},
	{"ask-p50", "ours", "nats", 0.5, 0},
	{"ask-p50", "ours", "proto", 0, 0},
	{"ask-p50", "ours", "pingpong", 0, 0},
	{"ask-p50", "ours-hand", "hop", 0, 0},
	{"ask-p99", "ours", "hop", 0, 0},
	{"ask-p99", "ours", "plain", 0, 0},
	{"flight", "ours", "plain", 0, 1.2},
	{"flight", "ours", "proto", 0, 0},
	{"flight", "ours", "nats", 0, 0},
	{"oneway", "ours", "plain", 0, 1.1},
	{"oneway", "ours-hand", "hand", 0, 0.6},
	{"oneway", "ours-hand", "encoded", 0, 0},
	{"oneway", "ours", "nats", 0, 1.3},
	{"oneway", "ours", "proto", 0, 0},
	{"oneway", "ours", "reflected", 0, 0},
	{"oneway", "ours", "channel", 0, 0},
	{"cpu", "ours", "", 1.5, 0},
	{"cpu", "ours", "plain", 0, 0},
	{"cpu", "ours-hand", "hand", 0, 0},
	{"crowd-p99", "ours", "pingpong", 3, 0},
	{"crowd-p50", "ours", "pingpong", 0, 0},
	{"session-heap", "near", "", 1024, 0},
	{"session-heap", "far", "", 1024, 0},
	{"link-heap", "near", "", 64 << 10, 0},
	{"link-heap", "far", "", 64 << 10, 0},
}

// report prints a table, and then ratios and goals for programs to read.
func report(out io.Writer, p plan, r *results) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%d rounds, in turns: median (least–greatest); %d questions, %d in flight, %d one way; %s %s/%s, %d CPUs\n\n",
		p.rounds, p.questions, p.flights, p.readings, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, c := range columns {
		fmt.Fprintf(t, "\t%s", c.title)
	}
	fmt.Fprintln(t)
	for _, c := range contenders() {
		line, some := c.name, false
		for _, column := range columns {
			values := r.of(column.measure, c.name)
			line += "\t" + spread(values)
			some = some || len(values) > 0
		}
		if some {
			fmt.Fprintln(t, line)
		}
	}
	t.Flush()
	fmt.Fprintln(out)
	for _, a := range alone {
		for _, of := range []string{"ours", "pingpong", "near", "far"} {
			if values := r.of(a.measure, of); len(values) > 0 {
				fmt.Fprintf(t, "%s\t%s\t%s\n", a.title, of, spread(values))
			}
		}
	}
	t.Flush()
	fmt.Fprintln(out)
	for _, c := range contenders() {
		fmt.Fprintf(t, "%s\t%s\n", c.name, c.what)
	}
	fmt.Fprintln(t, "\nCPU is that of all processes of a contender; of NATS with the server, of ours with the directory.")
	fmt.Fprintln(t)
	for _, g := range goals {
		g.print(t, r)
	}
	return t.Flush()
}

func (g goal) print(out io.Writer, r *results) {
	values, kind, names := r.of(g.measure, g.of), "figure", g.of
	if g.other != "" {
		values, kind, names = r.ratios(g.measure, g.of, g.other), "ratio", g.of+"/"+g.other
	}
	if len(values) == 0 {
		return // it was not measured
	}
	fmt.Fprintf(out, "%s %s %s %s min %s max %s", kind, g.measure, names,
		digits(median(values)), digits(slices.Min(values)), digits(slices.Max(values)))
	switch m := median(values); {
	case g.most > 0:
		fmt.Fprintf(out, " goal ≤ %v: %s", g.most, verdict(m <= g.most))
	case g.least > 0:
		fmt.Fprintf(out, " goal ≥ %v: %s", g.least, verdict(m >= g.least))
	}
	fmt.Fprintln(out)
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

func spread(list []float64) string {
	if len(list) == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%s–%s)", digits(median(list)), digits(slices.Min(list)), digits(slices.Max(list)))
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
