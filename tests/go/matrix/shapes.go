package main

import (
	"errors"
	"matrix/internal/ledger"
)

// framed has a small frame and a stack check.
//
//go:noinline
func framed(a, b int) int { return untraced(a) + untraced(b) }

// leaf has a frame but calls nothing, so that it needs no stack check.
//
//go:noinline
func leaf(n int) int {
	var squares [8]int
	for i := range squares {
		squares[i] = i * i
	}
	return squares[n&7]
}

// frameless lives in registers (or in its caller's frame) alone.
//
//go:noinline
func frameless(a, b int) int { return a*3 + b }

// mediumFrame has a frame whose stack check computes the frame's end first.
//
//go:noinline
func mediumFrame(n int) int {
	var buf [1024]byte
	for i := range buf {
		buf[i] = byte(i + n)
	}
	return untraced(int(buf[n&1023]))
}

// hugeFrame has a frame whose stack check must also guard against wrap-around.
//
//go:noinline
func hugeFrame(n int) int {
	var buf [64 << 10]byte
	for i := n & 63; i < len(buf); i += 64 {
		buf[i] = byte(i)
	}
	return untraced(int(buf[n&0xffff]))
}

// unchecked must not have a stack check.
//
//go:nosplit
//go:noinline
func unchecked(n int) int { return frameless(n, 1) + 1 }

//go:noinline
func divide(a, b int) (quotient, remainder int, err error) {
	if b == 0 {
		return 0, 0, errors.New("division by zero")
	}
	return a / b, a % b, nil
}

//go:noinline
func named(n int) (double, half int, text string) {
	double = untraced(n) * 2
	half = n / 2
	if n&1 == 0 {
		text = "even"
		return
	}
	text = "odd"
	return
}

//go:noinline
func variadic(numbers ...int) int {
	total := 0
	for _, n := range numbers {
		total += n
	}
	return total
}

//go:noinline
func float(a, b float64, c float32) float64 { return a*a + b*float64(c) }

//go:noinline
func complexes(a complex128, b complex64) complex128 { return a*a + complex128(b) }

type record struct {
	id    int
	name  string
	parts [4]int
}

//go:noinline
func structResult(n int) record {
	return record{id: n, name: "record", parts: [4]int{n, n + 1, n + 2, n + 3}}
}

//go:noinline
func structArgument(r record, by int) int { return r.id*by + len(r.name) + r.parts[by&3] }

//go:noinline
func arrays(a [100]int, n int) [100]int {
	a[n%100] += untraced(n)
	return a
}

//go:noinline
func slices(a []int, b []byte) []int { return append(a, len(b), cap(b)) }

//go:noinline
func texts(a, b string) string { return a + b }

//go:noinline
func interfaces(a interface{}, err error) (interface{}, error) {
	if err != nil {
		return untraced(1), err
	}
	return a, nil
}

// manyArguments are more than there are registers for.
//
//go:noinline
func manyArguments(a, b, c, d, e, f, g, h, i, j, k, l int, x, y float64) (int, int, float64) {
	return a + b + c + d + e + f + g, h + i + j + k + untraced(l), x * y
}

//go:noinline
func manyReturns(n int) int {
	if n%2 == 0 {
		return n / 2
	}
	if n%3 == 0 {
		return untraced(n / 3)
	}
	if n%5 == 0 {
		return n/5 + untraced(5)
	}
	for d := 7; d < 20; d += 2 {
		if n%d == 0 {
			return untraced(d)
		}
		if n < d*d {
			return n
		}
	}
	if untraced(n) > 500 {
		return 500
	}
	return -1
}

// jumpTable has enough dense cases for a jump through a table, from Go 1.19 on.
//
//go:noinline
func jumpTable(op, a, b int) int {
	switch op {
	case 0:
		return a + b
	case 1:
		return a - b
	case 2:
		return a * b
	case 3:
		return a | b
	case 4:
		return a & b
	case 5:
		return a ^ b
	case 6:
		return untraced(a)
	case 7:
		return a << uint(b&7)
	case 8:
		return a >> uint(b&7)
	case 9:
		return -untraced(b)
	case 10:
		return a &^ b
	case 11:
		return a*a + b
	default:
		return untraced(op)
	}
}

//go:noinline
func textSwitch(text string) int {
	switch text {
	case "one":
		return 1
	case "two":
		return 2
	case "three":
		return 3
	case "four":
		return 4
	case "five":
		return untraced(5)
	case "six":
		return 6
	case "seven":
		return 7
	case "eight":
		return 8
	case "nine":
		return untraced(9)
	}
	return 0
}

