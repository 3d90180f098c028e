//go:build cgo
// +build cgo

package main

/*
struct pair { int first; double second; char name[8]; };
static int twice(int n) { return 2 * n; }
*/
import "C"

//go:noinline
func fromC(n C.int, p *C.struct_pair, q C.struct_pair, c *C.char) C.int {
	return C.twice(n) + p.first + q.first + C.int(*c)
}

func init() { functions = append(functions, fromC) }
