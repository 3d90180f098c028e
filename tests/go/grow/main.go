// Command grow has calls whose stack is copied while they run, because it grows or shrinks, and calls
// that start twice, because their own stack check made it grow.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"unsafe"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

var descended, outgrown, hugely, shrunk int64

// moved counts the calls that ended at another stack address than they began at.
var moved int64

// descend opens small frames until the stack has doubled several times.
//
//go:noinline
func descend(n int) int {
	var here int
	before := uintptr(unsafe.Pointer(&here))
	sum := n
	if n > 0 {
		sum += descend(n - 1)
	}
	if uintptr(unsafe.Pointer(&here)) != before {
		atomic.AddInt64(&moved, 1)
	}
	atomic.AddInt64(&descended, 1)
	return sum
}

// outgrow has a frame of one KiB: the smallest stack is outgrown at its second or third entry.
//
//go:noinline
func outgrow(n int) int {
	var pad [1024]byte
	pad[n&1023] = byte(n)
	sum := int(pad[(n*7)&1023])
	if n > 0 {
		sum += outgrow(n - 1)
	}
	atomic.AddInt64(&outgrown, 1)
	return sum
}

// growHugely needs several doublings of a fresh stack at once, at its own entry.
//
//go:noinline
func growHugely(n int) int {
	var pad [64 << 10]byte
	pad[n&0xffff] = byte(n)
	sum := descend(n & 7)
	atomic.AddInt64(&hugely, 1)
	return sum + int(pad[(n*5)&0xffff])
}

// shrinkWithin is on a large stack that is nearly empty when the garbage collector looks at it.
//
//go:noinline
func shrinkWithin(n int) int {
	var here int
	before := uintptr(unsafe.Pointer(&here))
	sum := untracedDeep(n)
	runtime.GC()
	sum += untracedDeep(n)
	runtime.GC()
	if uintptr(unsafe.Pointer(&here)) != before {
		atomic.AddInt64(&moved, 1)
	}
	atomic.AddInt64(&shrunk, 1)
	return sum
}

//go:noinline
func untracedDeep(n int) int {
	var pad [512]byte
	pad[n&511] = byte(n)
	if n == 0 {
		return int(pad[1])
	}
	return untracedDeep(n-1) + int(pad[n&511])
}

// fresh runs f on a new goroutine, which begins with the smallest stack there is (or, from Go 1.19
// on, with one of the average size seen), and waits for it.
func fresh(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func main() {
	for i := 0; i < 40; i++ {
		n := i
		fresh(func() { descend(20 + n*10) })
		fresh(func() { outgrow(n) })
		fresh(func() { growHugely(n) })
	}
	for i := 0; i < 5; i++ {
		fresh(func() { shrinkWithin(200) })
	}
	if atomic.LoadInt64(&moved) == 0 {
		fmt.Fprintln(os.Stderr, "grow: no call saw its stack move")
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.descend":      {Returned: descended},
		"main.outgrow":      {Returned: outgrown},
		"main.growHugely":   {Returned: hugely},
		"main.shrinkWithin": {Returned: shrunk},
	})
}
