package main

import (
	"cmp"
	"math"
	"slices"
)

// results are values by what was measured and of whom, one a round.
type results struct{ values map[key][]float64 }

type key struct{ measure, of string }

func newResults() *results { return &results{make(map[key][]float64)} }

func (r *results) add(measure, of string, value float64) {
	r.values[key{measure, of}] = append(r.values[key{measure, of}], value)
}

func (r *results) of(measure, of string) []float64 { return r.values[key{measure, of}] }

// ratios returns one by another, round by round; nothing if one is not there.
func (r *results) ratios(measure, of, other string) []float64 {
	a, b := r.of(measure, of), r.of(measure, other)
	list := make([]float64, min(len(a), len(b)))
	for i := range list {
		list[i] = a[i] / b[i]
	}
	return list
}

// quantile returns the least value that at least the share q of a list, which
// must not be empty, does not exceed.
func quantile[T cmp.Ordered](list []T, q float64) T {
	rank := int(math.Ceil(q * float64(len(list))))
	return slices.Sorted(slices.Values(list))[max(rank-1, 0)]
}

func median(list []float64) float64 { return quantile(list, 0.5) }
