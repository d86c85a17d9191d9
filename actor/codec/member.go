package codec

import (
	"reflect"
	"strings"
	"unicode"
)

// A member is a field of a struct as JSON and forms see it. The members of an
// embedded struct without a json tag are those of the struct around it.
type member struct {
	name  string
	index []int // the way to it through embedded structs
	plan  *plan
	omit  bool // when empty
}

// members are those of one struct.
type members struct {
	all    []member
	byName map[string]int
	byFold map[string]int // −1 if several
}

// add takes the member into m. Of two with one name the outer counts.
func (m *members) add(n member) error {
	if m.byName == nil {
		m.byName, m.byFold = map[string]int{}, map[string]int{}
	}
	if i, taken := m.byName[n.name]; taken {
		switch old := len(m.all[i].index); {
		case len(n.index) > old:
			return nil
		case len(n.index) < old:
			m.all[i] = n
			return nil
		}
		return problem("two fields are %q in JSON", n.name)
	}
	m.byName[n.name] = len(m.all)
	if _, taken := m.byFold[fold(n.name)]; taken {
		m.byFold[fold(n.name)] = -1
	} else {
		m.byFold[fold(n.name)] = len(m.all)
	}
	m.all = append(m.all, n)
	return nil
}

// find returns the member that a request calls name, or nil.
func (m *members) find(name string) *member {
	i, ok := m.byName[name]
	if !ok {
		i, ok = m.byFold[fold(name)]
	}
	if !ok || i < 0 {
		return nil
	}
	return &m.all[i]
}

// take makes members of a field of which the plan is made.
func (m *members) take(f reflect.StructField, index int, p *plan) error {
	tag := f.Tag.Get("json")
	if tag == "-" {
		return nil
	}
	name, options, _ := strings.Cut(tag, ",")
	if seen := p.seen(); f.Anonymous && name == "" && seen != nil && seen.class == record && p.own&(ownJSON|fromJSON) == 0 {
		for _, n := range seen.members.all {
			n.index = append([]int{index}, n.index...)
			if err := m.add(n); err != nil {
				return err
			}
		}
		return nil
	}
	if name == "" {
		name = snake(f.Name)
	}
	omit := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
	return m.add(member{name: name, index: []int{index}, plan: p, omit: omit})
}

// seen returns the plan by which JSON and forms see a value, nil if only the
// type itself can tell.
func (p *plan) seen() *plan {
	if p.class == packed || p.class == marshals {
		return p.elem
	}
	return p
}

// snake returns a Go name as the fields of messages are written: UserID is
// user_id, HTTPPort http_port.
func snake(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && runes[i-1] != '_' {
			before := !unicode.IsUpper(runes[i-1])
			after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if before || after {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// fold returns what counts of a field's name in a request.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
}
