// Command deploy keeps two goroutines busy until its standard input is closed or has a line, and prints how its calls ended.
// Built with -tags former it is another build, which has a function that is gone in this one, and lacks one.
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

var ledger = map[string]ends{}
var worked int64

//go:noinline
func work(n int) int {
	if n == 0 {
		return 1
	}
	return work(n-1) + 1
}

func main() {
	var wg sync.WaitGroup
	var isOver int32
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for atomic.LoadInt32(&isOver) == 0 {
				atomic.AddInt64(&worked, int64(work(9)))
				time.Sleep(200 * time.Microsecond)
			}
		}()
	}
	only()
	bufio.NewReader(os.Stdin).ReadString('\n')
	atomic.StoreInt32(&isOver, 1)
	wg.Wait()
	ledger["main.work"] = ends{Returned: worked}
	json.NewEncoder(os.Stdout).Encode(ledger)
}
