// Command generic calls generic functions, of which the compiler makes one for each shape of type.
// It needs Go 1.18.
package main

import (
	"encoding/json"
	"os"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

type number interface{ ~int | ~float64 }

//go:noinline
func sum[T number](numbers ...T) T {
	var total T
	for _, n := range numbers {
		total += n
	}
	return total
}

type stack[T any] struct{ items []T }

//go:noinline
func (s *stack[T]) push(item T) int {
	s.items = append(s.items, item)
	return len(s.items)
}

func main() {
	const calls = 300
	var (
		ints    stack[int]
		strings stack[string]
		total   float64
	)
	for i := 0; i < calls; i++ {
		total += float64(sum(i, i+1, i+2)) + sum(0.5, float64(i))
		ints.push(i)
		strings.push("item")
	}
	if total == 0 || len(ints.items) != calls || len(strings.items) != calls {
		os.Exit(1)
	}
	// Two shapes each.
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.sum":   {Returned: 2 * calls},
		"main.stack": {Returned: 2 * calls},
	})
}
