// Command before has calls open when a tracer attaches: it prints "ready", waits for a line on its
// standard input, ends those calls, makes some more, and prints "done" and the ledger.
//
// The ledger is that of a tracer that attached between "ready" and the line.
package main

import (
	"bufio"
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

// inside counts the calls that have begun before "ready".
var inside int64

func enter(gate chan struct{}) {
	atomic.AddInt64(&inside, 1)
	<-gate
}

// await is begun before and returns after.
//
//go:noinline
func await(gate chan struct{}) int {
	enter(gate)
	return step(1)
}

// step is called on both sides, from within calls of either kind.
//
//go:noinline
func step(n int) int { return untraced(n) + 1 }

//go:noinline
func untraced(n int) int { return n ^ 1 }

// descend opens `levels` frames, of which the last `after` are opened after the gate.
//
//go:noinline
func descend(levels, after int, gate chan struct{}) int {
	if levels == after {
		enter(gate)
	}
	if levels == 1 {
		return 1
	}
	return descend(levels-1, after, gate) + 1
}

// rescue is begun before, panics after, and recovers itself.
//
//go:noinline
func rescue(gate chan struct{}) (reason interface{}) {
	defer func() { reason = recover() }()
	enter(gate)
	panic("rescue me")
}

// abandon is begun before and ended by runtime.Goexit after: there is nothing of it to be seen.
//
//go:noinline
func abandon(gate chan struct{}) int {
	enter(gate)
	if gate != nil {
		runtime.Goexit()
	}
	return 1
}

// linger is begun by some before, by others after, and by none ended.
//
//go:noinline
func linger(never chan struct{}) int {
	enter(never)
	return 1
}

func main() {
	const (
		each   = 20
		levels = 9
		after  = 5
		steps  = 500
	)
	var (
		gate  = make(chan struct{})
		never = make(chan struct{})
		wg    sync.WaitGroup
	)
	start := func(f func()) {
		for i := 0; i < each; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				f()
			}()
		}
	}
	settle := func(calls int64) {
		for atomic.LoadInt64(&inside) < calls {
			time.Sleep(time.Millisecond)
		}
	}

	for i := 0; i < steps; i++ {
		step(i)
	}
	start(func() { await(gate) })
	start(func() { descend(levels, after, gate) })
	start(func() { rescue(gate) })
	start(func() { abandon(gate) })
	for i := 0; i < each; i++ {
		go linger(never)
	}
	settle(5 * each)
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		fmt.Fprintln(os.Stderr, "before:", err)
		os.Exit(1)
	}

	close(gate)
	wg.Wait()
	for i := 0; i < steps; i++ {
		step(i)
	}
	for i := 0; i < each/2; i++ {
		go linger(never)
	}
	settle(5*each + each/2)
	fmt.Println("done")
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.await": {Unmatched: each},
		"main.step":  {Returned: each + steps},
		// The frame that waits was opened before, too.
		"main.descend": {Returned: (after - 1) * each, Unmatched: (levels - after + 1) * each},
		"main.rescue":  {Unmatched: each},
		"main.abandon": {},
		"main.linger":  {InFlight: each / 2},
	})
}
