// Command callers calls functions from callers of many shapes. At each call, the function says from where it was
// called, as the Go runtime sees it; all that was said is printed as JSON at the end, in the order of the calls' ends:
// the function, and the frames of its callers, each with a function, a file and a line.
package main

import (
	"callers/asm"
	"encoding/json"
	"os"
	"runtime"
	"sync/atomic"
)

type frame [3]interface{}

type call struct {
	Function string  `json:"function"`
	Stack    []frame `json:"stack"`
}

var calls []call

// How many they are, for other goroutines.
var noted int64

// What other files add, where they are built.
var cgo, generic = func() {}, func() {}

// callers is the stack below the nearest call of a function.
//
//go:noinline
func callers(of string) call {
	pcs := make([]uintptr, 1000)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	found, stack := false, []frame{}
	for {
		next, more := frames.Next()
		if found {
			stack = append(stack, frame{next.Function, next.File, next.Line})
		}
		found = found || next.Function == of
		if !more {
			return call{of, stack}
		}
	}
}

func note(c call) {
	calls = append(calls, c)
	atomic.AddInt64(&noted, 1)
}

// The functions that are called.

//go:noinline
func framed() { note(callers("main.framed")) }

//go:noinline
func huge(n int) byte {
	var pad [100000]byte
	pad[n] = 1
	note(callers("main.huge"))
	return pad[n/2]
}

//go:noinline
func medium(n int) byte {
	var pad [1000]byte
	pad[n] = 1
	note(callers("main.medium"))
	return pad[n/2]
}

//go:nosplit
//go:noinline
func unchecked() { noteUnchecked() }

//go:noinline
func noteUnchecked() { note(callers("main.unchecked")) }

// leaf cannot say anything: its callers do, in the same line.
//
//go:noinline
func leaf(n int) int { return n + 1 }

//go:noinline
func here(of string) int {
	c := callers("main.here")
	note(call{of, c.Stack})
	return 0
}

//go:noinline
func recursing(n int) {
	c := callers("main.recursing")
	if n > 0 {
		recursing(n - 1)
	}
	note(c)
}

type box struct{ n int }

//go:noinline
func (b *box) touch() { note(callers("main.(*box).touch")) }

//go:noinline
func (c celsius) touch() { note(callers("main.celsius.touch")) }

// The callers.

func all() {
	framed()
	huge(5)
	medium(5)
	unchecked()
	_ = here("main.leaf") + leaf(5)
}

// These are inlined into one another.

func one() {
	framed()
	medium(1)
}

func two() {
	one()
	unchecked()
}

func three() {
	two()
	_ = here("main.leaf") + leaf(3)
	huge(3)
}

func (b *box) call() { three() }

type crate struct {
	label string
	box
}

type deepCrate struct {
	pad [10]int
	*crate
}

type celsius int

func (c celsius) call() { two() }

type holder struct {
	pad [64]byte
	celsius
}

type caller interface{ call() }

type toucher interface{ touch() }

type wrapped struct {
	n int
	toucher
}

//go:noinline
func throughInterface(c caller) { c.call() }

//go:noinline
func touchThroughInterface(t toucher) { t.touch() }

//go:noinline
func callValue(f func()) { f() }

//go:noinline
func interfaces() {
	throughInterface(&box{1})
	throughInterface(&crate{"", box{2}})
	throughInterface(deepCrate{crate: &crate{"", box{3}}})
	throughInterface(celsius(4))
	throughInterface(&holder{})
	touchThroughInterface(&box{1})
	touchThroughInterface(&crate{"", box{2}})
	touchThroughInterface(&deepCrate{crate: &crate{"", box{3}}})
	touchThroughInterface(celsius(4))
	touchThroughInterface(holder{})
	touchThroughInterface(&holder{})
	touchThroughInterface(wrapped{1, celsius(5)})
	touchThroughInterface(&wrapped{1, &wrapped{1, &crate{"", box{6}}}})
}

//go:noinline
func values() {
	b := &crate{"", box{7}}
	callValue(framed)
	callValue(b.touch)
	callValue(b.call)
	callValue(celsius(8).touch)
	callValue(func() { b.touch() })
	callValue(func() {
		callValue(func() { all() })
	})
	(*box).touch(&b.box)
	f := (*crate).touch
	f(b)
	callInterfaceMethod(toucher.touch, celsius(9))
}

