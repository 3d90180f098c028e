package main

import "strings"

type (
	cells []int32
	pair  [2]int
)

//go:noinline
func intLists(xs []int) []int { return xs }

//go:noinline
func narrowLists(a []int8, b []uint16, c []bool) ([]bool, []int8) { return c, a }

//go:noinline
func textLists(xs []string) []string { return xs }

//go:noinline
func listLists(xs [][]int) [][]int { return xs }

//go:noinline
func cellLists(c cells) (int, cells) { return len(c), c }

//go:noinline
func recordLists(xs []padded, ys []*padded) ([]*padded, []padded) { return ys, xs }

//go:noinline
func hugeLists(xs [][200]int64) int { return len(xs) }

//go:noinline
func wideLists(xs [][40]int32) [][40]int32 { return xs }

//go:noinline
func emptyLists(xs []struct{}, ys [][0]int) int { return len(xs) + len(ys) }

//go:noinline
func arrays0(a [0]int, n int) ([0]int, int) {
	sink++
	return a, n
}

//go:noinline
func arrays1(a [1]int, n int) (int, [1]int) { return n, a }

//go:noinline
func arrays2(n int, a [2]int, m int) ([2]int, int) { return a, n + m }

//go:noinline
func arrays9(a [9]int16, n int) (int, [9]int16) { return n, a }

//go:noinline
func textArrays(a [1]string, b [2]string) ([2]string, [1]string) { return b, a }

//go:noinline
func pairs(p pair, q *pair) (*pair, pair) { return q, p }

//go:noinline
func variadic(prefix string, xs ...int) (int, string) { return len(xs), prefix }

func ramp(n int) []int {
	xs := make([]int, n)
	for i := range xs {
		xs[i] = i*1000 - 3
	}
	return xs
}

func lists() {
	for _, xs := range [][]int{nil, {}, {7}, {-1, 0, 1}, ramp(8), ramp(9), ramp(100)} {
		xs, r := xs, intLists(xs)
		note("intLists", "xs", "ret0", &xs, &r)
		n, s := variadic("some", xs...)
		prefix := "some"
		note("variadic", "prefix xs", "ret0 ret1", &prefix, &xs, &n, &s)
	}
	for _, n := range []int{0, 1, 8, 9, 130} {
		a, b, c := make([]int8, n), make([]uint16, n), make([]bool, n)
		for i := range a {
			a[i], b[i], c[i] = int8(-i), uint16(65535-i), i%3 == 0
		}
		r0, r1 := narrowLists(a, b, c)
		note("narrowLists", "a b c", "ret0 ret1", &a, &b, &c, &r0, &r1)
	}
	long := strings.Repeat("long", 40)
	for _, xs := range [][]string{nil, {}, {""}, {"a", "", "ü\x00"}, {long, "b"}, strings.Split(strings.Repeat("word ", 9), " ")} {
		xs, r := xs, textLists(xs)
		note("textLists", "xs", "ret0", &xs, &r)
	}
	for _, xs := range [][][]int{nil, {nil, {}}, {{1, 2}, {3}}, {ramp(9), ramp(8)}, make([][]int, 10)} {
		xs, r := xs, listLists(xs)
		note("listLists", "xs", "ret0", &xs, &r)
	}
	for _, c := range []cells{nil, {1, -2}, make(cells, 20)} {
		c := c
		n, r := cellLists(c)
		note("cellLists", "c", "ret0 ret1", &c, &n, &r)
	}
	for n := 0; n < 10; n += 3 {
		xs, ys := make([]padded, n), make([]*padded, n)
		for i := range xs {
			xs[i] = padded{int8(i), -int64(i), int16(i)}
			if i != 1 {
				ys[i] = &xs[i]
			}
		}
		r0, r1 := recordLists(xs, ys)
		note("recordLists", "xs ys", "ret0 ret1", &xs, &ys, &r0, &r1)
	}
	wide()
	arrays()
}

func wide() {
	for _, n := range []int{0, 1, 8, 9} {
		xs, ys := make([][200]int64, n), make([][40]int32, n)
		for i := range ys {
			ys[i] = [40]int32{int32(i), -1}
		}
		r, s := hugeLists(xs), wideLists(ys)
		note("hugeLists", "xs", "ret0", &xs, &r)
		note("wideLists", "xs", "ret0", &ys, &s)
		es, zs := make([]struct{}, n), make([][0]int, n)
		r = emptyLists(es, zs)
		note("emptyLists", "xs ys", "ret0", &es, &zs, &r)
	}
}

func arrays() {
	for n := -1; n < 3; n++ {
		n := n
		a0, a1, a2, a9 := [0]int{}, [1]int{n}, [2]int{n, -n}, [9]int16{int16(n), 1, 2, 3, 4, 5, 6, 7, -8}
		r0, s0 := arrays0(a0, n)
		note("arrays0", "a n", "ret0 ret1", &a0, &n, &r0, &s0)
		s1, r1 := arrays1(a1, n)
		note("arrays1", "a n", "ret0 ret1", &a1, &n, &s1, &r1)
		m := n * 2
		r2, s2 := arrays2(n, a2, m)
		note("arrays2", "n a m", "ret0 ret1", &n, &a2, &m, &r2, &s2)
		s9, r9 := arrays9(a9, n)
		note("arrays9", "a n", "ret0 ret1", &a9, &n, &s9, &r9)
		t1, t2 := [1]string{"one"}, [2]string{"", strings.Repeat("two", n*n*10)}
		u2, u1 := textArrays(t1, t2)
		note("textArrays", "a b", "ret0 ret1", &t1, &t2, &u2, &u1)
		p, q := pair{n, 5}, &pair{6, n}
		if n == 0 {
			q = nil
		}
		v, w := pairs(p, q)
		note("pairs", "p q", "ret0 ret1", &p, &q, &v, &w)
	}
}
