// Command inflight has goroutines that are blocked for ever inside a call when main ends.
//
// "inflight wait" prints its ledger and then stays until its standard input is closed or has a line.
package main

import (
	"bufio"
	"encoding/json"
	"os"
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

var prepared, receiving, locking, selecting, nesting int64

//go:noinline
func prepare(n int) int { return int(atomic.AddInt64(&prepared, 1)) + n }

//go:noinline
func receive(never chan int) int {
	atomic.AddInt64(&receiving, 1)
	return <-never
}

//go:noinline
func lock(mu *sync.Mutex) {
	atomic.AddInt64(&locking, 1)
	mu.Lock()
	mu.Unlock()
}

// choose blocks in a select that could end, so that the function has a return.
//
//go:noinline
func choose(a, b chan int) int {
	atomic.AddInt64(&selecting, 1)
	select {
	case n := <-a:
		return n
	case n := <-b:
		return -n
	}
}

// nest is open several times on one goroutine.
//
//go:noinline
func nest(levels int, never chan int) int {
	atomic.AddInt64(&nesting, 1)
	if levels == 1 {
		return <-never
	}
	return nest(levels-1, never) + 1
}

func main() {
	const goroutines, levels = 40, 3
	var (
		never = make(chan int)
		mu    sync.Mutex
	)
	mu.Lock()
	for i := 0; i < goroutines; i++ {
		go func() { prepare(1); receive(never) }()
		go func() { prepare(2); lock(&mu) }()
		go func() { prepare(3); choose(never, make(chan int)) }()
		go func() { prepare(4); nest(levels, never) }()
	}
	for atomic.LoadInt64(&receiving) < goroutines || atomic.LoadInt64(&locking) < goroutines ||
		atomic.LoadInt64(&selecting) < goroutines || atomic.LoadInt64(&nesting) < goroutines*levels {
		time.Sleep(time.Millisecond)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.prepare": {Returned: prepared},
		"main.receive": {InFlight: receiving},
		"main.lock":    {InFlight: locking},
		"main.choose":  {InFlight: selecting},
		"main.nest":    {InFlight: nesting},
	})
	if len(os.Args) > 1 && os.Args[1] == "wait" {
		bufio.NewReader(os.Stdin).ReadString('\n')
	}
}
