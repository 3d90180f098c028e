package main

import (
	"io"
	"sync"
	"time"
	"unsafe"
)

//go:noinline
func nothing() { sink++ }

//go:noinline
func signed(a int, b int8, c int16, d int32, e int64) int {
	return a + int(b) + int(c) + int(d) + int(e)
}

//go:noinline
func unsigned(a uint, b uint8, c uint16, d uint32, e uint64, f uintptr) uint64 {
	return uint64(a) + uint64(b) + uint64(c) + uint64(d) + e + uint64(f)
}

//go:noinline
func truths(a, b bool) (both, either bool) { return a && b, a || b }

//go:noinline
func floats(a float32, b float64) (float64, float32) { return float64(a) * b, float32(b) }

//go:noinline
func complexes(a complex64, b complex128) complex128 { return complex128(a) * b }

//go:noinline
func runes(r rune, b byte) string { return string(r) + string(rune(b)) }

//go:noinline
func text(a, b string) string { return a + b }

//go:noinline
func slices(a []int, b []string, c []byte, d [][]float64) int {
	return a[0] + len(b[0]) + int(c[0]) + len(d[0])
}

//go:noinline
func arrayOfNone(a [0]int, b int) int { return len(a) + b }

//go:noinline
func arrayOfOne(a [1]string, b int) int { return len(a[0]) + b }

//go:noinline
func arrayOfTwo(a [2]int, b int) int { return a[b&1] + a[0] }

//go:noinline
func nestedArrays(a [1][1]int, b *[3][2]string) int { return a[0][0] + len(b[1][0]) }

//go:noinline
func structures(p point, r rect) int32 { return p.X + r.Max.Y + int32(len(r.label)) }

//go:noinline
func mixture(m mixed, e empty, t emptyEnd) int { return int(m.n) + len(m.name) + t.n + int(m.ratio) }

//go:noinline
func paddings(p padded, q int) int { return int(p.b) + int(p.a) + q }

//go:noinline
func blankFields(g gaps, q int) int { return int(g.b) + int(g.a) + q }

//go:noinline
func embeds(e embedding) int { return e.n + int(e.X) + len(e.label) }

//go:noinline
func tooLarge(l large, n int) int { return int(l.words[n&7]) + len(l.name) }

//go:noinline
func anonymous(s struct {
	a int
	b string `json:"b"`
}, p *struct{ x, y float64 }) int {
	return s.a + len(s.b) + int(p.x)
}

//go:noinline
func links(n *node, t tree) int { return n.value + len(t.names) }

//go:noinline
func pointers(a *int, b **string, c *rect, d unsafe.Pointer, e link) bool {
	return *a == len(**b) && c.Min.X == 0 && d != nil && e != nil
}

//go:noinline
func maps(a map[string]int, b map[point]*rect, c map[int]struct{}, d inventory, e map[[2]int]map[string][]byte) int {
	return a["a"] + len(b) + len(c) + len(d) + len(e)
}

//go:noinline
func chans(a chan int, b <-chan string, c chan<- error, d queue, e chan chan bool) int {
	return cap(a) + cap(b) + cap(c) + cap(d) + cap(e)
}

//go:noinline
func callbacks(a func(), b func(int, string) (bool, error), c handler, d func(...int)) bool {
	return a != nil && b != nil && c != nil && d != nil
}

//go:noinline
func interfaces(a interface{}, b error, c shape, d io.Writer, e interface{ name() string }) bool {
	return a != nil && b != nil && c != nil && d != nil && e != nil
}

//go:noinline
func named(a names, b celsius, c weekday, d grid) int { return len(a) + int(b) + int(c) + int(d[0][1]) }

//go:noinline
func times(d time.Duration, t time.Time, m time.Month, w *sync.WaitGroup) bool {
	return t.Add(d).Month() == m && w != nil
}

//go:noinline
func variadic(format string, rest ...interface{}) int { return len(format) + len(rest) }

