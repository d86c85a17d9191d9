package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// report prints what was done and measured. The error has all that is not as it must be.
func (d *driver) report(out io.Writer) error {
	var wrong []error
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "process\tmeasure\tfirst third\tlast third\tmore\tallowed\t\t")
	for _, c := range d.all() {
		for _, m := range measures {
			if len(d.samples[c.name]) < takes/2 {
				continue // it was stopped: that would say nothing
			}
			t := m.trend(d.samples[c.name])
			verdict := "flat"
			if !t.flat() {
				verdict = "GROWS"
				wrong = append(wrong, fmt.Errorf("%s of %s grows: %d in the first third, %d in the last", m.name, c.name, t.first, t.last))
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t\n", c.name, m.name, t.first, t.last, t.last-t.first, t.allowed, verdict)
		}
	}
	table.Flush()
	n := d.counts
	cut, unexplained := d.account.missing()
	sum := d.account.sum()
	rate := float64(n.Sessions) / d.busy.Seconds()
	fmt.Fprintf(out, "%d samples; %d sessions in %v, %.0f a second; %d cuts\n",
		len(d.samples[d.host.name]), n.Sessions, d.busy.Round(time.Millisecond), rate, d.cuts)
	fmt.Fprintf(out, "messages: %d sent, %d arrived, %d came back, %d lost with a cut link, %d unexplained; %d refused at once, %d out of order\n",
		sum.Sent, sum.Got, sum.Back, cut, unexplained, n.Refused, n.Disorder)
	fmt.Fprintf(out, "asks: %d asked, %d answered, %d ended with their session, %d waited in vain across a cut, %d timed out\n", n.Asked, n.Answered, n.Unfounded, n.CutOff, n.TimedOut)
	add := func(is bool, format string, args ...any) {
		if is {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	add(unexplained != 0, "%d messages are missing, or came without having been sent, such as %+v", unexplained, d.account.examples())
	add(n.Losses != 0, "%d sessions were lost with a link that nobody had cut", n.Losses)
	add(n.Disorder != 0, "%d messages came out of order, or changed", n.Disorder)
	add(n.TimedOut != 0, "%d asks waited in vain", n.TimedOut)
	add(n.waiting() != 0, "of %d asks %d have not ended", n.Asked, n.waiting())
	add(rate < float64(d.plan.rate)/2, "only %.0f sessions a second came and went, of %d: the machine is too busy to say anything", rate, d.plan.rate)
	return errors.Join(wrong...)
}
