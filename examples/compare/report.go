package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
)

// A table has a line for each contender.
type table struct {
	title   string
	columns []column
}

type column struct{ measure, title string }

var tables = []table{
	{"between processes", []column{
		{"ask-p50", "ask p50 µs"},
		{"ask-p99", "p99 µs"},
		{"flight", "100 in flight, k/s"},
		{"oneway", "one-way, k/s"},
		{"cpu", "CPU µs each"},
	}},
	{"in one process, a message boxed once", []column{
		{"tell", "one tells one, k/s"},
		{"tell-cpu", "CPU ns"},
		{"tell-allocs", "allocations"},
		{"tell64", "64 tell 64, k/s"},
		{"tell64-cpu", "CPU ns"},
		{"tell64-allocs", "allocations"},
	}},
	{"in one process, one question after the other", []column{
		{"wait", "a goroutine waits, k/s"},
		{"wait-cpu", "CPU ns"},
		{"wait-allocs", "allocations"},
		{"call", "by callback in an actor, k/s"},
		{"call-cpu", "CPU ns"},
		{"call-allocs", "allocations"},
	}},
	{"actors that live on", []column{
		{"spawn", "spawned, k/s"},
		{"spawn-cpu", "CPU ns"},
		{"spawn-allocs", "allocations"},
		{"actor-heap", "heap of one, idle, B"},
		{"actor-stack", "its stack, B"},
		{"actor-goroutines", "its goroutines"},
	}},
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
	{"live", "actors alive at once"},
	{"live-spawn", "spawned, k/s"},
	{"live-heap", "heap of one, B"},
	{"live-stack", "its stack, B"},
	{"live-rouse", "each told something, k/s"},
	{"begin", "exec to first message, ms"},
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
	{"tell-cpu", "ours", "channel", 1.3, 0},
	{"tell64-cpu", "ours", "channel", 1.3, 0},
	{"tell-allocs", "ours", "", none, 0},
	{"tell64-allocs", "ours", "", none, 0},
	{"tell", "ours", "proto", 0, 1.1},
	{"tell64", "ours", "proto", 0, 1.1},
	{"tell", "ours", "channel", 0, 0},
	{"tell64", "ours", "channel", 0, 0},
	{"wait", "ours", "proto", 0, 2},
	{"call", "ours", "proto", 0, 2},
	{"wait-allocs", "ours", "", 2 + none, 0},
	{"call-allocs", "ours", "", 2 + none, 0},
	{"wait", "ours", "channel", 0, 0},
	{"spawn", "ours", "", 0, 300},
	{"spawn", "ours", "proto", 0, 0},
	{"actor-heap", "ours", "", 800, 0},
	{"actor-heap", "ours", "proto", 0, 0},
	{"live-heap", "ours", "", 0, 0},
	{"begin", "ours", "", 20, 0},
	{"begin", "ours", "bare", 0, 0},
}

// none is as near to no allocations as can be told: the first of all make what is used
// again, and the process has a few of its own.
const none = 0.01

// report prints tables, and then ratios and goals for programs to read.
func report(out io.Writer, p plan, r *results) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%d rounds, in turns: median (least–greatest); %d questions, %d in flight, %d one way; in one process %d questions, %d told, %d actors; %s %s/%s, %d CPUs\n",
		p.rounds, p.questions, p.flights, p.readings, p.localAsks, p.tells, p.actors, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, table := range tables {
		table.print(t, r)
		t.Flush()
	}
	fmt.Fprintln(out)
	for _, a := range alone {
		for _, of := range []string{"ours", "pingpong", "near", "far", "bare"} {
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

// print prints a table if there is something in it.
func (t table) print(out io.Writer, r *results) {
	var lines []string
	for _, c := range contenders() {
		line, some := c.name, false
		for _, column := range t.columns {
			values := r.of(column.measure, c.name)
			line += "\t" + spread(values)
			some = some || len(values) > 0
		}
		if some {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s", t.title)
	for _, c := range t.columns {
		fmt.Fprintf(out, "\t%s", c.title)
	}
	fmt.Fprintln(out)
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
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
