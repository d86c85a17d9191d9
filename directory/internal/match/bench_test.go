package match

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"testing"
)

// Each benchmark that has a floor takes turns with it, so that both have the
// same machine, and prints how often it costs the floor as x-floor.

// nameOf makes the ith name: 1 000 with each prefix, every tenth of which ends
// in :red.
func nameOf(i int) string {
	colour := "blue"
	if i%10 == 0 {
		colour = "red"
	}
	return fmt.Sprintf("plant-%04d:line:worker-%03d:%08x:%s", i/1000, i%1000, uint32(i)*2654435761, colour)
}

// someNames returns n names, put in in random order.
func someNames(n int) *Names[int] {
	var names Names[int]
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		names.Set(nameOf(i), i)
	}
	return &names
}

// sizes of what is looked through, from the least to the greatest.
var sizes = []int{10_000, 100_000, 1_000_000}

// A new pattern, 100 hits among 1 000 names with its prefix. The floor tests
// just these 1 000 with the bare expression.
func BenchmarkNewPattern(b *testing.B) {
	for _, n := range sizes {
		ours := newPatternsToScan(b, n)
		bare := make([]*regexp.Regexp, n/1000)
		ranges := make([][]string, n/1000)
		for i := range bare {
			bare[i] = regexp.MustCompile(`\A(?:` + patternOf(i) + `)\z`)
		}
		ours.names.Range("", n, func(name string, v int) { ranges[v/1000] = append(ranges[v/1000], name) })
		b.Run(fmt.Sprintf("names=%d", n), func(b *testing.B) {
			floorHits := 0
			ours.hits = 0
			floor := func(i int) {
				re := bare[i%len(bare)]
				for _, name := range ranges[i%len(ranges)] {
					if re.MatchString(name) {
						floorHits++
					}
				}
			}
			against(b, ours.scan, floor)
			if ours.hits != floorHits || ours.hits != 100*b.N {
				b.Fatalf("%d hits, the floor has %d", ours.hits, floorHits)
			}
		})
	}
}

// The same among 1 000 000 names. The floor is the same among 10 000.
func BenchmarkNewPatternGrowth(b *testing.B) {
	most, least := newPatternsToScan(b, sizes[len(sizes)-1]), newPatternsToScan(b, sizes[0])
	b.Run("names=1000000", func(b *testing.B) {
		most.hits, least.hits = 0, 0
		against(b, most.scan, least.scan)
		if most.hits != least.hits || most.hits != 100*b.N {
			b.Fatalf("%d hits, and %d", most.hits, least.hits)
		}
	})
}

// patternOf makes a pattern that matches 100 of the ith 1 000 names.
func patternOf(i int) string { return fmt.Sprintf(`plant-%04d:.*:worker-\d+:.*:red`, i) }

// PatternsToScan are names and a pattern for each 1 000 of them.
type patternsToScan struct {
	names    *Names[int]
	compiled []*Pattern
	hits     int
}

