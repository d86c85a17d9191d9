package actor

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/layer-cake/layer-cake/transport"
)

// TestTable compares a table with a map, on ids that come one after the other and go in
// any order.
func TestTable(t *testing.T) {
	for _, first := range []transport.ActorID{1, 2} { // actors, asks
		var table table[transport.ActorID]
		random := rand.New(rand.NewPCG(1, uint64(first)))
		want := make(map[transport.ActorID]*transport.ActorID)
		var live []transport.ActorID
		for id := first; id < 20_000; id += 2 {
			table.put(id, &id)
			want[id] = &id
			live = append(live, id)
			for len(live) > 0 && random.IntN(100) < 51 {
				i := random.IntN(len(live))
				gone := live[i]
				live = slices.Delete(live, i, i+1)
				delete(want, gone)
				if !table.remove(gone) || table.remove(gone) {
					t.Fatalf("%d was not removed once", gone)
				}
			}
			for range 3 {
				any := first + 2*transport.ActorID(random.IntN(int(id/2)+10))
				if got := table.get(any); got != want[any] {
					t.Fatalf("after %d: %d is %v, want %v", id, any, got, want[any])
				}
			}
		}
		var got []transport.ActorID
		for _, v := range table.all() {
			got = append(got, *v)
		}
		slices.Sort(got)
		slices.Sort(live)
		if !slices.Equal(got, live) {
			t.Errorf("there are %v, want %v", got, live)
		}
	}
}

// TestTableForgets sees that pages whose ids have all gone are not kept, but those on
// which something lives are found.
func TestTableForgets(t *testing.T) {
	var table table[int]
	v := 0
	for id := transport.ActorID(1); id < 2*1000*pageSize; id += 2 {
		table.put(id, &v)
		if id%(2*100*pageSize) != 1 {
			table.remove(id)
		}
	}
	if want := 10; table.n != want || len(table.all()) != want {
		t.Errorf("%d pages with %d, want %d of each", table.n, len(table.all()), want)
	}
	if lists := len(table.pages.Load().lists); lists > 64 {
		t.Errorf("%d lists for %d pages", lists, table.n)
	}
}

// TestTableMany has several who put, find and remove at once.
func TestTableMany(t *testing.T) {
	var table table[transport.ActorID]
	var mu sync.Mutex
	last := transport.ActorID(0)
	mint := func() transport.ActorID {
		mu.Lock()
		defer mu.Unlock()
		last += 2
		return last
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 * pageSize {
				id := mint()
				table.put(id, &id)
				if got := table.get(id); got == nil || *got != id {
					t.Errorf("%d is %v", id, got)
				}
				table.get(id / 2)
				if !table.remove(id) {
					t.Errorf("%d was not there", id)
				}
			}
		})
	}
	all.Wait()
	if left := table.all(); len(left) > 0 || table.n > 2 {
		t.Errorf("%d are left, on %d pages", len(left), table.n)
	}
}
