package main

import "runtime"

var collected [][]uintptr

// What a package of a newer language adds.
var generic = func() {}

//go:noinline
func collect(n int) int {
	pcs := make([]uintptr, 100)
	collected = append(collected, pcs[:runtime.Callers(0, pcs)])
	return n
}

// These are inlined into one another.

func one(n int) int {
	return collect(n)
}

func two(n int) int {
	return one(
		2 * n,
	)
}

func three(n int) int {
	return two(n)
}

type box struct{ n int }

func (b *box) get() int {
	return three(b.n)
}

// Its get is called through a wrapper that the compiler makes.
type crate struct {
	box
	label string
}

type getter interface{ get() int }

//go:noinline
func throughInterface(g getter) int {
	return g.get()
}

type celsius int

func (c celsius) get() int {
	return one(int(c))
}

// A nil pointer to one has a method that panics in a wrapper.
type holder struct {
	pad [64]byte
	celsius
}

func divide(a, b int) int {
	return a / b
}

//go:noinline
func recovering(run func()) {
	defer func() {
		if recover() != nil {
			two(5)
		}
	}()
	run()
}

//go:noinline
func recurse(depth int, b *box) int {
	if depth == 0 {
		return b.get()
	}
	return recurse(depth-1, b) + func() int { return 1 }()
}

//go:noinline
func deferring(n int) {
	defer collect(n)
	defer one(n)
}

//go:noinline
func callValue(get func() int) int {
	return get()
}

func stacks() [][]uintptr {
	b := &box{3}
	var nobody *holder
	zero := len(collected)
	recurse(3, b)
	throughInterface(b)
	throughInterface(&crate{box{4}, "crate"})
	throughInterface(celsius(5))
	throughInterface(&holder{})
	recovering(func() { throughInterface(nobody) })
	recovering(func() { divide(1, zero) })
	recovering(func() { b = nil; b.get() })
	deferring(6)
	callValue((&box{7}).get)
	callValue(func() int { return celsius(8).get() })
	done := make(chan bool)
	go func() {
		defer close(done)
		three(9)
	}()
	<-done
	started := make(chan int)
	go send(started, 10)
	<-started
	generic()
	return collected
}

func send(to chan int, n int) {
	to <- two(n)
}
