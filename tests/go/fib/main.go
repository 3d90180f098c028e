// Command fib computes fib(20) by plain recursion: one call a node of the tree.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

var calls int64

//go:noinline
func fib(n int) int {
	calls++
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	if got := fib(20); got != 6765 {
		fmt.Fprintf(os.Stderr, "fib(20) = %d, want 6765\n", got)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]ends{"main.fib": {Returned: calls}})
}
