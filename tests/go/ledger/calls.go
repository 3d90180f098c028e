package main

import (
	"strings"
	"sync"
)

//go:noinline
func several(n int, s string) (int, string, bool, []int) { return n + 1, s + "!", n > 0, []int{n} }

//go:noinline
func namedResults(n int) (sum int, text string, ok bool) {
	sum, text = n*2, "named"
	ok = sum > 0
	return
}

//go:noinline
func blankResults(n int) (_ int, s string, _ bool) { return n, "s", true }

//go:noinline
func blankParameters(_ int, n int, _ string, s string, _ float64, b bool) (string, int, bool) {
	return s, n, b
}

//go:noinline
func blankFirst(_ int8, n int16) int16 { return n }

//go:noinline
func blankText(_ string, p *padded, xs []int) ([]int, *padded) { return xs, p }

//go:noinline
func blankLarge(_ large, n int, _ [2]int, m int8) int { return n + int(m) }

// blankStacked has all but one on the stack.
//
//go:noinline
func blankStacked(_ [2]int, n int8, m [2]int) [2]int { return [2]int{m[1], int(n)} }

// blankBetween has one where there is room between the others.
//
//go:noinline
func blankBetween(a int8, _ int16, n int64, b bool) (int64, bool) { return n + int64(a), b }

//go:noinline
func unnamed(int, string) int { return 9 }

//go:noinline
func nothing() { sink++ }

//go:noinline
func manyInts(a, b, c, d, e, f, g, h, i, j, k, l int) (int, int, int, int, int, int, int, int, int, int, int, int) {
	return l, k, j, i, h, g, f, e, d, c, b, a
}

// manyNarrow has values of all sizes beside each other on the stack.
//
//go:noinline
func manyNarrow(a, b, c, d, e, f, g, h int, i bool, j int8, k int16, l bool, m int32, n uint8, o string, p int64, q [3]uint16, r bool) (
	[3]uint16, uint8, bool, string, int16, [2]bool) {
	return q, n, r, o, k, [2]bool{l, i}
}

// partly has a struct that no longer finds room in registers, and one behind it that does.
//
//go:noinline
func partly(a, b []int, s nested, t string, c small, n int8) (small, nested, int8, []int) {
	return c, s, n, b
}

// reassigned gives one parameter the value of another, as of which DWARF may say that it was there from
// the beginning.
//
//go:noinline
func reassigned(s *shape, from, least, most int) (int, int) {
	if most == 0 {
		most = least
	}
	if len(s.sides) > 3 {
		most = -most
		sink++
	}
	for i := from; i < len(s.sides); i++ {
		if s.sides[i] > most {
			return i, most
		}
	}
	return -1, most
}

func results() {
	for i := -1; i < 3; i++ {
		n, s, f, b := i, strings.Repeat("s", i+1), 0.5, i > 0
		r0, r1, r2, r3 := several(n, s)
		note("several", "n s", "ret0 ret1 ret2 ret3", &n, &s, &r0, &r1, &r2, &r3)
		sum, text, ok := namedResults(n)
		note("namedResults", "n", "sum text ok", &n, &sum, &text, &ok)
		s0, s1, s2 := blankResults(n)
		note("blankResults", "n", "ret0 s ret2", &n, &s0, &s1, &s2)
		t0, t1, t2 := blankParameters(n, n+1, "blank", s, f, b)
		m, l := n+1, "blank"
		note("blankParameters", "_ n _ s _ b", "ret0 ret1 ret2", &n, &m, &l, &s, &f, &b, &t0, &t1, &t2)
		u0 := unnamed(n, s)
		note("unnamed", "_ _", "ret0", &n, &s, &u0)
		nothing()
		note("nothing", "", "")
	}
	blank()
	many()
}

