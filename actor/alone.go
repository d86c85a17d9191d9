package actor

import (
	"github.com/layer-cake/layer-cake/directory"
	"github.com/layer-cake/layer-cake/transport"
)

// alone is a network of nobody.
type alone struct{}

func (alone) Publish(_ transport.ActorID, name directory.Name, scope directory.Scope) error {
	return directory.NotPublished{Name: name, Scope: scope, Reason: "there is no directory"}
}
func (alone) Unpublish(transport.ActorID, directory.Name) {}
func (alone) Subscribe(_ transport.ActorID, pattern directory.Pattern, scope directory.Scope) error {
	return directory.NotSubscribed{Pattern: pattern, Scope: scope, Reason: "there is no directory"}
}
func (alone) Unsubscribe(transport.ActorID, directory.Pattern) {}
func (alone) Ended(transport.ActorID)                          {}
func (alone) Send(_, _ transport.Address, _ any) error         { return transport.ErrUnreachable }
func (alone) Address() string                                  { return "" }
func (alone) Close()                                           {}
