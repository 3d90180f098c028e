//go:build cgo
// +build cgo

package main

// static int twice(int n) { return 2 * n; }
import "C"

func init() {
	if C.twice(21) != 42 {
		panic("C cannot count")
	}
}