func blank() {
	for i := -1; i < 2; i++ {
		a, b, s, p, xs := int8(i), int16(i*1000), "blank", &padded{1, 2, int16(i)}, []int{i, 2}
		r := blankFirst(a, b)
		note("blankFirst", "_ n", "ret0", &a, &b, &r)
		s0, s1 := blankText(s, p, xs)
		note("blankText", "_ p xs", "ret0 ret1", &s, &p, &xs, &s0, &s1)
		l, n, q := large{}, i, [2]int{}
		u := blankLarge(l, n, q, a)
		note("blankLarge", "_ n _ m", "ret0", &l, &n, &q, &a, &u)
		m := [2]int{5, i}
		v := blankStacked(q, a, m)
		note("blankStacked", "_ n m", "ret0", &q, &a, &m, &v)
		c, d := int64(i)<<50, i > 0
		w0, w1 := blankBetween(a, b, c, d)
		note("blankBetween", "a _ n b", "ret0 ret1", &a, &b, &c, &d, &w0, &w1)
	}
}

func many() {
	for i := -1; i < 2; i++ {
		v := [12]int{}
		for j := range v {
			v[j] = (j + 1) << 56 * i
		}
		var r [12]int
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11] =
			manyInts(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11])
		note("manyInts", "a b c d e f g h i j k l", "ret0 ret1 ret2 ret3 ret4 ret5 ret6 ret7 ret8 ret9 ret10 ret11",
			&v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9], &v[10], &v[11],
			&r[0], &r[1], &r[2], &r[3], &r[4], &r[5], &r[6], &r[7], &r[8], &r[9], &r[10], &r[11])
		f, j, k, l, m, n, o, p, q, s := i == 0, int8(i), int16(-i), true, int32(i)<<20, uint8(i), "oh", int64(i), [3]uint16{1, 2, uint16(i)}, i > 0
		r0, r1, r2, r3, r4, r5 := manyNarrow(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], f, j, k, l, m, n, o, p, q, s)
		note("manyNarrow", "a b c d e f g h i j k l m n o p q r", "ret0 ret1 ret2 ret3 ret4 ret5",
			&v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &f, &j, &k, &l, &m, &n, &o, &p, &q, &s, &r0, &r1, &r2, &r3, &r4, &r5)
		x, y, in, t, c := []int{i}, ramp(9), nested{Flag: true}, "partly", small{int8(i)}
		in.Deep.T = "deep"
		s0, s1, s2, s3 := partly(x, y, in, t, c, j)
		note("partly", "a b s t c n", "ret0 ret1 ret2 ret3", &x, &y, &in, &t, &c, &j, &s0, &s1, &s2, &s3)
	}
}

type counter int

//go:noinline
func (c counter) plus(n int) int { return int(c) + n }

//go:noinline
func (c *counter) add(n int) (before int) {
	before = int(*c)
	*c += counter(n)
	return
}

type shape struct {
	name  string
	sides []int
}

//go:noinline
func (s shape) area(scale int) (string, int) { return s.name, scale * len(s.sides) }

//go:noinline
func (s *shape) grow(by ...int) *shape { return &shape{s.name, append(s.sides, by...)} }

//go:noinline
func (*shape) nameless(n int) int { return n }

//go:noinline
func (p point) distant(n int) (int, point) {
	sink++
	return n, p
}

func methods() {
	c := counter(100)
	for i := -1; i < 3; i++ {
		n, before := i, c
		behind := &before
		r := c.add(n)
		note("(*counter).add", "c n", "before", &behind, &n, &r)
		now, s := c, c.plus(n)
		note("counter.plus", "c n", "ret0", &now, &n, &s)
		a := shape{strings.Repeat("shape", i+1), ramp(i + 1)}
		r0, r1 := a.area(n)
		note("shape.area", "s scale", "ret0 ret1", &a, &n, &r0, &r1)
		b, by := &a, []int{n, 2}
		t := b.grow(by...)
		note("(*shape).grow", "s by", "ret0", &b, &by, &t)
		u := b.nameless(n)
		note("(*shape).nameless", "_ n", "ret0", &b, &n, &u)
		least, most := n*2, n/2
		i0, i1 := reassigned(b, n+1, least, most)
		from := n + 1
		note("reassigned", "s from least most", "ret0 ret1", &b, &from, &least, &most, &i0, &i1)
		p := point{float64(i), 1}
		s0, s1 := p.distant(n)
		note("point.distant", "p n", "ret0 ret1", &p, &n, &s0, &s1)
	}
}

