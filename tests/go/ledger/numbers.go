package main

import (
	"math"
	"unsafe"
)

// The functions for whole numbers turn over all bits: the upper half of a register may then hold
// anything.

//go:noinline
func ints(n int) int { return ^n }

//go:noinline
func int8s(n int8) int8 { return ^n * 3 }

//go:noinline
func int16s(n int16) int16 { return ^n * 3 }

//go:noinline
func int32s(n int32) int32 { return ^n * 3 }

//go:noinline
func int64s(n int64) int64 { return ^n * 3 }

//go:noinline
func uints(n uint) uint { return ^n }

//go:noinline
func uint8s(n uint8) uint8 { return ^n * 3 }

//go:noinline
func uint16s(n uint16) uint16 { return ^n * 3 }

//go:noinline
func uint32s(n uint32) uint32 { return ^n * 3 }

//go:noinline
func uint64s(n uint64) uint64 { return ^n * 3 }

//go:noinline
func uintptrs(n uintptr) uintptr { return ^n }

//go:noinline
func bools(a, b bool) (both, either bool) { return a && b, a || b }

//go:noinline
func runes(r rune, b byte) (byte, rune) { return b + 1, r + 1 }

//go:noinline
func narrow(a int8, b uint16, c bool, d int32, e uint8, f int64) (uint8, int8, int32, bool) {
	return e + 1, a - 1, d * 2, !c
}

//go:noinline
func unsafes(p unsafe.Pointer) unsafe.Pointer {
	sink++
	return p
}

// ignored takes what it does not look at.
//
//go:noinline
func ignored(a int, b string, c []int8, d int16) int { return 7 }

// changing assigns to its parameters.
//
//go:noinline
func changing(n int, s string) (int, string) {
	n, s = n*2+sink, s+"!"
	return n, s
}

func numbers() {
	for _, n := range []int{0, 1, -1, 1 << 40, math.MaxInt64, math.MinInt64} {
		n, r := n, ints(n)
		note("ints", "n", "ret0", &n, &r)
	}
	signed()
	unsigned()
	for i := 0; i < 4; i++ {
		a, b := i&1 == 1, i&2 == 2
		both, either := bools(a, b)
		note("bools", "a b", "both either", &a, &b, &both, &either)
	}
	for _, c := range []rune{0, 'a', 'é', '😀', -1} {
		r, b := c, byte(c)
		r0, r1 := runes(r, b)
		note("runes", "r b", "ret0 ret1", &r, &b, &r0, &r1)
	}
	for i := 0; i < 4; i++ {
		a, b, c, d, e, f := int8(-i), uint16(65535-i), i%2 == 0, int32(-1<<30*i), uint8(255-i), int64(i)<<60
		r0, r1, r2, r3 := narrow(a, b, c, d, e, f)
		note("narrow", "a b c d e f", "ret0 ret1 ret2 ret3", &a, &b, &c, &d, &e, &f, &r0, &r1, &r2, &r3)
	}
	n := 5
	for _, p := range []unsafe.Pointer{nil, unsafe.Pointer(&n)} {
		p, r := p, unsafes(p)
		note("unsafes", "p", "ret0", &p, &r)
	}
	for i := 0; i < 3; i++ {
		a, b, c, d := i, "unused"[:2*i], []int8{int8(i), -1}, int16(-i)
		r := ignored(a, b, c, d)
		note("ignored", "a b c d", "ret0", &a, &b, &c, &d, &r)
	}
	for _, s := range []string{"", "a", "bc"} {
		n, s := len(s)+1, s
		r0, r1 := changing(n, s)
		note("changing", "n s", "ret0 ret1", &n, &s, &r0, &r1)
	}
}

func signed() {
	for _, n := range []int8{0, 1, -1, math.MaxInt8, math.MinInt8} {
		n, r := n, int8s(n)
		note("int8s", "n", "ret0", &n, &r)
	}
	for _, n := range []int16{0, 1, -1, math.MaxInt16, math.MinInt16} {
		n, r := n, int16s(n)
		note("int16s", "n", "ret0", &n, &r)
	}
	for _, n := range []int32{0, 1, -1, math.MaxInt32, math.MinInt32} {
		n, r := n, int32s(n)
		note("int32s", "n", "ret0", &n, &r)
	}
	for _, n := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64} {
		n, r := n, int64s(n)
		note("int64s", "n", "ret0", &n, &r)
	}
}

func unsigned() {
	for _, n := range []uint{0, 1, 1 << 63, math.MaxUint64} {
		n, r := n, uints(n)
		note("uints", "n", "ret0", &n, &r)
	}
	for _, n := range []uint8{0, 1, 128, math.MaxUint8} {
		n, r := n, uint8s(n)
		note("uint8s", "n", "ret0", &n, &r)
	}
	for _, n := range []uint16{0, 1, 1 << 15, math.MaxUint16} {
		n, r := n, uint16s(n)
		note("uint16s", "n", "ret0", &n, &r)
	}
	for _, n := range []uint32{0, 1, 1 << 31, math.MaxUint32} {
		n, r := n, uint32s(n)
		note("uint32s", "n", "ret0", &n, &r)
	}
	for _, n := range []uint64{0, 1, math.MaxInt64, 1 << 63, math.MaxUint64} {
		n, r := n, uint64s(n)
		note("uint64s", "n", "ret0", &n, &r)
	}
	for _, n := range []uintptr{0, 1, 1 << 63, math.MaxUint64} {
		n, r := n, uintptrs(n)
		note("uintptrs", "n", "ret0", &n, &r)
	}
}
