// Command deep calls a function that calls itself a hundred times, so that the goroutine's stack has to grow.
package main

import "time"

//go:noinline
func descend(levels int) int {
	var room [64]int
	room[levels%64] = levels
	if levels == 0 {
		return 0
	}
	return descend(levels-1) + room[levels%64]
}

func main() {
	for {
		done := make(chan int)
		// A new goroutine begins with a small stack.
		go func() { done <- descend(100) }()
		<-done
		time.Sleep(100 * time.Millisecond)
	}
}
