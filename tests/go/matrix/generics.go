//go:build go1.18
// +build go1.18

package main

import "matrix/internal/ledger"

type numeric interface{ ~int | ~float64 }

//go:noinline
func sum[T numeric](numbers ...T) T {
	var total T
	for _, n := range numbers {
		total += n
	}
	return total
}

// head is made once for all types of pointers.
//
//go:noinline
func head[T any](items []T) T { return items[untraced(len(items))^1-len(items)] }

type stack[T any] struct{ items []T }

//go:noinline
func (s *stack[T]) push(item T) int {
	s.items = append(s.items, item)
	return untraced(len(s.items))
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

//go:noinline
func (p pair[K, V]) matches(key K) bool { return p.key == key && untraced(1) == 0 }

//go:noinline
func makePair[K comparable, V any](key K, value V) pair[K, V] {
	return pair[K, V]{key, value}
}

//go:noinline
func transform[T, U any](items []T, f func(T) U) []U {
	result := make([]U, 0, len(items))
	forEach(items, func(item T) { result = append(result, f(item)) })
	return result
}

//go:noinline
func forEach[T any](items []T, f func(T)) {
	for _, item := range items {
		f(item)
	}
}

// queue's method is called through an interface, by a wrapper that knows its type.
type queue[T numeric] struct{ total T }

//go:noinline
func (q *queue[T]) add(n int) int {
	q.total += T(n)
	return untraced(n)
}

var nInsist = ledger.Of("main.insist[go.shape.string]")

//go:noinline
func insist[T any](ok bool, value T) T {
	nInsist.Enter()
	if !ok {
		panic(value)
	}
	nInsist.Leave()
	return value
}

func generics() {
	var (
		ints     stack[int]
		strings  stack[string]
		pointers stack[*int]
		numbers  = []int{3, 4}
		ages     = makePair("age", 7)
		a, b     = 1, "b"
	)
	ledger.Times(1, func(int) {}, "main.makePair[go.shape.string,go.shape.int]")
	ledger.Times(31, func(i int) { sink += sum(i, i+1) }, "main.sum[go.shape.int]")
	ledger.Times(29, func(i int) { sink += int(sum(0.5, float64(i))) }, "main.sum[go.shape.float64]")
	ledger.Times(23, func(i int) { sink += *head([]*int{&a}) + len(*head([]*string{&b})) },
		"main.head[go.shape.*uint8]", "main.head[go.shape.*uint8]")
	ledger.Times(19, func(i int) { sink += len(head([]string{"text"})) }, "main.head[go.shape.string]")
	ledger.Times(17, func(i int) { sink += ints.push(i) }, "main.(*stack[go.shape.int]).push")
	ledger.Times(16, func(i int) { sink += strings.push("item") }, "main.(*stack[go.shape.string]).push")
	ledger.Times(15, func(i int) { sink += pointers.push(&a) }, "main.(*stack[go.shape.*uint8]).push")
	ledger.Times(14, func(i int) { must(ages.matches("age"), "matches") },
		"main.pair[go.shape.string,go.shape.int].matches")
	ledger.Times(13, func(i int) { sink += len(transform(numbers, untraced)) },
		"main.transform[go.shape.int,go.shape.int]", "main.forEach[go.shape.int]",
		"main.transform[go.shape.int,go.shape.int].func1", "main.transform[go.shape.int,go.shape.int].func1")
	ledger.Times(12, func(i int) { sink += addTo(&queue[int]{}, i) },
		"main.addTo", "main.(*queue[int]).add", "main.(*queue[go.shape.int]).add")
	ledger.Times(11, func(i int) { insist(true, "fine") })
	for i := 0; i < 10; i++ {
		must(catch(func() { insist(false, "not fine") }) == "not fine", "insist")
	}
}

func init() { more = append(more, generics) }
