// Package api is what the server and its workers say to each other.
package api

import (
	"fmt"
	"math/rand/v2"

	"github.com/layer-cake/layer-cake/actor"
)

// WorkerNames matches the names under which workers publish themselves.
const WorkerNames = `test-multihosting:worker-10:[-a-f0-9]+`

// WorkerPrefix is what their names begin with; a UUID follows.
const WorkerPrefix = "test-multihosting:worker-10:"

// OneWorker is the name of a worker of whom one is enough.
const OneWorker = "test-multihosting:worker-9"

// Most is the longest side of a table. A message is at most 1 MiB between
// processes, and a number takes 9 bytes: the largest table takes 0.8 MB.
const Most = 300

// Xy asks for a table of Y rows of X numbers each.
type Xy struct{ X, Y int }

// Table answers Xy.
type Table [][]float64

// Types are the messages of this API, and Requests those that ask for something.
var (
	Types    = actor.Types{actor.Type[Xy]("xy"), actor.Type[Table]("table")}
	Requests = actor.Types{actor.Type[Xy]("xy")}
)

// Make returns the table that m asks for, or why there is none.
func Make(m Xy) any {
	if m.X < 0 || m.Y < 0 || m.X > Most || m.Y > Most {
		return actor.Faulted{
			Condition:   "no such table",
			Explanation: fmt.Sprintf("x and y are 0 to %d, not %d and %d", Most, m.X, m.Y),
		}
	}
	return Texture(m.X, m.Y)
}

// Texture returns a table of random numbers.
func Texture(x, y int) Table {
	t := make(Table, y)
	for r := range t {
		t[r] = make([]float64, x)
		for c := range t[r] {
			t[r][c] = rand.Float64()
		}
	}
	return t
}
