// Command crowd has many goroutines inside one function at the same time: crowd [GOROUTINES].
package main

import (
	"encoding/json"
	"os"
	"strconv"
	"sync"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

//go:noinline
func stand(arrived *sync.WaitGroup, leave <-chan struct{}) {
	arrived.Done()
	<-leave
}

func main() {
	goroutines := 10000
	if len(os.Args) > 1 {
		var err error
		if goroutines, err = strconv.Atoi(os.Args[1]); err != nil {
			panic(err)
		}
	}
	var arrived, left sync.WaitGroup
	leave := make(chan struct{})
	arrived.Add(goroutines)
	left.Add(goroutines)
	for i := 0; i < goroutines; i++ {
		go func() {
			defer left.Done()
			stand(&arrived, leave)
		}()
	}
	arrived.Wait()
	close(leave)
	left.Wait()
	json.NewEncoder(os.Stdout).Encode(map[string]ends{"main.stand": {Returned: int64(goroutines)}})
}