//go:noinline
func callInterfaceMethod(f func(toucher), t toucher) { f(t) }

//go:noinline
func deferring(n int) {
	defer framed()
	defer all()
	defer func() {
		unchecked()
		one()
	}()
	defer (&crate{}).touch()
	if n > 0 {
		defer medium(n)
	}
}

//go:noinline
func deferringInLoop(n int) {
	for i := 0; i < n; i++ {
		defer framed()
		defer medium(i)
		defer three()
	}
}

//go:noinline
func recovering(run func()) {
	defer func() {
		if recover() != nil {
			all()
		}
	}()
	defer framed()
	defer three()
	run()
}

//go:noinline
func load(p *int) int {
	medium(3)
	n := *p
	medium(4)
	return n
}

// The instruction that fails is the first of its line.
//
//go:noinline
func loadBoth(p, q *int) int {
	n := *p
	n += *q
	medium(n)
	return n
}

//go:noinline
func panics() {
	var nobody *holder
	var nothing *int
	something := 5
	recovering(func() { panic("explicit") })
	recovering(func() { throughInterface(nobody) })
	recovering(func() { load(nothing) })
	recovering(func() { loadBoth(&something, nothing) })
	recovering(func() { var f func(); f() })
	recovering(func() { _ = calls[len(calls)] })
	recovering(func() { recovering(func() { panic("within") }); panic("again") })
}

// Runs it on a goroutine of its own.
func wait(run func(done chan bool)) {
	done := make(chan bool)
	go run(done)
	<-done
}

func framedOnly() {
	framed()
	done <- true
}

var done = make(chan bool)

//go:noinline
func goroutines() {
	wait(func(done chan bool) { all(); close(done) })
	wait(func(done chan bool) {
		defer close(done)
		defer three()
		runtime.Goexit()
	})
	go framedOnly()
	<-done
	before := atomic.LoadInt64(&noted)
	for _, start := range []func(){
		func() { go framed() },
		func() { go unchecked() },
		func() { go medium(6) },
		func() { go huge(6) },
		func() { go (&deepCrate{crate: &crate{}}).touch() },
		func() { b := &crate{}; go b.touch() },
		func() { var t toucher = &crate{}; go t.touch() },
		func() { go celsius(6).touch() },
	} {
		start()
		for before++; atomic.LoadInt64(&noted) < before; {
			runtime.Gosched()
		}
	}
}

//go:noinline
func descend(n int) {
	if n == 0 {
		all()
		return
	}
	descend(n - 1)
}

//go:noinline
func descendWidely(n int) byte {
	var pad [300]byte
	pad[n] = 1
	if n == 0 {
		three()
		return 0
	}
	return descendWidely(n-1) + pad[n/2]
}

// even and odd call each other.
//
//go:noinline
func even(n int) {
	if n == 0 {
		framed()
		return
	}
	odd(n - 1)
}

//go:noinline
func odd(n int) { even(n - 1) }

func inlinedRecursion(n int) {
	if n > 0 {
		func() { descendInlined(n - 1) }()
	}
}

//go:noinline
func descendInlined(n int) {
	if n == 0 {
		one()
	}
	inlinedRecursion(n)
}

//go:noinline
func recursions() {
	recursing(5)
	descendInlined(20)
	for _, depth := range []int{1, 2, 50, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 300} {
		descend(depth)
		even(depth &^ 1)
		// On a stack that has yet to grow.
		depth := depth
		wait(func(done chan bool) { descend(depth); close(done) })
		wait(func(done chan bool) { descendWidely(depth % 128); close(done) })
	}
	wait(func(done chan bool) { recursing(200); close(done) })
}

func init() { all() }

func main() {
	all()
	three()
	interfaces()
	values()
	deferring(1)
	deferringInLoop(3)
	panics()
	goroutines()
	recursions()
	asm.Through(all)
	asm.Through(func() { three() })
	generic()
	cgo()
	json.NewEncoder(os.Stdout).Encode(calls)
}
