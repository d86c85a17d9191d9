package directorytest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/layer-cake/layer-cake/directory"
)

// A script is actions, one a line. A # begins a comment.
type script []action

func (s script) String() string {
	sites := newTree()
	var b strings.Builder
	for _, a := range s {
		b.WriteString(a.line(sites))
		b.WriteByte('\n')
	}
	return b.String()
}

func (a action) line(sites []*site) string {
	var b strings.Builder
	b.WriteString(grammar[a.verb].word)
	numbers := a.n[:]
	for _, letter := range grammar[a.verb].form {
		b.WriteByte(' ')
		switch letter {
		case 's':
			b.WriteString(sites[a.at].name)
		case 'a':
			fmt.Fprintf(&b, "%s:%d", sites[a.at].name, a.actor)
		case 'l':
			fmt.Fprintf(&b, "%s>%s", sites[a.at].name, sites[a.to].name)
		case 'S':
			b.WriteString(a.scope.String())
		case 't':
			b.WriteString(a.text)
		case 'n':
			b.WriteString(strconv.Itoa(numbers[0]))
			numbers = numbers[1:]
		}
	}
	return b.String()
}

// parse reads a script. The error says which line is wrong.
func parse(text string) (script, error) {
	p := parser{sites: map[string]uint8{}}
	for _, s := range newTree() {
		p.sites[s.name] = uint8(s.index)
	}
	var s script
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		a, err := p.action(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", i+1, strings.TrimSpace(line), err)
		}
		s = append(s, a)
	}
	return s, nil
}

type parser struct{ sites map[string]uint8 }

func (p *parser) action(fields []string) (a action, err error) {
	for v, g := range grammar {
		if g.word == fields[0] {
			a.verb = verb(v)
		}
	}
	if a.verb == 0 {
		return a, fmt.Errorf("there is no action %s", fields[0])
	}
	form := grammar[a.verb].form
	if len(fields) != len(form)+1 {
		return a, fmt.Errorf("%s has %d arguments, want %d", fields[0], len(fields)-1, len(form))
	}
	numbers := 0
	for i, field := range fields[1:] {
		switch form[i] {
		case 's':
			a.at, err = p.site(field)
		case 'a':
			name, actor, _ := strings.Cut(field, ":")
			var n uint64
			if n, err = strconv.ParseUint(actor, 10, 8); err != nil || n == 0 {
				return a, fmt.Errorf("%s is no actor, want one such as h1p1:2", field)
			}
			a.actor = uint8(n)
			a.at, err = p.site(name)
		case 'l':
			from, to, _ := strings.Cut(field, ">")
			if a.at, err = p.site(from); err == nil {
				a.to, err = p.site(to)
			}
		case 'S':
			for s := directory.WAN; s <= directory.Library; s++ {
				if s.String() == field {
					a.scope = s
				}
			}
			if a.scope == 0 {
				err = fmt.Errorf("there is no scope %s", field)
			}
		case 't':
			a.text = field
		case 'n':
			if a.n[numbers], err = strconv.Atoi(field); err == nil && a.n[numbers] < 0 {
				err = fmt.Errorf("%s is negative", field)
			}
			numbers++
		}
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

func (p *parser) site(name string) (uint8, error) {
	if s, ok := p.sites[name]; ok {
		return s, nil
	}
	return 0, fmt.Errorf("there is no site %s", name)
}
