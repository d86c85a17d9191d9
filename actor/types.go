package actor

import "reflect"

// Types are messages that may cross processes, each with a name that both ends
// know it by. Basic types, slices and string maps of them are known anyway.
type Types []MessageType

// A MessageType is a Go type and its name.
type MessageType struct {
	name string
	typ  reflect.Type
}

// Type registers the values of T under name, which is a contract with every
// program that has it. A T of another generic type is as good as any:
// Type[Page[Order]]("page-of-orders").
func Type[T any](name string) MessageType { return MessageType{name, reflect.TypeFor[T]()} }

// PortableError says why a message may not travel.
type PortableError struct{ Type, Reason string }

func (e *PortableError) Error() string { return "actor.Send: " + e.Type + ": " + e.Reason }

// A registry knows the types of one system.
type registry struct{ known map[reflect.Type]bool }

func newRegistry(types Types) (*registry, error) {
	r := &registry{known: make(map[reflect.Type]bool)}
	for _, t := range types {
		r.known[t.typ] = true
	}
	return r, nil
}

// registered reports whether t was given to the system, or is the runtime's own.
func (r *registry) registered(t reflect.Type) bool { return r.known[t] }
