//go:build cgo
// +build cgo

// Package c has calls from Go to C and from C to Go.
package c

/*
#cgo LDFLAGS: -lpthread

int matrix_add(int a, int b);
int matrix_call_back(int n);
int matrix_descend(int n);
void matrix_throw(int n);
int matrix_on_thread(int times);
void matrix_stay(void);
*/
import "C"

import (
	"matrix/internal/ledger"
	"time"
)

var n = struct{ backward, descend, climb, throw, above, rescue, onThread *ledger.Calls }{
	ledger.Of("matrix/c.goBackward"), ledger.Of("matrix/c.descend"), ledger.Of("matrix/c.goDescend"),
	ledger.Of("matrix/c.goThrow"), ledger.Of("matrix/c.above"), ledger.Of("matrix/c.rescue"),
	ledger.Of("matrix/c.goOnThread"),
}

var nStay = ledger.Of("matrix/c.stay")

//go:noinline
func add(a, b int) int { return int(C.matrix_add(C.int(a), C.int(b))) + 1 }

// forth calls C, which calls goBackward twice.
//
//go:noinline
func forth(n int) int { return int(C.matrix_call_back(C.int(n))) + 1 }

//export goBackward
//go:noinline
func goBackward(i C.int) C.int {
	n.backward.Enter()
	result := i ^ 1
	n.backward.Leave()
	return result
}

// descend and goDescend call each other through C.
//
//go:noinline
func descend(i int) int {
	n.descend.Enter()
	result := int(C.matrix_descend(C.int(i))) + 1
	n.descend.Leave()
	return result
}

//export goDescend
//go:noinline
func goDescend(i C.int) C.int {
	n.climb.Enter()
	result := i
	if i > 0 {
		result = C.int(descend(int(i - 1)))
	}
	n.climb.Leave()
	return result
}

// goThrow panics, which unwinds C as well.
//
//export goThrow
//go:noinline
func goThrow(i C.int) {
	n.throw.Enter()
	if i > 0 {
		panic("goThrow")
	}
	n.throw.Leave()
}

//go:noinline
func above(i int) int {
	n.above.Enter()
	C.matrix_throw(C.int(i))
	n.above.Leave()
	return i
}

//go:noinline
func rescue(i int) (reason interface{}) {
	n.rescue.Enter()
	defer func() { reason = recover() }()
	above(i)
	return nil
}

// goOnThread is called on a thread that Go did not make.
//
//export goOnThread
//go:noinline
func goOnThread(i C.int) C.int {
	n.onThread.Enter()
	time.Sleep(time.Microsecond)
	n.onThread.Leave()
	return i + 1
}

// stay never returns from C.
//
//go:noinline
func stay() int {
	nStay.Enter()
	nStay.Stay()
	C.matrix_stay()
	return 1
}

func must(ok bool) {
	if !ok {
		panic("cgo is not as it should be")
	}
}

// Scenario makes the calls.
func Scenario() {
	ledger.Times(21, func(i int) { must(add(i, 2) == i+3) }, "matrix/c.add", "matrix/c._Cfunc_matrix_add")
	ledger.Times(19, func(i int) { forth(i) }, "matrix/c.forth")
	for i := 0; i < 5; i++ {
		must(descend(10) == 11)
		must(rescue(0) == nil && rescue(1) == "goThrow")
		n.rescue.Leave()
		n.rescue.Leave()
	}
	for i := 0; i < 3; i++ {
		must(C.matrix_on_thread(10) == 10)
	}
	go stay()
	for nStay.Staying() == 0 {
		time.Sleep(time.Millisecond)
	}
}
