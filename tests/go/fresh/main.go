// Command fresh makes calls on goroutines that have just begun, and whose stacks grow within the calls: fresh [SECONDS].
// It prints how many calls each function made.
package main

import (
	"encoding/json"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var calls struct{ outer, inner int64 }

//go:noinline
func grow(n int) int {
	var frame [64]int
	frame[n] = n
	if n > 0 {
		return grow(n-1) + frame[n/2]
	}
	return frame[n]
}

//go:noinline
func inner(n int) int {
	atomic.AddInt64(&calls.inner, 1)
	return grow(n) + 1
}

//go:noinline
func outer(n int) int {
	atomic.AddInt64(&calls.outer, 1)
	return inner(1) + inner(n)
}

func main() {
	seconds := 1
	if len(os.Args) > 1 {
		seconds, _ = strconv.Atoi(os.Args[1])
	}
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	for time.Now().Before(end) {
		var wg sync.WaitGroup
		for i := 0; i < 16; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				outer(40)
			}()
		}
		wg.Wait()
	}
	json.NewEncoder(os.Stdout).Encode(map[string]int64{"main.outer": calls.outer, "main.inner": calls.inner})
}
