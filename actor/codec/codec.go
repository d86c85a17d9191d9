package codec

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/layer-cake/layer-cake/transport"
)

// A Type is a type of message and the name that both ends know it by.
type Type struct {
	Name string
	Go   reflect.Type
}

// Addresses tells a codec what an address looks like in messages.
type Addresses struct {
	Type reflect.Type                           // never a pointer or an interface
	Out  func(reflect.Value) transport.Address  // from a value of Type, which has an address
	In   func(transport.Address, reflect.Value) // into a zero value of Type
}

// A Codec turns messages into bytes and back. It is a [transport.Codec]. Its
// methods may be called from any goroutine.
type Codec struct {
	addresses Addresses
	names     map[reflect.Type]string // registered types and those of the table
	types     map[string]*entry       // the same by name; never written after New
	folded    map[string]string       // lower case → name, or "" if several

	byType  atomic.Pointer[map[uintptr]*entry] // met by either; by typeKey; a map is never written again
	byName  sync.Map                           // string → *entry, of structural types met by either
	learned atomic.Int64                       // types that peers made us make
	serials atomic.Int64
	void    *entry // the type of nil

	mu    sync.Mutex // one compiles at a time
	plans map[reflect.Type]*plan

	writers, readers sync.Pool
}

var _ transport.Codec = (*Codec)(nil)

// reserved begins the names of the runtime's own types.
const reserved = "layer-cake."

// maxName is how many bytes a type name may have.
const maxName = 255

// MaxLearned is how many structural types peers may bring up: package reflect keeps
// them for ever (R17).
const MaxLearned = 1024

// New returns a codec for the given types, those of the table in the package's
// comment, and own, which are the runtime's: only their names begin with
// "layer-cake.". The same type under the same name may be given repeatedly. The
// zero Addresses means transport.Address.
//
// The error names the type, and the field, that cannot be a message, or the name
// that is taken.
func New(types, own []Type, addresses Addresses) (*Codec, error) {
	if addresses.Type == nil {
		addresses = Addresses{
			Type: addressType,
			Out:  func(v reflect.Value) transport.Address { return *v.Addr().Interface().(*transport.Address) },
			In:   func(a transport.Address, v reflect.Value) { *v.Addr().Interface().(*transport.Address) = a },
		}
	}
	c := &Codec{
		addresses: addresses,
		names:     map[reflect.Type]string{addresses.Type: "address"},
		types:     map[string]*entry{},
		folded:    map[string]string{},
		plans:     map[reflect.Type]*plan{},
	}
	c.byType.Store(&map[uintptr]*entry{})
	c.void = c.newEntry("nil", nil)
	c.writers.New, c.readers.New = newWriter, newReader
	known := map[string]reflect.Type{"address": addresses.Type, "nil": nil, "any": anyType}
	for t, name := range table {
		c.names[t] = name
		known[name] = t
	}
	for _, t := range types {
		if strings.HasPrefix(t.Name, reserved) {
			return nil, fmt.Errorf("codec.New: %s: names that begin with %s are the runtime's", t.Name, reserved)
		}
		if err := c.name(t, known); err != nil {
			return nil, err
		}
	}
	for _, t := range own {
		if err := c.name(t, known); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		t := known[name]
		if t == nil || t == anyType {
			continue
		}
		p, err := c.planOf(t)
		if err != nil {
			return nil, fmt.Errorf("codec.New: %s: %s: %w", name, t, err)
		}
		c.types[name] = c.newEntry(name, p)
	}
	for _, t := range types {
		fold := strings.ToLower(t.Name)
		if other, taken := c.folded[fold]; taken && other != t.Name {
			c.folded[fold] = ""
		} else {
			c.folded[fold] = t.Name
		}
	}
	return c, nil
}

