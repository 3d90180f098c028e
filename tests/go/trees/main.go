// Command trees makes calls within calls on several goroutines, and prints them as the trees that they were.
//
// They recurse, move from thread to thread, panic, recover, and end their goroutine. "trees quick" makes as many
// as it can, of which it prints how many they were.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

const nGoroutines, nTrees, nQuick = 8, 40, 100000

// node is a call, with those within it.
type node struct {
	Function string  `json:"function"`
	N        int     `json:"n"`
	Odd      bool    `json:"odd"`
	Unwound  bool    `json:"unwound"`
	Calls    []*node `json:"calls"`
}

// enter notes a call, which counts as unwound until it is left.
func (parent *node) enter(function string, n int) *node {
	call := &node{Function: "main." + function, N: n, Unwound: true, Calls: []*node{}}
	parent.Calls = append(parent.Calls, call)
	return call
}

func (call *node) leave() bool {
	call.Unwound = false
	call.Odd = call.N%2 == 1
	return call.Odd
}

//go:noinline
func root(parent *node, n int) (odd bool) {
	call := parent.enter("root", n)
	branch(call, n)
	for i := 0; i < n%4; i++ {
		leaf(call, i)
	}
	guard(call, n)
	return call.leave()
}

// branch calls itself, and what it calls comes back on another thread, as likely as not.
//
//go:noinline
func branch(parent *node, n int) (odd bool) {
	call := parent.enter("branch", n)
	leaf(call, n)
	if n%5 > 0 {
		time.Sleep(50 * time.Microsecond)
		branch(call, n-1)
		runtime.Gosched()
	}
	return call.leave()
}

//go:noinline
func leaf(parent *node, n int) (odd bool) {
	return parent.enter("leaf", n).leave()
}

// guard recovers from what fails within it, and goes on.
//
//go:noinline
func guard(parent *node, n int) (odd bool) {
	call := parent.enter("guard", n)
	attempt(call, n)
	leaf(call, n)
	return call.leave()
}

// attempt is not traced.
func attempt(call *node, n int) {
	defer func() { recover() }()
	fail(call, n)
}

//go:noinline
func fail(parent *node, n int) (odd bool) {
	call := parent.enter("fail", n)
	leaf(call, n)
	if n%3 == 0 {
		panic("n is a multiple of 3")
	}
	if n > 0 {
		fail(call, n-1)
	}
	return call.leave()
}

// quit ends its goroutine within two calls.
//
//go:noinline
func quit(parent *node, n int) (odd bool) {
	call := parent.enter("quit", n)
	leaf(call, n)
	if n == 0 {
		runtime.Goexit()
	}
	quit(call, n-1)
	return call.leave()
}

var never = make(chan bool)

// endless calls root again and again, and does not return.
//
//go:noinline
func endless(parent *node, n int) (odd bool) {
	call := parent.enter("endless", n)
	for i := 0; i < n; i++ {
		root(call, i)
	}
	<-never
	return call.leave()
}

// quick calls quickly nTimes.
//
//go:noinline
func quick(n int) (odd bool) {
	for i := 0; i < n; i++ {
		quickly(i)
	}
	return n%2 == 1
}

//go:noinline
func quickly(n int) (odd bool) { return n%2 == 1 }

func goroutineID() string {
	buffer := make([]byte, 64)
	fields := bytes.Fields(buffer[:runtime.Stack(buffer, false)])
	return string(fields[1])
}

func main() {
	var all sync.Map
	var wg sync.WaitGroup
	if len(os.Args) > 1 && os.Args[1] == "quick" {
		quick(nQuick)
		fmt.Println(strconv.Itoa(nQuick))
		return
	}
	for i := 0; i < nGoroutines; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			trees := &node{}
			all.Store(goroutineID(), trees)
			for n := 0; n < nTrees; n++ {
				root(trees, i+n)
			}
			quit(trees, i%3)
		}(i)
	}
	wg.Wait()
	printed := map[string][]*node{}
	all.Range(func(id, trees interface{}) bool {
		printed[id.(string)] = trees.(*node).Calls
		return true
	})
	if len(os.Args) > 1 && os.Args[1] == "endless" {
		last := &node{}
		go endless(last, 10)
		for len(last.Calls) == 0 || len(last.Calls[0].Calls) < 10 || last.Calls[0].Calls[9].Unwound {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Millisecond)
		printed["endless"] = last.Calls
	}
	json.NewEncoder(os.Stdout).Encode(printed)
}
