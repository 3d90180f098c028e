package main

import (
	"matrix/asm"
	"matrix/example.com/tree"
	"matrix/internal/ledger"
	"matrix/yaml.v2"
)

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
