//go:build go1.18
// +build go1.18

package main

type pair[K comparable, V any] struct {
	key   K
	value V
}

//go:noinline
func (p *pair[K, V]) call() K {
	framed()
	return p.key
}

func inlinedGeneric[T any](v T) T {
	framed()
	return v
}

//go:noinline
func generically[T any](v T) T {
	return inlinedGeneric(v)
}

func init() {
	generic = func() {
		(&pair[string, int]{"a", 1}).call()
		(&pair[int, []byte]{1, nil}).call()
		generically(1)
		generically("a")
		generically([]int{})
	}
}
