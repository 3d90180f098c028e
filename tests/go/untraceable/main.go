// Command untraceable has functions that a tracer must refuse, or whose absence it must explain, next
// to some that it can trace. The ledger is that of the latter.
package main

import (
	"encoding/json"
	"os"
	"sync/atomic"
	"time"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

var rounds int64

// endless never returns: it has no RET.
//
//go:noinline
func endless() {
	for {
		atomic.AddInt64(&rounds, 1)
		time.Sleep(time.Millisecond)
	}
}

// alwaysPanics has no RET either.
//
//go:noinline
func alwaysPanics(reason string) int { panic(reason) }

// quits has a RET, but it is never reached.
//
//go:noinline
func quits(status int) { os.Exit(status) }

// inlined is in the binary only as a part of its callers.
func inlined(n int) int { return n*3 + 1 }

// nothing is but a RET: its first instruction is also its last.
//
//go:noinline
func nothing() {}

type runner interface{ run(n int) int }

type engine struct{ revolutions int }

//go:noinline
func (e *engine) run(n int) int {
	e.revolutions += untraced(n)
	return e.revolutions
}

//go:noinline
func untraced(n int) int { return n ^ 1 }

// car promotes the method of a pointer: main.(*car).run is a wrapper made by the compiler.
type car struct {
	wheels int
	*engine
}

// rental promotes the method of an interface: main.(*rental).run is such a wrapper, too.
type rental struct {
	days int
	runner
}

func main() {
	const each = 100
	var (
		own     = &engine{}
		runners = []runner{own, &car{4, own}, &rental{1, own}}
		runs    int64
		sum     int
	)
	go endless()
	func() {
		defer func() { recover() }()
		alwaysPanics("always")
	}()
	for i := 0; i < each; i++ {
		nothing()
		sum += inlined(i)
		for _, r := range runners {
			sum += r.run(sum)
			runs++
		}
	}
	for atomic.LoadInt64(&rounds) == 0 {
		time.Sleep(time.Millisecond)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.(*engine).run": {Returned: runs},
		"main.nothing":       {Returned: each},
		"main.quits":         {InFlight: 1},
	})
	quits(0)
}
