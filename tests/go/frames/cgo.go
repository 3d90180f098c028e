package main

// static int c_function(int n) { return n + 1; }
import "C"

func init() {
	collect(int(C.c_function(13)))
}
