// Command preempt calls functions in tight loops while the garbage collector stops the world, so that
// calls are preempted at their own stack check and, by signals, anywhere else.
package main

import (
	"encoding/json"
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

//go:noinline
func untraced(n int) int { return n ^ 1 }

// tick spends its time at its entry and exit: it is preempted at the stack check.
//
//go:noinline
func tick(n int) int { return untraced(n) + 1 }

// grind calls nothing in its loop: it is preempted by signals.
//
//go:noinline
func grind(n int) int {
	for i := 0; i < 20000; i++ {
		n = n*31 + i
	}
	return untraced(n)
}

func main() {
	var (
		stop          int32
		ticks, grinds int64
		wg            sync.WaitGroup
	)
	spin := func(count *int64, call func(n int) int) {
		defer wg.Done()
		for n := 0; atomic.LoadInt32(&stop) == 0; {
			n = call(n)
			atomic.AddInt64(count, 1)
		}
	}
	runtime.GOMAXPROCS(2)
	wg.Add(4)
	for i := 0; i < 2; i++ {
		go spin(&ticks, tick)
		go spin(&grinds, grind)
	}
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
		runtime.GC()
	}
	atomic.StoreInt32(&stop, 1)
	wg.Wait()
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.tick":  {Returned: ticks},
		"main.grind": {Returned: grinds},
	})
}
