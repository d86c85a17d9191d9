package directory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/layer-cake/layer-cake/transport"
)

// MaxRoute is how many directories lie between the root and whoever asks, at most.
const MaxRoute = 8

// A Route is the way from the root down to the process that asked for a survey.
type Route []transport.ProcessID

// A Directory is what a survey shows of one directory.
type Directory struct {
	Process    transport.ProcessID
	Scope      Scope
	Executable string
	Role       string // in its composite process; empty: none
	PID        int
	Listens    string // host:port for children; empty: none
}

// Surveys show the whole tree: the question goes up to the root; from there
// every directory describes itself and its children, and what they say goes down
// the way by which the question came. No directory remembers a survey.
type (
	// List asks for a survey. Each directory on the way up puts itself before
	// the route.
	List struct{ Route Route }
	// Describe asks a child directory for its part.
	Describe struct{ Route Route }
	// Listed is one directory's part: itself and its children, in batches. The
	// last one is marked.
	Listed struct {
		Route     Route
		Directory Directory
		Children  []Directory
		Last      bool
	}
)

func (m List) String() string     { return "list by " + m.Route.String() }
func (m Describe) String() string { return "describe for " + m.Route.String() }
func (m Listed) String() string {
	return fmt.Sprintf("listed for %v: %v with %d children", m.Route, m.Directory.Process.Short(), len(m.Children))
}

// String returns the short identities on the way, from the root.
func (r Route) String() string {
	var b strings.Builder
	for i, p := range r {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(p.Short())
	}
	return b.String()
}

func (List) message()     {}
func (Describe) message() {}
func (Listed) message()   {}

// A Survey answers for one directory. It knows who its neighbours are.
type Survey struct {
	self     Directory
	parent   Party
	children []neighbour // in the order in which they came
}

type neighbour struct {
	party Party
	Directory
}

// NewSurvey returns the survey of a directory that describes itself so.
func NewSurvey(self Directory) *Survey { return &Survey{self: self} }

// Moved says that the directory listens somewhere else now.
func (s *Survey) Moved(listens string) { s.self.Listens = listens }

// ChildUp says that a child is there, and how it describes itself.
func (s *Survey) ChildUp(p Party, d Directory) {
	s.children = append(s.children, neighbour{p, d})
}

// ParentUp says that the parent is there.
func (s *Survey) ParentUp(p Party) { s.parent = p }

// Gone says that a link is lost.
func (s *Survey) Gone(p Party) {
	if s.parent == p {
		s.parent = 0
	}
	s.children = slices.DeleteFunc(s.children, func(n neighbour) bool { return n.party == p })
}

// Step tells the survey that from said msg; nobody is this process itself, which
// asks by a List or an Enquire without a route. Listed and Found for this process
// are returned, for whoever asked.
func (s *Survey) Step(from Party, msg Message) (effects []Effect, answers []Message) {
	switch msg := msg.(type) {
	case List:
		if refusal := s.climb(from, msg.Route); refusal != nil {
			return refusal, nil
		}
		route := append(Route{s.self.Process}, msg.Route...)
		if s.parent != 0 {
			return []Effect{Send{s.parent, List{route}}}, nil
		}
		return s.describe(route)
	case Describe:
		if from != s.parent {
			return []Effect{Refuse{from, "it is not the parent of this directory"}}, nil
		}
		return s.describe(msg.Route)
	case Enquire:
		return s.enquire(from, msg)
	case Listed:
		return s.pass(msg.Route, msg)
	case Found:
		return s.pass(msg.Route, msg)
	}
	return nil, nil
}

// climb refuses a question on its way up that came by no way there is.
func (s *Survey) climb(from Party, r Route) []Effect {
	if from == 0 {
		return nil
	}
	i := slices.IndexFunc(s.children, func(n neighbour) bool { return n.party == from })
	if i < 0 || !s.children[i].fits(r) {
		return []Effect{Refuse{from, "a survey came by a route that it cannot have taken"}}
	}
	return nil
}

// fits reports whether a child of that scope may ask by that route: it begins
// with the child, and has no more directories than there are scopes from it
// inwards. Who passes on a route that fits has one that fits its own parent.
func (c *neighbour) fits(r Route) bool {
	return len(r) > 0 && r[0] == c.Process && len(r) <= int(Library-c.Scope)+1
}

func (s *Survey) describe(route Route) (effects []Effect, answers []Message) {
	for i, last := 0, false; !last; i += Batch {
		n := min(len(s.children)-i, Batch)
		last = i+n == len(s.children)
		part := Listed{Route: route, Directory: s.self, Last: last}
		for _, c := range s.children[i : i+n] {
			part.Children = append(part.Children, c.Directory)
		}
		e, p := s.pass(route, part)
		effects, answers = append(effects, e...), append(answers, p...)
	}
	for _, c := range s.children {
		if c.Scope < Process {
			effects = append(effects, Send{c.party, Describe{route}})
		}
	}
	return effects, answers
}

// pass brings an answer nearer to who asked: down the route, or up until it is
// met.
func (s *Survey) pass(r Route, answer Message) ([]Effect, []Message) {
	to, here := s.down(r)
	switch {
	case here:
		return nil, []Message{answer}
	case to == 0 && !slices.Contains(r, s.self.Process):
		to = s.parent
	}
	if to == 0 {
		return nil, nil // who asked has gone
	}
	return []Effect{Send{to, answer}}, nil
}

// down returns the child that is next on a route, zero if there is none, or
// whether the route ends here.
func (s *Survey) down(r Route) (to Party, here bool) {
	at := slices.Index(r, s.self.Process)
	if at < 0 {
		return 0, false
	}
	if at == len(r)-1 {
		return 0, true
	}
	for _, c := range s.children {
		if c.Process == r[at+1] {
			return c.party, false
		}
	}
	return 0, false
}
