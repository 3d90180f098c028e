// Command loop calls a small function in a timed loop: loop [CALLS [GOROUTINES]].
//
// ns_per_call is the wall-clock time of a goroutine's loop divided by its calls; with several
// goroutines, the mean of that.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var sink int64

//go:noinline
func untraced(n int) int { return n ^ 1 }

type inner struct{ text string }

type outer struct{ in *inner }

//go:noinline
func work(n int, q *outer) int { return untraced(n) + 1 }

func argument(i, otherwise int) int {
	if len(os.Args) <= i {
		return otherwise
	}
	n, err := strconv.Atoi(os.Args[i])
	if err != nil || n < 1 {
		fmt.Fprintln(os.Stderr, "usage: loop [CALLS [GOROUTINES]]")
		os.Exit(2)
	}
	return n
}

func main() {
	calls, goroutines := argument(1, 1000000), argument(2, 1)
	var (
		wg    sync.WaitGroup
		total int64
	)
	for i := 0; i < goroutines; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n, q := 0, &outer{&inner{"a string that has thirty-two byte"}}
			start := time.Now()
			for i := 0; i < calls; i++ {
				n = work(n, q)
			}
			atomic.AddInt64(&total, time.Since(start).Nanoseconds())
			atomic.AddInt64(&sink, int64(n))
		}()
	}
	wg.Wait()
	json.NewEncoder(os.Stdout).Encode(struct {
		Calls      int     `json:"calls"`
		Goroutines int     `json:"goroutines"`
		NsPerCall  float64 `json:"ns_per_call"`
	}{calls, goroutines, float64(total) / float64(calls) / float64(goroutines)})
}
