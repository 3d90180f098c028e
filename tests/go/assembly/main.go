// Command assembly calls functions that are written in assembly, which find their goroutine in
// thread-local storage: one without a frame, one with a frame that calls back into Go, on several
// goroutines that change their threads.
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"sync"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

// add is in add_amd64.s; it overwrites R14, where compiled code keeps its goroutine.
//
//go:noescape
func add(a, b int64) int64

// around is in add_amd64.s and calls yield.
func around(n int64) int64

// bare is in add_amd64.s: it has no frame, and calls idle just before it returns, so that below the stack pointer it
// leaves the address of its own RET.
func bare()

// idle is in add_amd64.s.
func idle()

//go:nosplit
//go:noinline
func unchecked(n int64) int64 { return add(n, 1) }

//go:noinline
func yield() { runtime.Gosched() }

func main() {
	const goroutines, each = 8, 500
	var wg sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := int64(0); n < each; n++ {
				bare()
				if unchecked(n) != n+1 || around(n) != n {
					panic("assembly is wrong")
				}
			}
		}()
	}
	wg.Wait()
	calls := ends{Returned: goroutines * each}
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.add": calls, "main.around": calls, "main.bare": calls, "main.idle": calls, "main.unchecked": calls, "main.yield": calls,
	})
}
