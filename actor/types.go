package actor

import (
	"fmt"
	"reflect"

	"github.com/layer-cake/layer-cake/actor/codec"
	"github.com/layer-cake/layer-cake/transport"
)

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

// Unknown is a message of a type that this process has not registered. It may
// be forwarded and arrives unharmed.
type Unknown = codec.Unknown

// PortableError says why a message may not travel.
type PortableError = codec.PortableError

// ownTypes are the runtime's words that cross processes. The others have no
// name on the wire, so that no peer can say them: Stop, Dropped, Returned …
var ownTypes = []codec.Type{
	{Name: "layer-cake.faulted", Go: reflect.TypeFor[Faulted]()},
	{Name: "layer-cake.aborted", Go: reflect.TypeFor[Aborted]()},
	{Name: "layer-cake.timed-out", Go: reflect.TypeFor[TimedOut]()},
	{Name: "layer-cake.undelivered", Go: reflect.TypeFor[Undelivered]()},
	{Name: "layer-cake.overloaded", Go: reflect.TypeFor[Overloaded]()},
	{Name: "layer-cake.busy", Go: reflect.TypeFor[Busy]()},
	{Name: "layer-cake.unavailable", Go: reflect.TypeFor[Unavailable]()},
	{Name: "layer-cake.http-request", Go: requestType},
	{Name: "layer-cake.http-response", Go: reflect.TypeFor[HTTPResponse]()},
	{Name: "layer-cake.http-next", Go: reflect.TypeFor[HTTPNext]()},
	{Name: "layer-cake.http-chunk", Go: reflect.TypeFor[HTTPChunk]()},
	{Name: "layer-cake.http-closed", Go: reflect.TypeFor[HTTPClosed]()},
}

// requestType may be among the types of an application, for ListenHTTP.
var requestType = reflect.TypeFor[HTTPRequest]()

// A registry knows the types of one system. It is a transport.Codec.
type registry struct {
	*codec.Codec
	known map[reflect.Type]bool
}

func newRegistry(types Types) (*registry, error) {
	r := &registry{known: make(map[reflect.Type]bool)}
	list := make([]codec.Type, 0, len(types))
	for _, t := range types {
		if t.typ == requestType {
			continue // it has a name
		}
		list = append(list, codec.Type{Name: t.name, Go: t.typ})
		r.known[t.typ] = true
	}
	for _, t := range ownTypes {
		r.known[t.Go] = true
	}
	c, err := codec.New(list, ownTypes, codec.Addresses{
		Type: reflect.TypeFor[Address](),
		Out:  func(v reflect.Value) transport.Address { return v.Addr().Interface().(*Address).at },
		In:   func(a transport.Address, v reflect.Value) { v.Addr().Interface().(*Address).at = a },
	})
	r.Codec = c
	return r, err
}

// registered reports whether t was given to the system, or is the runtime's own.
func (r *registry) registered(t reflect.Type) bool { return r.known[t] }

// Append is that of the codec, but for an error of a type that cannot travel: it
// goes as a Faulted.
func (r *registry) Append(b []byte, message any) ([]byte, transport.Type, error) {
	body, t, err := r.Codec.Append(b, message)
	if e, ok := message.(error); ok && err != nil {
		return r.Codec.Append(b, Faulted{Condition: fmt.Sprint(e)}) // whose Error may panic, as of a nil pointer
	}
	return body, t, err
}
