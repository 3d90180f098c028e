package main

import (
	"matrix/asm"
	"matrix/example.com/tree"
	"matrix/internal/ledger"
	"matrix/yaml.v2"
)

// applyLong is told nothing of the function, and so calls it as one that the compiler has compiled: an
// assembly function through its wrapper, which is not a call of its own.
//
//go:noinline
func applyLong(f func(n int64) int64, n int64) int64 { return f(n) + 1 }

func packages() {
	var decoder yaml.Decoder
	ledger.Times(23, func(i int) { sink += yaml.Unmarshal("a: b", i) }, "matrix/yaml%2ev2.Unmarshal")
	ledger.Times(19, func(i int) { sink += decoder.Decode(i) }, "matrix/yaml%2ev2.(*Decoder).Decode")
	ledger.Times(17, func(i int) { sink += yaml.Lines("a\nb") },
		"matrix/yaml%2ev2.Lines", "matrix/yaml%2ev2.Lines.func1", "matrix/yaml%2ev2.Lines.func1")
	ledger.Times(13, func(i int) { sink += tree.Sum(tree.Tree{Value: i}) },
		"matrix/example.com/tree.Sum", "matrix/example.com/tree.Tree.Depth")

	for i := 0; i < 3; i++ {
		aside(func() {
			ledger.Times(20, func(i int) {
				n := int64(i)
				must(asm.Add(n, 2) == n+2 && asm.Sign(n-5) == sign(n-5) && asm.Around(n) == n+1, "assembly")
			}, "matrix/asm.Add", "matrix/asm.Sign", "matrix/asm.Around", "matrix/asm.yield")
			ledger.Times(10, func(i int) {
				n := int64(i)
				must(applyLong(asm.Sign, n+1) == 2 && applyLong(asm.Around, n) == n+2, "assembly")
			}, "main.applyLong", "main.applyLong", "matrix/asm.Sign", "matrix/asm.Around", "matrix/asm.yield")
		})
	}
}

func sign(n int64) int64 {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
