package main

import "matrix/internal/ledger"

//go:noinline
func makeAdder(by int) func(n int) int {
	return func(n int) int { return untraced(n) + by }
}

//go:noinline
func makeMaker(a int) func(b int) func(n int) int {
	return func(b int) func(n int) int {
		return func(n int) int { return untraced(n) + a + b }
	}
}

var nFactorial, nLiteral = ledger.Of("main.factorial"), ledger.Of("main.factorial.func1")

// factorial has a closure that calls itself.
//
//go:noinline
func factorial(n int) int {
	nFactorial.Enter()
	var of func(n int) int
	of = func(n int) int {
		nLiteral.Enter()
		result := 1
		if n > 1 {
			result = n * of(n-1)
		}
		nLiteral.Leave()
		return result
	}
	result := apply(of, n) - 1
	nFactorial.Leave()
	return result
}

// each's closure shares a variable with it.
//
//go:noinline
func each(times int) (total int) {
	visit(times, func(i int) { total += untraced(i) })
	return total
}

//go:noinline
func visit(times int, f func(i int)) {
	for i := 0; i < times; i++ {
		f(i)
	}
}

func closures() {
	by := makeAdder(3)
	ledger.Times(1, func(int) {}, "main.makeAdder")
	ledger.Times(31, func(i int) { sink += by(i) }, "main.makeAdder.func1")
	ledger.Times(17, func(i int) { sink += makeMaker(i)(2)(3) },
		"main.makeMaker", "main.makeMaker.func1", "main.makeMaker.func1.1")
	must(factorial(10) == 3628800, "factorial")
	ledger.Times(1, func(int) {}, "main.apply")
	ledger.Times(13, func(i int) { sink += each(2) },
		"main.each", "main.visit", "main.each.func1", "main.each.func1")
}
