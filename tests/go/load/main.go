// Command load keeps goroutines busy for some seconds with calls of a function that is called much more than others,
// within those others, and at last ends some of them within a call: load [SECONDS]. It prints how many calls each function
// made.
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var calls struct{ hot, warm, outer, deep, leave int64 }

//go:noinline
func untraced(n int) int { return n ^ 1 }

//go:noinline
func hot(n int) int {
	atomic.AddInt64(&calls.hot, 1)
	return untraced(n) + 1
}

//go:noinline
func deep(n int) int {
	atomic.AddInt64(&calls.deep, 1)
	if n > 0 {
		return deep(n-1) + 1
	}
	return hot(n)
}

//go:noinline
func warm(n int) int {
	atomic.AddInt64(&calls.warm, 1)
	for i := 0; i < 3000; i++ {
		n = hot(n)
	}
	return n
}

//go:noinline
func outer(n int) int {
	atomic.AddInt64(&calls.outer, 1)
	n = warm(n)
	time.Sleep(10 * time.Millisecond)
	return deep(10) + warm(n)
}

//go:noinline
func leave(n int) int {
	atomic.AddInt64(&calls.leave, 1)
	runtime.Goexit()
	return n
}

func main() {
	seconds := 1
	if len(os.Args) > 1 {
		seconds, _ = strconv.Atoi(os.Args[1])
	}
	var wg sync.WaitGroup
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Now().Before(end) {
				outer(1)
			}
			leave(1)
		}()
	}
	wg.Wait()
	json.NewEncoder(os.Stdout).Encode(map[string]int64{
		"main.hot": calls.hot, "main.warm": calls.warm, "main.outer": calls.outer, "main.deep": calls.deep,
		"main.leave": calls.leave,
	})
}