//go:noinline
func variadicInts(rest ...int) int { return rest[0] }

//go:noinline
func blanks(a int, _ string, b int, _ float64) int { return a + b }

//go:noinline
func unnamed(int, string, []byte) int { sink++; return sink }

//go:noinline
func unused(a, not int, b string, norThis string) int { return a + len(b) }

//go:noinline
func onlyLengths(a string, b []int, c string) int { return len(a) + cap(b) + len(c) }

//go:noinline
func several(a int) (int, string, error) { return a, "", nil }

//go:noinline
func namedResults(a int) (n int, text string, err error) {
	n = a
	if a > 1000 {
		err = io.EOF
	}
	return
}

//go:noinline
func blankResults(a int) (_ int, _ string, ok bool) { return a, "", a > 0 }

//go:noinline
func deferring(a int) (n int, err error) {
	defer func() { n, err = a+1, io.EOF }()
	sink += a
	return a, nil
}

//go:noinline
func returnsLarge(n int) (large, rect, [2]int, [1]point) {
	return large{name: "x"}, rect{label: "y"}, [2]int{n, n}, [1]point{{X: int32(n)}}
}

//go:noinline
func manyInts(a, b, c, d, e, f, g, h, i, j, k, l int) int {
	return a + b + c + d + e + f + g + h + i + j + k + l
}

//go:noinline
func manyFloats(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q float64) float64 {
	return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q
}

//go:noinline
func spilled(a int, b string, c []int, d interface{}, e string, f int, g float64, h int) int {
	return a + len(b) + len(c) + len(e) + f + int(g) + h + sizeOf(d)
}

//go:noinline
func interleaved(a [2]int, b int, c large, d float32, e [1]bool, f celsius) int {
	if e[0] {
		b++
	}
	return a[b&1] + int(c.words[0]) + int(d) + int(f)
}

//go:noinline
func addressed(a int, s string) (*int, *string) { return &a, &s }

//go:noinline
func reassigned(a int, s string) int {
	for a < 10 {
		a += len(s)
		s += "x"
	}
	return a
}

func (p point) sum(n int32) int32 { return p.X + p.Y + n }

//go:noinline
func (p *point) move(dx, dy int32) { p.X += dx; p.Y += dy }

//go:noinline
func (r rect) width(_ int) int32 { return r.Max.X - r.Min.X }

//go:noinline
func (celsius) unit(long bool) string {
	if long {
		return "degrees"
	}
	return "C"
}

//go:noinline
func (n names) has(name string) (found bool) {
	for _, one := range n {
		found = found || one == name
	}
	return
}

//go:noinline
func (h handler) serve(w io.Writer) error { return h(w, 1) }

// These are inlined where they are called, and there by themselves as well.

func inlinable(a int, b string, c float64) (n int) { return a + len(b) + int(c) }

func inlinableBlanks(_ int, a int, _ string, b string) (int, bool) { return a + len(b), a > 0 }

func inlinableUnused(not int, a string, norThis float64) int { return len(a) }

func inlinableShadow(a int) (n int) {
	if b := a * 2; b > 10 {
		a := b + sink
		n = a
	}
	return n
}

func inlinableZero(none [0]int, a int, e empty) int { return a + len(none) }

//go:noinline
func makeClosure(captured int, text string) func(a int, b string) (c int) {
	return func(a int, b string) (c int) {
		captured++
		c = a + captured + len(b) + len(text)
		return
	}
}

//go:noinline
func local(a int) int {
	type inner struct{ a, b int }
	add := func(i inner, n int) int { return i.a + i.b + n + sink }
	sink += a
	return pass(add)(inner{a, a}, a)
}

//go:noinline
func pass(f interface{}) func(a, b interface{}) int {
	return func(a, b interface{}) int { return 1 }
}

//go:noinline
func sizeOf(v interface{}) int {
	if v == nil {
		return 0
	}
	return sink
}
