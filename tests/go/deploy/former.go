// +build former

package main

//go:noinline
func gone(n int) int { return n ^ 1 }

func only() {
	ledger["main.gone"] = ends{Returned: 1}
	gone(1)
}