//go:noinline
func recursive(n int, s string, p *padded) (int, string) {
	if n == 0 {
		return 0, s
	}
	m, t, q := n-1, s+"x", &padded{int8(n), int64(n), 0}
	below, text := recursive(m, t, q)
	note("recursive", "n s p", "ret0 ret1", &m, &t, &q, &below, &text)
	return below + n, text
}

var sink int

// growing has its stack moved again and again while its arguments point into it.
//
//go:noinline
func growing(depth int, bytes []byte, text string, xs []int, p *padded) (int, []int) {
	var room [2048]byte
	copy(room[:], bytes)
	if depth > 0 {
		own, local := [3]int{depth, 2, 3}, padded{int8(depth), 4, 5}
		d := depth - 1
		growingFrom(d, room[:depth%8], text, own[:depth%4], &local)
	}
	sink += int(room[0]) + len(text) + int(p.B)
	return depth, xs
}

// growingFrom keeps a copy of what growing is given, which is to stay on the stack.
//
//go:noinline
func growingFrom(depth int, bytes []byte, text string, xs []int, p *padded) {
	keptBytes, keptXs, keptRecord := append([]byte{}, bytes...), append([]int{}, xs...), *p
	kept := &keptRecord
	r0, r1 := growing(depth, bytes, text, xs, p)
	if r0 != depth || len(r1) != len(xs) {
		panic("growing is not as it should be")
	}
	note("growing", "depth bytes text xs p", "ret0 ret1", &depth, &keptBytes, &text, &keptXs, &kept, &r0, &keptXs)
}

func stacks() {
	n, s, p := 12, "deep", &padded{}
	r0, r1 := recursive(n, s, p)
	note("recursive", "n s p", "ret0 ret1", &n, &s, &p, &r0, &r1)
	for i := 0; i < 2; i++ {
		done := make(chan bool)
		go func() {
			growingFrom(100, []byte("start"), "text", []int{1}, &padded{1, 2, 3})
			done <- true
		}()
		<-done
	}
}

//go:noinline
func raises(n int, s string) (int, string) {
	if n >= 0 {
		panic(s)
	}
	return n, s
}

//go:noinline
func passes(n int, s string) (r int) {
	m := n - 10
	r, _ = raises(m, s)
	return r
}

//go:noinline
func recovers(n int, s string) (result int, text string) {
	defer func() {
		if r := recover(); r != nil {
			result, text = -n, "recovered "+r.(string)
		}
	}()
	return passes(n, s), "fine"
}

//go:noinline
func defers(n int) (result int, err string) {
	defer func() { result, err = result+1, "deferred" }()
	return n * 2, ""
}

func ends() {
	for i := 8; i < 13; i++ {
		n, s := i, strings.Repeat("why", i-7)
		r, t := recovers(n, s)
		m := n - 10
		if m >= 0 {
			lost("raises", "n s", &m, &s)
			lost("passes", "n s", &n, &s)
		} else {
			note("raises", "n s", "ret0 ret1", &m, &s, &m, &s)
			note("passes", "n s", "r", &n, &s, &m)
		}
		note("recovers", "n s", "result text", &n, &s, &r, &t)
		r, t = defers(n)
		note("defers", "n", "result err", &n, &r, &t)
	}
}

//go:noinline
func worker(id, n int, s string, xs []int) (string, int) { return s, id*1000 + n + len(xs) }

func crowd() {
	var all sync.WaitGroup
	for id := 0; id < 8; id++ {
		all.Add(1)
		go func(id int) {
			defer all.Done()
			for n := 0; n < 25; n++ {
				n, s, xs := n, strings.Repeat("w", id), ramp(n%4)
				r0, r1 := worker(id, n, s, xs)
				note("worker", "id n s xs", "ret0 ret1", &id, &n, &s, &xs, &r0, &r1)
			}
		}(id)
	}
	all.Wait()
}
