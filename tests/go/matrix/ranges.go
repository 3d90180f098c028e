//go:build go1.23
// +build go1.23

package main

import "matrix/internal/ledger"

// countdown is a function to range over.
//
//go:noinline
func countdown(from int) func(yield func(n int) bool) {
	return func(yield func(n int) bool) {
		for n := from; n > 0; n-- {
			if !yield(n) {
				return
			}
		}
	}
}

// ranging's loop has a body that is a function of its own, from which a return leaves both.
//
//go:noinline
func ranging(from, until int) int {
	total := 0
	for n := range countdown(from) {
		if n == until {
			return total
		}
		total += untraced(n)
	}
	return -total
}

func init() {
	more = append(more, func() {
		ledger.Times(21, func(i int) { sink += ranging(3, 1) + ranging(2, 0) },
			"main.ranging", "main.ranging", "main.countdown", "main.countdown",
			"main.countdown.func1", "main.countdown.func1",
			"main.ranging-range1", "main.ranging-range1", "main.ranging-range1",
			"main.ranging-range1", "main.ranging-range1")
	})
}
