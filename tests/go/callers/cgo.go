package main

// void call_back_through_c(void);
import "C"

//export callBack
func callBack() { three() }

//go:noinline
func throughC(depth int) {
	if depth == 0 {
		C.call_back_through_c()
		return
	}
	throughC(depth - 1)
}

func init() {
	cgo = func() { throughC(3) }
}
