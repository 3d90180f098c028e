//go:build go1.18
// +build go1.18

package main

type pair[K, V any] struct {
	key   K
	value V
}

func (p *pair[K, V]) call(f func(K, V) int) int {
	return f(p.key, p.value)
}

func first[T any](items []T, f func(T) int) int {
	return f(items[0])
}

//go:noinline
func last[T any](items []T, f func(T) int) int {
	return f(items[len(items)-1]) + first(items, f)
}

func init() {
	generic = func() {
		p := &pair[string, int]{"key", 11}
		p.call(func(_ string, n int) int { return two(n) })
		last([]int{12, 13}, one)
		last([]string{"ab", "abc"}, func(s string) int { return three(len(s)) })
	}
}
