// Command sleep calls a function of five milliseconds 300 times and times each call itself, from
// within the call and from around it.
package main

import (
	"encoding/json"
	"os"
	"sort"
	"time"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

type spread struct {
	MinNs    int64 `json:"min_ns"`
	MedianNs int64 `json:"median_ns"`
	MaxNs    int64 `json:"max_ns"`
	SumNs    int64 `json:"sum_ns"`
}

func spreadOf(times []time.Duration) spread {
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	s := spread{
		MinNs:    times[0].Nanoseconds(),
		MedianNs: times[len(times)/2].Nanoseconds(),
		MaxNs:    times[len(times)-1].Nanoseconds(),
	}
	for _, t := range times {
		s.SumNs += t.Nanoseconds()
	}
	return s
}

//go:noinline
func nap() time.Duration {
	start := time.Now()
	time.Sleep(5 * time.Millisecond)
	return time.Since(start)
}

func main() {
	const calls = 300
	inside := make([]time.Duration, 0, calls)
	around := make([]time.Duration, 0, calls)
	for i := 0; i < calls; i++ {
		start := time.Now()
		inside = append(inside, nap())
		around = append(around, time.Since(start))
	}
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"main.nap": ends{Returned: int64(len(around))},
		"inside":   spreadOf(inside),
		"around":   spreadOf(around),
	})
}
