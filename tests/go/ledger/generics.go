//go:build go1.18
// +build go1.18

package main

type number interface{ ~int | ~int16 | ~float64 }

//go:noinline
func largest[T number](first T, others ...T) T {
	for _, x := range others {
		if x > first {
			first = x
		}
	}
	return first
}

type twin[A, B any] struct {
	First  A
	Second B
}

//go:noinline
func (t *twin[A, B]) swapped(n int) (twin[B, A], int) { return twin[B, A]{t.Second, t.First}, n }

//go:noinline
func keep[T any](n int, x T, p *T) (T, int) { return x, n }

func init() { generic = generics }

func generics() {
	for i := 0; i < 3; i++ {
		n, xs, m, ys := i, ramp(i), int16(i), []int16{5, -5, int16(i)}
		r, s := largest(n, xs...), largest(m, ys...)
		note("largest[int]", "first others", "ret0", &n, &xs, &r)
		note("largest[int16]", "first others", "ret0", &m, &ys, &s)
		t := &twin[string, int8]{"first", int8(i)}
		u, k := t.swapped(n)
		note("(*twin[string,int8]).swapped", "t n", "ret0 ret1", &t, &n, &u, &k)
		text := "kept"
		p := &text
		r0, r1 := keep(n, text, p)
		note("keep[string]", "n x p", "ret0 ret1", &n, &text, &p, &r0, &r1)
		q, record := &padded{int8(i), 2, 3}, padded{4, 5, int16(i)}
		s0, s1 := keep(n, record, q)
		note("keep[main.padded]", "n x p", "ret0 ret1", &n, &record, &q, &s0, &s1)
	}
}
