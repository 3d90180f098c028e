package main

import "math"

type point struct{ X, Y float64 }

type sample struct {
	Single float32
	Double float64
	Waves  complex64
	Name   string
}

//go:noinline
func float32s(x float32) float32 { return x * 2 }

//go:noinline
func float64s(x float64) float64 { return x * 2 }

//go:noinline
func complex64s(x complex64) complex64 { return -x }

//go:noinline
func complex128s(x complex128) complex128 { return -x }

//go:noinline
func points(p point) point { return point{p.Y, p.X} }

//go:noinline
func pointsBehind(p *point) *point {
	sink++
	return p
}

//go:noinline
func samples(s sample) (int, sample) { return 1, s }

//go:noinline
func samplesBehind(s *sample) *sample {
	sink++
	return s
}

//go:noinline
func realLists(xs []float64, ys []float32, zs []complex128) ([]float32, int) {
	return ys, len(xs) + len(zs)
}

//go:noinline
func mixed(a int8, x float64, s string, y float32, p point, n int) (float64, int, string) {
	return x + float64(y) + p.X, n + int(a), s
}

// manyReals has more of them than there are registers.
//
//go:noinline
func manyReals(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q float64, r float32) (float64, float32) {
	return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q, r
}

//go:noinline
func oneReal(a [1]float64, b [2]float64) ([2]float64, [1]float64) { return b, a }

func reals() {
	all := []float64{0, 1, -1.5, math.Pi, 1e300, -5e-324, math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1)}
	for _, x := range all {
		x, y, z, w := x, float32(x), complex(x, -x), complex64(complex(x, 1))
		r0, r1, r2, r3 := float64s(x), float32s(y), complex128s(z), complex64s(w)
		note("float64s", "x", "ret0", &x, &r0)
		note("float32s", "x", "ret0", &y, &r1)
		note("complex128s", "x", "ret0", &z, &r2)
		note("complex64s", "x", "ret0", &w, &r3)
	}
	for _, x := range all {
		p := point{x, 2}
		q, r := &p, points(p)
		note("points", "p", "ret0", &p, &r)
		behind := pointsBehind(q)
		note("pointsBehind", "p", "ret0", &q, &behind)
		s := sample{float32(x), x, complex64(complex(1, x)), "sample"}
		r0, r1 := samples(s)
		note("samples", "s", "ret0 ret1", &s, &r0, &r1)
		t := &s
		u := samplesBehind(t)
		note("samplesBehind", "s", "ret0", &t, &u)
	}
	for i := 0; i < 3; i++ {
		xs, ys, zs := all[:i*2], []float32{1, -0.1, float32(i)}, []complex128{complex(1, float64(-i)), 0.5}
		r0, r1 := realLists(xs, ys, zs)
		note("realLists", "xs ys zs", "ret0 ret1", &xs, &ys, &zs, &r0, &r1)
	}
	for i := 0; i < 3; i++ {
		a, x, s, y, p, n := int8(i), 0.5, "mixed", float32(i), point{1, 2}, -i
		r0, r1, r2 := mixed(a, x, s, y, p, n)
		note("mixed", "a x s y p n", "ret0 ret1 ret2", &a, &x, &s, &y, &p, &n, &r0, &r1, &r2)
	}
	for i := 0; i < 2; i++ {
		a, b, c, d, e, f, g, h, j := 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5
		p, q, r := 16.5+float64(i), -17.5, float32(-18.5)
		r0, r1 := manyReals(a, b, c, d, e, f, g, h, j, a, b, c, d, e, f, p, q, r)
		note("manyReals", "a b c d e f g h i j k l m n o p q r", "ret0 ret1",
			&a, &b, &c, &d, &e, &f, &g, &h, &j, &a, &b, &c, &d, &e, &f, &p, &q, &r, &r0, &r1)
	}
	for i := 0; i < 2; i++ {
		a, b := [1]float64{float64(i)}, [2]float64{-1, float64(i)}
		r0, r1 := oneReal(a, b)
		note("oneReal", "a b", "ret0 ret1", &a, &b, &r0, &r1)
	}
}
