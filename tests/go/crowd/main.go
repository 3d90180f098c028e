// Command crowd has many goroutines inside one function at the same time: crowd [GOROUTINES [wait]]. With wait, it
// says when all of them are there, and lets them go at a line of input.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
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
	if len(os.Args) > 2 {
		fmt.Println("standing")
		bufio.NewReader(os.Stdin).ReadString('\n')
	}
	close(leave)
	left.Wait()
	json.NewEncoder(os.Stdout).Encode(map[string]ends{"main.stand": {Returned: int64(goroutines)}})
}
