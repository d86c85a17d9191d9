package directorytest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// A world is the tree with all that runs in it, and all that is under way. It
// lives in one goroutine.
type world struct {
	sites   []*site
	lives   map[transport.ProcessID]*life // all that ever ran
	serial  uint64                        // of lives
	blocked map[[2]*site]bool             // whose links cannot be made
	slice   int                           // of machines, as directory.Slice; zero: that
	batch   int

	matches  map[match]bool // what patterns match, once it is known
	chances  []chance       // reused
	schedule uint64         // decides, with the seeds in scripts, in what order things happen
	watches  []*watch

	// Since it was last asked: did anything happen for which it is worth to try
	// again what failed?
	hopeful bool

	steps    int // things that happened
	sessions int // that were seen to begin
	told     int // words Standby and Promoted
	taken    int // messages in sessions

	wrong *Fault
	trace *strings.Builder // nil: nobody reads it
}

type match struct {
	pattern directory.Pattern
	name    directory.Name
}

func newWorld() *world {
	return &world{
		sites:   newTree(),
		lives:   make(map[transport.ProcessID]*life),
		blocked: make(map[[2]*site]bool),
		matches: make(map[match]bool),
	}
}

// A Fault is a rule that was broken.
type Fault struct {
	Rule string // R7
	Text string
}

func (f *Fault) Error() string { return f.Rule + ": " + f.Text }

// fault notes the first rule that is broken; what comes after it may come of it.
func (w *world) fault(rule, format string, args ...any) {
	if w.wrong == nil {
		w.wrong = &Fault{rule, fmt.Sprintf(format, args...)}
		w.note("WRONG %v", w.wrong)
	}
}

// note adds a line to the transcript. Where it is called often its caller looks
// first whether anybody reads it.
func (w *world) note(format string, args ...any) {
	if w.trace != nil {
		fmt.Fprintf(w.trace, format+"\n", args...)
	}
}

// matched reports whether a pattern matches a name, by the definition of R2.
func (w *world) matched(p directory.Pattern, n directory.Name) bool {
	key := match{p, n}
	is, known := w.matches[key]
	if !known {
		is = regexp.MustCompile(`\A(?:` + string(p) + `)\z`).MatchString(string(n))
		w.matches[key] = is
	}
	return is
}

// identity makes the identities of processes: as good as random, and the same
// each time.
func (w *world) identity() transport.ProcessID {
	w.serial++
	random := rand.New(rand.NewPCG(w.serial, 0x1a7e))
	var id transport.ProcessID
	for i := range id {
		id[i] = byte(random.Uint32())
	}
	return id
}

// A chance is something that can happen next without anybody's doing.
type chance struct {
	end  *end  // it reads
	life *life // it works, resumes, or its dial is over
	dial *dial
	call bool // of its parent
}

// pending returns what can happen next.
func (w *world) pending() []chance {
	list := w.chances[:0]
	for _, s := range w.sites {
		l := s.now
		if l == nil || l.frozen {
			continue
		}
		if len(l.inbox) > 0 || l.resuming {
			list = append(list, chance{life: l})
		}
		for _, e := range l.ends {
			if e.readable() {
				list = append(list, chance{end: e})
			}
		}
		for _, d := range l.dialling {
			if !d.over {
				list = append(list, chance{life: l, dial: d})
			}
		}
	}
	w.chances = list
	return list
}

// happen lets it happen. A dial succeeds if it can.
func (w *world) happen(c chance) {
	switch {
	case c.call:
		c.life.callParent()
	case c.end != nil:
		c.end.read()
	case c.dial != nil:
		if !c.life.linked(c.dial) {
			c.life.unlinked(c.dial)
		}
	case len(c.life.inbox) > 0:
		c.life.work()
	default:
		c.life.resume()
	}
}

// callable adds the parents that can be called.
func (w *world) callable(list []chance) []chance {
	for _, s := range w.sites {
		if s.now != nil && s.now.canCallParent() {
			list = append(list, chance{life: s.now, call: true})
		}
	}
	return list
}

// run lets at most n things happen that wait, whichever random says.
func (w *world) run(n int, random *rand.Rand) {
	for range n {
		list := w.callable(w.pending())
		if len(list) == 0 || w.wrong != nil {
			return
		}
		w.happen(list[random.IntN(len(list))])
	}
}
