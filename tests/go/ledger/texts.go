package main

import "strings"

type (
	title string
	blob  []byte
	id    [16]byte
)

//go:noinline
func texts1(s string) string { return s + s }

//go:noinline
func titles(t title, n int) (int, title) { return n + len(t), t }

//go:noinline
func byteLists(b []byte) []byte { return b }

//go:noinline
func blobs(n int, b blob) blob { return b[:n] }

//go:noinline
func ids(n int, i id) (id, int) { return i, n }

//go:noinline
func smallArrays(a [3]byte, b [1]byte) ([1]byte, [3]byte) { return b, a }

//go:noinline
func threeTexts(a, b, c string) (x, y, z string) { return c, b, a }

// fiveTexts has one more than there are registers for.
//
//go:noinline
func fiveTexts(a, b, c, d, e string) (string, string, string, string, string) { return e, d, c, b, a }

func texts() {
	all := []string{
		"", "a", "plain text", "Grüße, 世界 😀", "zero\x00inside", `"quoted" \ and`, "tab\tline\nend", "\xff\xfe broken",
		strings.Repeat("x", 127), strings.Repeat("x", 128), strings.Repeat("x", 129), strings.Repeat("0123456789", 100),
		// The 128th byte is in the midst of a character.
		strings.Repeat("x", 127) + "é", strings.Repeat("x", 126) + "世", strings.Repeat("x", 125) + "😀!",
		strings.Repeat("\xff", 200), strings.Repeat("\x00", 300), strings.Repeat("é", 64), strings.Repeat("é", 65),
	}
	for i, s := range all {
		s, r, t, n := s, texts1(s), title(s), i
		note("texts1", "s", "ret0", &s, &r)
		r0, r1 := titles(t, n)
		note("titles", "t n", "ret0 ret1", &t, &n, &r0, &r1)
		b := []byte(s)
		q := byteLists(b)
		note("byteLists", "b", "ret0", &b, &q)
	}
	for _, n := range []int{0, 1, 128, 129, 200} {
		n, b := n, blob(strings.Repeat("0123456789", 30))
		r := blobs(n, b)
		note("blobs", "n b", "ret0", &n, &b, &r)
	}
	for n := 0; n < 3; n++ {
		n, i := n, id{}
		copy(i[:], all[n+2])
		r0, r1 := ids(n, i)
		note("ids", "n i", "ret0 ret1", &n, &i, &r0, &r1)
		a, b := [3]byte{'a', 'b', byte(n)}, [1]byte{byte(n) + 'x'}
		s0, s1 := smallArrays(a, b)
		note("smallArrays", "a b", "ret0 ret1", &a, &b, &s0, &s1)
	}
	for i := 0; i < 4; i++ {
		a, b, c, d, e := all[i], all[i+1], all[i+2], "fourth", strings.Repeat("fifth", i*10)
		x, y, z := threeTexts(a, b, c)
		note("threeTexts", "a b c", "x y z", &a, &b, &c, &x, &y, &z)
		r0, r1, r2, r3, r4 := fiveTexts(a, b, c, d, e)
		note("fiveTexts", "a b c d e", "ret0 ret1 ret2 ret3 ret4", &a, &b, &c, &d, &e, &r0, &r1, &r2, &r3, &r4)
	}
}