func newPatternsToScan(b *testing.B, n int) *patternsToScan {
	p := &patternsToScan{names: someNames(n), compiled: make([]*Pattern, n/1000)}
	for i := range p.compiled {
		var err error
		if p.compiled[i], err = Compile(patternOf(i)); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

func (p *patternsToScan) scan(i int) {
	for from, more := "", true; more; {
		from, more = p.names.Scan(p.compiled[i%len(p.compiled)], from, 1000, func(string, int) { p.hits++ })
	}
}

// An exact pattern, against a plain map.
func BenchmarkNewExactPattern(b *testing.B) {
	const n = 1_000_000
	names := someNames(n)
	plain := make(map[string]int, n)
	some := make([]string, 1000)
	names.Range("", n, func(name string, v int) { plain[name] = v })
	var compiled [1000]*Pattern
	for i := range some {
		some[i] = nameOf(rand.N(n))
		compiled[i], _ = Compile(some[i])
	}
	sum := 0
	against(b,
		func(i int) { names.Scan(compiled[i%1000], "", 1000, func(_ string, v int) { sum += v }) },
		func(i int) { sum -= plain[some[i%1000]] })
	if sum != 0 {
		b.Fatal("the map has other names")
	}
}

// A new name among up to 1 000 000 and 10 000 patterns, ten of them without a
// prefix: it is put in, finds its subscribers, and is taken out. Of the others so
// many are nested have a prefix that is its beginning, and all of these match; if
// one is, their prefixes are distinct. The floor puts it in and out, and tests only
// the expressions that may match it.
func BenchmarkNewName(b *testing.B) {
	for _, n := range sizes {
		names := someNames(n)
		for _, nested := range []int{1, 10} {
			b.Run(fmt.Sprintf("names=%d/nested=%d", n, nested), func(b *testing.B) {
				p := newSubscribers(b, nested)
				floorFound := 0
				floor := func(i int) {
					plant, name := p.fresh(i)
					names.Set(name, i)
					for _, list := range [][]*regexp.Regexp{p.wide, p.bare[plant]} {
						for _, re := range list {
							if re.MatchString(name) {
								floorFound++
							}
						}
					}
					names.Delete(name)
				}
				against(b, func(i int) { p.introduce(names, i) }, floor)
				if p.found != floorFound || p.found != nested*b.N {
					b.Fatalf("found %d, the floor %d, want %d", p.found, floorFound, nested*b.N)
				}
			})
		}
	}
}

// The same among 1 000 000 names. The floor is the same among 10 000. The two are
// not at the same patterns, or the one would find in the cache what the other has
// fetched.
func BenchmarkNewNameGrowth(b *testing.B) {
	most, least := someNames(sizes[len(sizes)-1]), someNames(sizes[0])
	for _, nested := range []int{1, 10} {
		b.Run(fmt.Sprintf("nested=%d", nested), func(b *testing.B) {
			p := newSubscribers(b, nested)
			against(b, func(i int) { p.introduce(most, i+p.plants/2) }, func(i int) { p.introduce(least, i) })
			if p.found != 2*nested*b.N {
				b.Fatalf("found %d, want %d", p.found, 2*nested*b.N)
			}
		})
	}
}

// Subscribers are 10 000 patterns, of which so many as are nested match a new
// name, and none of the wide ones.
type subscribers struct {
	patterns Patterns[int]
	plants   int
	bare     map[int][]*regexp.Regexp // by plant
	wide     []*regexp.Regexp
	found    int
}

func newSubscribers(b *testing.B, nested int) *subscribers {
	p := &subscribers{plants: 9_990 / nested, bare: map[int][]*regexp.Regexp{}}
	add := func(text string) *regexp.Regexp {
		e, err := p.patterns.Add(text)
		if err != nil {
			b.Fatal(err)
		}
		e.Value++
		return regexp.MustCompile(`\A(?:` + text + `)\z`)
	}
	for i := range 10 {
		p.wide = append(p.wide, add(fmt.Sprintf(`.*:worker-%d.*:green`, i)))
	}
	for i := range 9_990 {
		// Of ten lengths: plant-0123:l … plant-0123:line:worker
		text := fmt.Sprintf("plant-%04d:line:worker", i%p.plants)
		text = text[:len(text)-i/p.plants] + `[a-z:]*-\d+:.*`
		p.bare[i%p.plants] = append(p.bare[i%p.plants], add(text))
	}
	return p
}

// fresh makes the ith new name.
func (p *subscribers) fresh(i int) (plant int, name string) {
	plant = i * 7919 % p.plants
	return plant, fmt.Sprintf("plant-%04d:line:worker-%d:new", plant, i)
}

// introduce puts the ith new name among others, finds who subscribed to it, and
// takes it out.
func (p *subscribers) introduce(names *Names[int], i int) {
	_, name := p.fresh(i)
	names.Set(name, i)
	p.patterns.Find(name, func(e *Entry[int]) { p.found += e.Value })
	names.Delete(name)
}

// One new name where prefixes have as many lengths as they can and none fits:
// what the walk alone costs. The floor is the one look-up that an exact pattern
// takes.
func BenchmarkWalk(b *testing.B) {
	var patterns Patterns[int]
	plain := map[string]int{}
	for i := range 250 {
		for j := range 4 {
			text := fmt.Sprintf("%0*d", i+1, j+1)
			plain[text] = 0
			if _, err := patterns.Add(text + ".*"); err != nil {
				b.Fatal(err)
			}
		}
	}
	name := fmt.Sprintf("%0255d", 9)
	found := 0
	against(b,
		func(int) { patterns.Find(name, func(*Entry[int]) { found++ }) },
		func(int) { found += plain[name] })
	if found != 0 {
		b.Fatal("found", found)
	}
}

// What a name costs beside its own bytes, and what a pattern costs.
func BenchmarkMemory(b *testing.B) {
	const n = 1_000_000
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	texts := make([]string, n)
	for i := range texts {
		texts[i] = nameOf(i)
	}
	measure := func(name string, order func(i int) int) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				before := heap()
				var names Names[*int]
				for i := range n {
					names.Set(texts[order(i)], nil)
				}
				b.ReportMetric((heap()-before)/n, "B/name")
				runtime.KeepAlive(&names)
			}
		})
	}
	random := rand.New(rand.NewPCG(1, 2)).Perm(n)
	measure("names=random", func(i int) int { return random[i] })
	measure("names=ascending", func(i int) int { return i })
	for _, form := range []string{`plant-%04d:line:worker`, `plant-%04d:line:worker-\d+:.*`, `plant-%04d:[-0-9a-f]{36}`} {
		b.Run("pattern="+form, func(b *testing.B) {
			for b.Loop() {
				before := heap()
				var patterns Patterns[*int]
				for i := range 10_000 {
					patterns.Add(fmt.Sprintf(form, i))
				}
				b.ReportMetric((heap()-before)/10_000, "B/pattern")
				runtime.KeepAlive(&patterns)
			}
		})
	}
	runtime.KeepAlive(texts)
}

func BenchmarkCompile(b *testing.B) {
	for _, text := range []string{`plant-17:line:worker`, `plant-17:line:worker-\d+:.*`, `(?:.?){497}`} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := Compile(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
