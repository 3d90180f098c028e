//go:build go1.18
// +build go1.18

package main

type pair[K comparable, V any] struct {
	key   K
	value V
}

type list[T any] struct {
	item T
	next *list[T]
}

type set[T comparable] map[T]struct{}

func (p *pair[K, V]) get() V { return p.value }

func init() {
	type local struct{ n int }

	values = append(values,
		pair[string, int]{}, &pair[name, []point]{}, pair[int, pair[string, error]]{},
		list[celsius]{}, &list[*local]{}, set[point]{}, local{},
		(&pair[string, point]{}).get(), pair[struct{ a, b int }, map[string]bool]{},
	)
}
