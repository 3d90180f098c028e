// Command plain calls functions of many shapes a known number of times each.
package main

import (
	"encoding/json"
	"errors"
	"math"
	"os"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

// sink keeps results alive, so that no call is dropped as dead code.
var sink int

//go:noinline
func untraced(n int) int { return n ^ 1 }

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

//go:noinline
func divide(a, b int) (quotient, remainder int, err error) {
	if b == 0 {
		return 0, 0, errors.New("division by zero")
	}
	return a / b, a % b, nil
}

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

type counter struct{ n int }

//go:noinline
func (c *counter) add(n int) int {
	c.n += untraced(n)
	return c.n
}

type adder interface{ add(n int) int }

type point struct{ x, y int }

//go:noinline
func (p point) norm() int { return p.x*p.x + p.y*p.y }

//go:noinline
func deferred(n *int) { *n += untraced(*n) }

//go:noinline
func deferring(n int) (result int) {
	defer deferred(&result)
	if n&1 == 0 {
		return untraced(n)
	}
	return 1
}

// deferringInLoop has defers that are not open-coded.
//
//go:noinline
func deferringInLoop(n int) (result int) {
	for i := 0; i < n&3; i++ {
		defer func() { result++ }()
	}
	return untraced(n)
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
func float(a, b float64) float64 { return math.Sqrt(a*a + b*b) }

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

func main() {
	var (
		total counter
		iface adder = &total
		base        = len(os.Args)
	)
	cases := []struct {
		function string
		calls    int
		call     func(i int)
	}{
		// The first function literal of main: main.main.func1 is the closure itself.
		{"main.main.func1", 1009, func(i int) { sink += base + untraced(i) }},
		{"main.framed", 1501, func(i int) { sink += framed(i, i+1) }},
		{"main.leaf", 1499, func(i int) { sink += leaf(i) }},
		{"main.frameless", 1493, func(i int) { sink += frameless(i, 7) }},
		{"main.divide", 701, func(i int) {
			q, r, err := divide(i, i%5)
			if err == nil {
				sink += q + r
			}
		}},
		{"main.mediumFrame", 307, func(i int) { sink += mediumFrame(i) }},
		{"main.hugeFrame", 211, func(i int) { sink += hugeFrame(i) }},
		{"main.(*counter).add", 809, func(i int) {
			if i%2 == 0 {
				sink += total.add(i)
			} else {
				sink += iface.add(i)
			}
		}},
		{"main.point.norm", 503, func(i int) { sink += point{i, i + 1}.norm() }},
		// Each call of deferring makes one of deferred.
		{"main.deferring", 401, func(i int) { sink += deferring(i) }},
		{"main.deferringInLoop", 409, func(i int) { sink += deferringInLoop(i) }},
		{"main.variadic", 419, func(i int) { sink += variadic(i, base, i*2) }},
		{"main.float", 421, func(i int) { sink += int(float(float64(i), 2.5)) }},
		{"main.structResult", 431, func(i int) {
			r := structResult(i)
			sink += r.id + len(r.name) + r.parts[i&3]
		}},
		{"main.manyReturns", 997, func(i int) { sink += manyReturns(i) }},
		{"main.jumpTable", 991, func(i int) { sink += jumpTable(i%14, i, base) }},
	}

	ledger := map[string]ends{}
	for _, c := range cases {
		var e ends
		for i := 0; i < c.calls; i++ {
			c.call(i)
			e.Returned++
		}
		ledger[c.function] = e
	}
	ledger["main.deferred"] = ledger["main.deferring"]
	json.NewEncoder(os.Stdout).Encode(ledger)
}