//go:noinline
func typeSwitch(value interface{}) int {
	switch v := value.(type) {
	case nil:
		return 0
	case int:
		return v
	case string:
		return len(v)
	case error:
		return len(v.Error())
	case []int:
		return untraced(len(v))
	}
	return -1
}

//go:noinline
func maps(m map[string]int, key string) (int, bool) {
	m[key]++
	if m[key] > 3 {
		delete(m, key)
	}
	n, ok := m[key]
	return n, ok
}

var nFib, nEven, nOdd, nAckermann = ledger.Of("main.fib"), ledger.Of("main.even"), ledger.Of("main.odd"),
	ledger.Of("main.ackermann")

//go:noinline
func fib(n int) int {
	nFib.Enter()
	result := n
	if n > 1 {
		result = fib(n-1) + fib(n-2)
	}
	nFib.Leave()
	return result
}

//go:noinline
func even(n int) bool {
	nEven.Enter()
	result := n == 0 || odd(n-1)
	nEven.Leave()
	return result
}

//go:noinline
func odd(n int) bool {
	nOdd.Enter()
	result := n != 0 && even(n-1)
	nOdd.Leave()
	return result
}

// ackermann is called for its own argument.
//
//go:noinline
func ackermann(m, n int) int {
	nAckermann.Enter()
	var result int
	switch {
	case m == 0:
		result = n + 1
	case n == 0:
		result = ackermann(m-1, 1)
	default:
		result = ackermann(m-1, ackermann(m, n-1))
	}
	nAckermann.Leave()
	return result
}

//go:noinline
func größe(länge int) int { return untraced(länge) + 1 }

func shapes() {
	var (
		array  [100]int
		counts = map[string]int{}
		failed = errors.New("failed")
		words  = []string{"one", "five", "nine", "ten"}
		values = []interface{}{nil, 7, "seven", failed, []int{7}, 7.5}
	)
	ledger.Times(61, func(i int) { sink += framed(i, i+1) }, "main.framed")
	ledger.Times(59, func(i int) { sink += leaf(i) }, "main.leaf")
	ledger.Times(53, func(i int) { sink += frameless(i, 7) }, "main.frameless")
	ledger.Times(47, func(i int) { sink += mediumFrame(i) }, "main.mediumFrame")
	ledger.Times(43, func(i int) { sink += hugeFrame(i) }, "main.hugeFrame")
	ledger.Times(41, func(i int) { sink += unchecked(i) }, "main.unchecked", "main.frameless")
	ledger.Times(37, func(i int) {
		if q, r, err := divide(i, i%5); err == nil {
			sink += q + r
		}
	}, "main.divide")
	ledger.Times(36, func(i int) {
		double, half, text := named(i)
		sink += double + half + len(text)
	}, "main.named")
	ledger.Times(35, func(i int) { sink += variadic(i, sink, i*2) }, "main.variadic")
	ledger.Times(34, func(i int) { sink += int(float(float64(i), 2.5, 0.5)) }, "main.float")
	ledger.Times(33, func(i int) { sink += int(real(complexes(complex(float64(i), 1), 2i))) }, "main.complexes")
	ledger.Times(32, func(i int) { sink += structArgument(structResult(i), i) },
		"main.structResult", "main.structArgument")
	ledger.Times(31, func(i int) { array = arrays(array, i) }, "main.arrays")
	ledger.Times(30, func(i int) { sink += len(slices([]int{i}, []byte{1, 2})) }, "main.slices")
	ledger.Times(29, func(i int) { sink += len(texts(words[i%4], "s")) }, "main.texts")
	ledger.Times(28, func(i int) {
		if _, err := interfaces(i, nil); err == nil {
			interfaces("text", failed)
		}
	}, "main.interfaces", "main.interfaces")
	ledger.Times(27, func(i int) {
		a, b, c := manyArguments(i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1.5, 2.5)
		sink += a + b + int(c)
	}, "main.manyArguments")
	ledger.Times(97, func(i int) { sink += manyReturns(i) }, "main.manyReturns")
	ledger.Times(91, func(i int) { sink += jumpTable(i%14, i, 3) }, "main.jumpTable")
	ledger.Times(24, func(i int) { sink += textSwitch(words[i%4]) }, "main.textSwitch")
	ledger.Times(23, func(i int) { sink += typeSwitch(values[i%6]) }, "main.typeSwitch")
	ledger.Times(22, func(i int) {
		n, _ := maps(counts, words[i%3])
		sink += n
	}, "main.maps")
	ledger.Times(21, func(i int) { sink += größe(i) }, "main.größe")
	must(fib(10) == 55, "fib")
	must(even(30) && odd(31) && !even(7), "even and odd")
	must(ackermann(2, 3) == 9, "ackermann")
}
