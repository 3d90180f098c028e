//go:build go1.18
// +build go1.18

package main

type number interface{ ~int | ~int32 | ~float64 }

type pair[K comparable, V any] struct {
	Key   K
	Value V
}

type list[T any] struct {
	items []T
	next  *list[T]
}

//go:noinline
func total[T number](first T, rest ...T) (sum T) {
	sum = first
	for _, n := range rest {
		sum += n
	}
	return
}

//go:noinline
func pairOf[K comparable, V any](key K, value V) pair[K, V] { return pair[K, V]{key, value} }

//go:noinline
func (l *list[T]) push(item T, n int) int {
	l.items = append(l.items, item)
	return len(l.items) + n
}

//go:noinline
func concrete(p pair[string, int], l *list[point]) int { return p.Value + len(l.items) }

func init() {
	functions = append(functions, concrete)
	// By the shapes for which they are made.
	generics["main.total[go.shape.int]"] = total[int]
	generics["main.total[go.shape.float64]"] = total[celsius]
	generics["main.pairOf[go.shape.string,go.shape.struct { X int32; Y int32 }]"] = pairOf[string, point]
	generics["main.(*list[go.shape.string]).push"] = (*list[string]).push
}
