package main

import (
	"context"
	"fmt"
	"runtime"
	"strconv"

	"github.com/layer-cake/layer-cake/actor"
)

// A cake is a directory of a scope in a child of ours: what group-cake and
// host-cake are, without their flags and roles, and it says how large its heap is.
type cake struct{ system *actor.System }

// A directoryChild is a cake from outside.
type directoryChild struct {
	*child
	address string
}

func (s *stage) startCake(scope, above string) (*directoryChild, error) {
	c, err := s.startChild("cake", scope, above)
	if err != nil {
		return nil, err
	}
	a, err := c.ask("address")
	return &directoryChild{c, a.Text}, err
}

func newCake(scope, above string) (*cake, error) {
	o := &actor.Options{Directory: above, Listen: "127.0.0.1:0", Executable: scope + "-cake", Logger: warnings()}
	switch scope {
	case "group":
		o.Scope = actor.Group
	case "host":
		o.Scope = actor.Host
	default:
		return nil, fmt.Errorf("there is no directory of scope %s", scope)
	}
	system, err := actor.Open(o)
	return &cake{system}, err
}

func (c *cake) obey(words []string) (answer, error) {
	switch words[0] {
	case "address":
		return answer{Text: c.system.DirectoryAddress()}, nil
	case "heap":
		return answer{Bytes: heap()}, nil
	}
	return answer{}, unknown(words)
}

func (c *cake) close() error { return c.system.Close(context.Background()) }

// heap returns how many bytes the heap of this process has after a collection,
// and another for what the first has only made ready to go.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A chart is the floor of a directory's heap: a Go map of as many names.
type chart struct{ names map[string]*int }

func newChart() (*chart, error) { return &chart{}, nil }

func (c *chart) obey(words []string) (answer, error) {
	switch words[0] {
	case "heap":
		return answer{Bytes: heap()}, nil
	case "fill":
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return answer{}, err
		}
		c.names = make(map[string]*int)
		for i := range n {
			c.names[fmt.Sprintf("%s:%06d", words[1], i)] = nil
		}
		return answer{}, nil
	}
	return answer{}, unknown(words)
}

func (c *chart) close() error {
	runtime.KeepAlive(c.names)
	return nil
}
