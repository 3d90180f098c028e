// Command hop has goroutines that are moved between threads in the middle of a call, in every way a
// goroutine can be parked and resumed.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

// hops counts the calls that ended on another thread than they began on.
var hops int64

func noteHop(tid int) {
	if syscall.Gettid() != tid {
		atomic.AddInt64(&hops, 1)
	}
}

//go:noinline
func overChannel(request, reply chan int, n int) int {
	tid := syscall.Gettid()
	request <- n
	n = <-reply
	noteHop(tid)
	return n
}

//go:noinline
func overSleep(d time.Duration) {
	tid := syscall.Gettid()
	time.Sleep(d)
	noteHop(tid)
}

//go:noinline
func overMutex(mu *sync.Mutex, held time.Duration) {
	tid := syscall.Gettid()
	mu.Lock()
	time.Sleep(held)
	mu.Unlock()
	noteHop(tid)
}

//go:noinline
func overGosched(times int) {
	tid := syscall.Gettid()
	for i := 0; i < times; i++ {
		runtime.Gosched()
	}
	noteHop(tid)
}

// inCrowd returns when every goroutine of the crowd is inside it.
//
//go:noinline
func inCrowd(arrived *int64, gate chan struct{}) {
	tid := syscall.Gettid()
	atomic.AddInt64(arrived, 1)
	<-gate
	noteHop(tid)
}

// together runs f on n goroutines and returns how often f returned.
func together(n int, f func(i int)) int64 {
	var (
		wg       sync.WaitGroup
		returned int64
	)
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			f(i)
			atomic.AddInt64(&returned, 1)
		}(i)
	}
	wg.Wait()
	return returned
}

func channels() int64 {
	var returned int64
	together(8, func(int) {
		request, reply := make(chan int), make(chan int)
		go func() {
			for n := range request {
				reply <- n + 1
			}
		}()
		for i := 0; i < 60; i++ {
			if overChannel(request, reply, i) == i+1 {
				atomic.AddInt64(&returned, 1)
			}
		}
		close(request)
	})
	return returned
}

func sleeps() int64 {
	return together(200, func(i int) { overSleep(time.Duration(i%7) * time.Millisecond) })
}

func mutexes() int64 {
	var mu sync.Mutex
	return together(100, func(i int) { overMutex(&mu, time.Duration(i%3)*100*time.Microsecond) })
}

// gosched has two goroutines wired to threads of their own among those that yield, which makes the
// scheduler hand its processors from thread to thread.
func gosched() int64 {
	stop := make(chan struct{})
	var partners sync.WaitGroup
	for i := 0; i < 2; i++ {
		partners.Add(1)
		go func() {
			defer partners.Done()
			runtime.LockOSThread()
			for {
				select {
				case <-stop:
					return
				default:
					runtime.Gosched()
				}
			}
		}()
	}
	returned := together(50, func(i int) { overGosched(1 + i%10) })
	close(stop)
	partners.Wait()
	return returned
}

func crowd() int64 {
	const size = 1000
	var (
		arrived int64
		gate    = make(chan struct{})
	)
	go func() {
		for atomic.LoadInt64(&arrived) < size {
			time.Sleep(time.Millisecond)
		}
		close(gate)
	}()
	return together(size, func(int) { inCrowd(&arrived, gate) })
}

func main() {
	runtime.GOMAXPROCS(4)
	ledger := map[string]ends{
		"main.overChannel": {Returned: channels()},
		"main.overSleep":   {Returned: sleeps()},
		"main.overMutex":   {Returned: mutexes()},
		"main.overGosched": {Returned: gosched()},
		"main.inCrowd":     {Returned: crowd()},
	}
	if atomic.LoadInt64(&hops) == 0 {
		fmt.Fprintln(os.Stderr, "hop: no call changed its thread")
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(ledger)
}
