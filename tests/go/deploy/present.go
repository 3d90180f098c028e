// +build !former

package main

//go:noinline
func fresh(n int) int { return n ^ 1 }

func only() {
	ledger["main.fresh"] = ends{Returned: 1}
	fresh(1)
}
