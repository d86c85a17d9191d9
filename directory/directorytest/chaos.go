package directorytest

import (
	"math/rand/v2"

	"github.com/layer-cake/layer-cake/directory"
)

// A chaos does to a world what a seed says, and keeps it as a script.
type chaos struct {
	*world
	random  *rand.Rand
	weights []int // of the deeds
	total   int
	names   []string
	stamps  int // how many there are: few make ties
	script  script
}

var (
	allNames    = []string{"a", "b", "c", "svc:a", "svc:b", "svc:a:1", "svc:a:2", "svc:b:1", "x:1", "x:2", "x:22", "y"}
	allPatterns = []string{"a", "svc:a", "svc:b:1", "svc:.*", "svc:a.*", "svc:a:[0-9]", "x:[0-9]", "x:[0-9]+", ".*", "(a|b|c)", "(?i)SVC:A", "nothing"}
	allScopes   = []directory.Scope{directory.LAN, directory.LAN, directory.Host, directory.Host, directory.Group, directory.Process, directory.Library}
)

func newChaos(w *world, seed uint64) *chaos {
	c := &chaos{world: w, random: rand.New(rand.NewPCG(seed, 6))}
	weather := []int{1, 2, 4, 10}[c.random.IntN(4)] // against the 2 below: half, as it is, double, five times
	for _, d := range deeds {
		weight := 2 * d.weight
		if d.rough {
			weight = d.weight * weather
		}
		c.weights = append(c.weights, weight)
		c.total += weight
	}
	// The first deed lets things go on: at half its weight to double, much waits or little.
	c.weights[0] = c.weights[0] * (1 + c.random.IntN(4)) / 2
	c.total += c.weights[0] - 2*deeds[0].weight
	c.names = append(c.names, allNames...)
	c.random.Shuffle(len(c.names), func(i, j int) { c.names[i], c.names[j] = c.names[j], c.names[i] })
	c.names = c.names[:2+c.random.IntN(len(c.names)-1)]
	c.stamps = []int{4, 50, 1000}[c.random.IntN(3)]
	return c
}

// begin starts the sites, some of them later than others.
func (c *chaos) begin() {
	sizes := [][3]int{{1, 1}, {2, 1}, {3, 2}, {directory.Slice, directory.Batch}}
	c.do(action{verb: limits, n: sizes[c.random.IntN(len(sizes))]})
	for _, i := range c.random.Perm(len(c.sites)) {
		if c.random.IntN(8) > 0 {
			c.do(action{verb: start, at: uint8(i)})
		}
	}
}

// do applies an action and keeps it, if it applies.
func (c *chaos) do(a action) {
	if c.wrong == nil && c.apply(a) {
		c.script = append(c.script, a)
	}
}

// step does one deed.
func (c *chaos) step() {
	n := c.random.IntN(c.total)
	for i, weight := range c.weights {
		if n < weight {
			deeds[i].do(c)
			return
		}
		n -= weight
	}
}

func (c *chaos) any() uint8   { return uint8(c.random.IntN(len(c.sites))) }
func (c *chaos) actor() uint8 { return uint8(1 + c.random.IntN(3)) }

// goOn lets something happen that waits.
func (c *chaos) goOn() {
	list := c.pending()
	if len(list) == 0 {
		return
	}
	switch x := list[c.random.IntN(len(list))]; {
	case x.end != nil:
		from, by := x.end.far.life.site, x.end.life
		n := 0
		for _, e := range by.ends {
			if e == x.end {
				break
			}
			if e.far.life.site == from && e.readable() {
				n++
			}
		}
		c.do(action{verb: read, at: uint8(from.index), to: uint8(by.site.index), n: [3]int{n}})
	case x.dial != nil:
		to := uint8(c.lives[x.dial.process].site.index)
		c.do(action{verb: link, at: uint8(x.life.site.index), to: to})
	case len(x.life.inbox) > 0 && (!x.life.resuming || c.random.IntN(4) > 0):
		c.do(action{verb: work, at: uint8(x.life.site.index)})
	default:
		c.do(action{verb: resume, at: uint8(x.life.site.index)})
	}
}
