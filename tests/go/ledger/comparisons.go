package main

import (
	"errors"
	"math"
	"strings"
	"time"
	"unsafe"
)

// What conditions are tried on.

type reading struct {
	Single float32
	Double float64
	Inner  *reading
	Tags   []string
}

type owner struct {
	Name string
	Age  uint8
	Next *owner
}

type account struct {
	owner
	ID      int64
	Balance int32
	Shared  *owner
	Limits  [3]int16
	Open    bool
}

//go:noinline
func byNumbers(i8 int8, i16 int16, i32 int32, i64 int64, i int, u8 uint8, u16 uint16, u32 uint32, u64 uint64, u uint, p uintptr) (int8, uint64) {
	return i8, u64
}

//go:noinline
func byTexts(s string, t title) (string, int) { return t2s(t) + s, len(s) }

func t2s(t title) string { return string(t) }

//go:noinline
func byFlags(b bool, t toggle, n int) (is bool) { return b != bool(t) }

//go:noinline
func byNils(p *int, xs []int, m map[string]int, c chan int, f func(int) int, i interface{}, err error, u unsafe.Pointer) (*int, error) {
	return p, err
}

//go:noinline
func byReals(p *reading, xs []float64) *reading {
	sink++
	return p
}

//go:noinline
func byDurations(d time.Duration, n int) (spent time.Duration) { return d * 2 }

//go:noinline
func byResults(n int) (m int8, err error, s string) {
	if n%3 == 0 {
		err = errors.New("three")
	}
	return int8(n - 4), err, strings.Repeat("r", n%4)
}

//go:noinline
func byFields(a *account, b account, q **int, all []account) (int, *account) { return len(all), a }

//go:noinline
func byLengths(s string, xs []int, ys [2]int, m map[int]int, c chan int, q *[]int) int {
	return len(xs)
}

func comparisons() {
	for _, n := range []int64{0, 1, -1, 5, 127, -128, 128, 255, 256, 32767, -32768, 65535, 1<<31 - 1, -1 << 31, 1 << 31, 1<<32 - 1,
		math.MaxInt64, math.MinInt64} {
		i8, i16, i32, i64, i := int8(n), int16(n), int32(n), n, int(n)
		u8, u16, u32, u64, u, p := uint8(n), uint16(n), uint32(n), uint64(n), uint(n), uintptr(n)
		r0, r1 := byNumbers(i8, i16, i32, i64, i, u8, u16, u32, u64, u, p)
		note("byNumbers", "i8 i16 i32 i64 i u8 u16 u32 u64 u p", "ret0 ret1",
			&i8, &i16, &i32, &i64, &i, &u8, &u16, &u32, &u64, &u, &p, &r0, &r1)
	}
	full := strings.Repeat("0123456789abcdef", 4)
	for i, s := range []string{"", "a", "alice", "alice ", "Alice", "al\x00ice", `say "hi"`, "/api/", "/api/v1", "/ap", "ü", full, full + "!",
		full[:63], full[:8], full[:7], full[:9]} {
		s, t := s, title(full[:i])
		r0, r1 := byTexts(s, t)
		note("byTexts", "s t", "ret0 ret1", &s, &t, &r0, &r1)
	}
	for i := 0; i < 8; i++ {
		b, t, n := i&1 == 1, toggle(i&2 == 2), i
		r := byFlags(b, t, n)
		note("byFlags", "b t n", "is", &b, &t, &n, &r)
	}
	for n := 0; n < 12; n++ {
		n := n
		m, err, s := byResults(n)
		note("byResults", "n", "m err s", &n, &m, &err, &s)
	}
	for i, d := range []time.Duration{0, 1, -1, time.Microsecond, time.Millisecond, 10 * time.Millisecond, 10*time.Millisecond - 1, time.Second, -time.Second,
		90 * time.Minute, 1<<62 - 1} {
		d, n := d, i
		r := byDurations(d, n)
		note("byDurations", "d n", "spent", &d, &n, &r)
	}
	compareReferences()
	compareReals()
	compareFields()
	compareLengths()
}

func compareReferences() {
	n := 0
	for i := 0; i < 9; i++ {
		p, xs, m, c, f, x, err, u := &n, []int{}, map[string]int{}, make(chan int), double, interface{}(i), errors.New("not nil"), unsafe.Pointer(&n)
		switch i {
		case 0:
			p = nil
		case 1:
			xs = nil
		case 2:
			m = nil
		case 3:
			c = nil
		case 4:
			f = nil
		case 5:
			x = nil
		case 6:
			err = nil
		case 7:
			u = nil
		}
		g := (func(int) int)(f)
		r0, r1 := byNils(p, xs, m, c, g, x, err, u)
		note("byNils", "p xs m c f i err u", "ret0 ret1", &p, &xs, &m, &c, &g, &x, &err, &u, &r0, &r1)
	}
}

func compareReals() {
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 0.1, 1e30, -1e30, 5e-324, math.Inf(1), math.Inf(-1), math.NaN(), -math.NaN()} {
		p, xs := &reading{float32(x), x, &reading{Double: -x}, nil}, []float64{x, 1}
		r := byReals(p, xs)
		note("byReals", "p xs", "ret0", &p, &xs, &r)
	}
	p, xs := &reading{}, []float64{}
	r := byReals(p, xs)
	note("byReals", "p xs", "ret0", &p, &xs, &r)
	p = nil
	r = byReals(p, xs)
	note("byReals", "p xs", "ret0", &p, &xs, &r)
}

func compareFields() {
	number := 77
	behind := &number
	for i := 0; i < 8; i++ {
		a := account{owner{"own", uint8(250 + i), nil}, int64(i) << 40, int32(-i), nil, [3]int16{int16(i), -1, int16(-i)}, i%2 == 0}
		if i > 2 {
			a.Shared = &owner{"shared", uint8(i), &owner{strings.Repeat("next", i), 1, nil}}
		}
		b, p, q := a, &a, &behind
		b.Name = "copy"
		if i == 4 {
			p = nil
		}
		if i == 5 {
			q = new(*int)
		}
		all := []account{a, b, a}[:i%4]
		r0, r1 := byFields(p, b, q, all)
		note("byFields", "a b q all", "ret0 ret1", &p, &b, &q, &all, &r0, &r1)
	}
}

func compareLengths() {
	for i := 0; i < 12; i++ {
		s, xs, ys, m, c := strings.Repeat("s", i), ramp(i), [2]int{i, i}, map[int]int{}, make(chan int, 20)
		q := &xs
		for j := 0; j < i; j++ {
			m[j] = j
			c <- j
		}
		if i == 0 {
			m, c, q, xs = nil, nil, nil, nil
		}
		r := byLengths(s, xs, ys, m, c, q)
		note("byLengths", "s xs ys m c q", "ret0", &s, &xs, &ys, &m, &c, &q, &r)
	}
}