// name takes t into the names that are known.
func (c *Codec) name(t Type, known map[string]reflect.Type) error {
	if t.Go == nil {
		return fmt.Errorf("codec.New: %s: no type", t.Name)
	}
	if reason := badName(t.Name); reason != "" {
		return fmt.Errorf("codec.New: %s: the name %q %s", t.Go, t.Name, reason)
	}
	if old, taken := known[t.Name]; taken {
		if old == t.Go && c.names[t.Go] == t.Name && table[t.Go] == "" && t.Go != c.addresses.Type {
			return nil
		}
		if old == nil {
			return fmt.Errorf("codec.New: %s: the name %q is taken", t.Go, t.Name)
		}
		return fmt.Errorf("codec.New: %s: the name %q is taken by %s", t.Go, t.Name, old)
	}
	if old, named := c.names[t.Go]; named {
		return fmt.Errorf("codec.New: %s: it has the name %q already, and cannot be %q too", t.Go, old, t.Name)
	}
	if t.Go.Name() == "" {
		return fmt.Errorf("codec.New: %s: %s cannot be registered; give it a type name of its own", t.Name, t.Go)
	}
	if t.Go == unknownType {
		return fmt.Errorf("codec.New: %s: %s cannot be registered", t.Name, t.Go)
	}
	c.names[t.Go] = t.Name
	known[t.Name] = t.Go
	return nil
}

// Lookup returns the type that was registered as name. Failing that, the only
// one whose name differs from it in upper and lower case alone.
func (c *Codec) Lookup(name string) (reflect.Type, bool) {
	if e, ok := c.types[name]; ok && table[e.plan.typ] == "" && e.plan.typ != c.addresses.Type {
		return e.plan.typ, true
	}
	if name := c.folded[strings.ToLower(name)]; name != "" {
		return c.types[name].plan.typ, true
	}
	return nil, false
}

// TypeName returns the name by which the type of message travels. If it cannot
// travel that is the Go type's.
func (c *Codec) TypeName(message any) string {
	switch m := message.(type) {
	case nil:
		return "nil"
	case Unknown:
		return m.Type
	}
	t := reflect.TypeOf(message)
	e, err := c.entryOf(t)
	if err != nil {
		return t.String()
	}
	return e.name
}

// entryOf returns the entry of a type of which a value is to leave.
func (c *Codec) entryOf(t reflect.Type) (*entry, error) {
	if e, ok := (*c.byType.Load())[typeKey(t)]; ok {
		return e, nil
	}
	name, err := c.nameOf(t)
	if err != nil {
		return nil, err
	}
	e, ok := c.types[name]
	if !ok {
		p, err := c.planOf(t)
		if err != nil {
			return nil, err
		}
		e = c.newEntry(name, p)
	}
	return c.keep(t, e), nil
}

// keep returns the entry that all use for t from now on.
func (c *Codec) keep(t reflect.Type, e *entry) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	met := *c.byType.Load()
	if kept, ok := met[typeKey(t)]; ok {
		return kept
	}
	met = maps.Clone(met)
	met[typeKey(t)] = e
	c.byType.Store(&met)
	c.byName.Store(e.name, e) // what is sent is understood too
	return e
}

// typeKey stands for a type in a map, where it is found sooner than the interface.
// Types are never given back, so the key is of no other.
func typeKey(t reflect.Type) uintptr { return reflect.ValueOf(t).Pointer() }

// entryNamed returns the entry of a type that a peer names, nil if it is unknown.
// Name is not kept.
func (c *Codec) entryNamed(name []byte) *entry {
	if e, ok := c.types[string(name)]; ok {
		return e
	}
	if string(name) == "nil" {
		return c.void
	}
	if !strings.HasSuffix(string(name), ">") {
		return nil
	}
	if e, ok := c.byName.Load(string(name)); ok {
		return e.(*entry)
	}
	vectors, inner := c.parse(string(name))
	if inner == nil || c.learned.Add(1) > MaxLearned {
		return nil
	}
	e, err := c.entryOf(compose(vectors, inner))
	if err != nil {
		return nil
	}
	return e
}
