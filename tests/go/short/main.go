// Command short makes many goroutines, each of which ends within traced calls, by runtime.Goexit or by a panic:
// short [GOROUTINES].
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"sync"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

const (
	depth  = 10
	atOnce = 64
)

//go:noinline
func exit(n int) int {
	if n > 1 {
		return exit(n-1) + 1
	}
	runtime.Goexit()
	return 0
}

//go:noinline
func fault(n int) int {
	if n > 1 {
		return fault(n-1) + 1
	}
	panic("short")
}

func live(i int, left *sync.WaitGroup, places <-chan struct{}) {
	defer func() {
		recover()
		<-places
		left.Done()
	}()
	if i%2 == 0 {
		exit(1 + i%depth)
	} else {
		fault(1 + i%depth)
	}
}

func main() {
	goroutines := 10000
	if len(os.Args) > 1 {
		var err error
		if goroutines, err = strconv.Atoi(os.Args[1]); err != nil {
			panic(err)
		}
	}
	var left sync.WaitGroup
	places := make(chan struct{}, atOnce)
	var exits, faults int64
	for i := 0; i < goroutines; i++ {
		if i%2 == 0 {
			exits += int64(1 + i%depth)
		} else {
			faults += int64(1 + i%depth)
		}
		places <- struct{}{}
		left.Add(1)
		go live(i, &left, places)
	}
	left.Wait()
	json.NewEncoder(os.Stdout).Encode(map[string]ends{"main.exit": {Unwound: exits}, "main.fault": {Unwound: faults}})
}
