// Command goexit ends goroutines in the midst of calls, by runtime.Goexit and by panics, and lets the
// runtime use their goroutine structs again.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

// calls counts the calls of a function that began and those that came to its end.
type calls struct{ entered, left int64 }

func (c *calls) enter() { atomic.AddInt64(&c.entered, 1) }
func (c *calls) leave() { atomic.AddInt64(&c.left, 1) }

func (c *calls) ends() ends {
	return ends{Returned: c.left, Unwound: c.entered - c.left}
}

var n struct{ outer, inner, deferred, deep, faulty, exitWithin calls }

// A way is how a goroutine's innermost call ends.
type way int

const (
	byReturn way = iota
	byGoexit
	byPanic
)

//go:noinline
func outer(w way) int {
	n.outer.enter()
	defer deferred()
	result := inner(w) + 1
	n.outer.leave()
	return result
}

//go:noinline
func inner(w way) int {
	n.inner.enter()
	switch w {
	case byGoexit:
		runtime.Goexit()
	case byPanic:
		panic("inner")
	}
	n.inner.leave()
	return 1
}

// deferred runs, and returns, while its goroutine is ending.
//
//go:noinline
func deferred() {
	n.deferred.enter()
	n.deferred.leave()
}

//go:noinline
func deep(levels int, w way) int {
	n.deep.enter()
	var result int
	if levels == 1 {
		result = inner(w)
	} else {
		result = deep(levels-1, w)
	}
	n.deep.leave()
	return result
}

// faulty has a deferred function that panics during Goexit, and recovers that.
//
//go:noinline
func faulty() int {
	n.faulty.enter()
	defer func() {
		defer func() { recover() }()
		inner(byPanic)
	}()
	return inner(byGoexit)
}

// exitWithin has a deferred function that calls Goexit during a panic.
//
//go:noinline
func exitWithin() int {
	n.exitWithin.enter()
	defer inner(byGoexit)
	return inner(byPanic)
}

// batch runs f on as many goroutines at once and waits until they have ended, in whatever way.
func batch(goroutines int, f func(i int)) {
	var wg sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			defer func() { recover() }()
			f(i)
		}(i)
	}
	wg.Wait()
}

func main() {
	const batches, goroutines = 10, 100
	var reached int64
	for i := 0; i < batches; i++ {
		batch(goroutines, func(int) { outer(byGoexit); atomic.AddInt64(&reached, 1) })
		batch(goroutines, func(int) { outer(byPanic); atomic.AddInt64(&reached, 1) })
		batch(goroutines, func(i int) { outer(way(i % 3)) })
		batch(goroutines/10, func(i int) { deep(60, way(i%3)) })
		batch(goroutines/10, func(int) { faulty() })
		batch(goroutines/10, func(int) { exitWithin() })
	}
	batch(goroutines, func(int) { deep(2, byGoexit) })
	if reached != 0 {
		fmt.Fprintln(os.Stderr, "goexit: a goroutine went on after it had ended")
		os.Exit(1)
	}
	// The goroutines have run their deferred functions; give them the time to end.
	time.Sleep(50 * time.Millisecond)
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.outer":      n.outer.ends(),
		"main.inner":      n.inner.ends(),
		"main.deferred":   n.deferred.ends(),
		"main.deep":       n.deep.ends(),
		"main.faulty":     n.faulty.ends(),
		"main.exitWithin": n.exitWithin.ends(),
	})
}
