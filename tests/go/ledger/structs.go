package main

import "strings"

type (
	small  struct{ A int8 }
	padded struct {
		A int8
		B int64
		C int16
	}
	nested struct {
		In   padded
		Flag bool
		Deep struct {
			S small
			T string
		}
	}
	base struct {
		ID   int32
		Name string
	}
	embedding struct {
		base
		*small
		Extra uint8
	}
	blanks struct {
		A int8
		_ int32
		B int16
		_ [0]int
	}
	empty struct{}
	large struct {
		A, B, C, D, E, F int
		S, T             string
		U                uint8
	}
	holder struct {
		Name  string
		List  []int16
		P     *padded
		Q     **int
		M     map[string]int
		C     chan bool
		F     func()
		Err   error
		Inner struct{ Names []string }
	}
	level5 struct{ S string }
	level4 struct{ L level5 }
	level3 struct{ L level4 }
	level2 struct{ L level3 }
	level1 struct{ L level2 }
	nest   struct {
		L level1
		N int
	}
	hidden struct {
		a  uint8
		b  string
		ok bool
	}
	huge struct {
		N     int
		Block [300]byte
	}
)

//go:noinline
func smalls(s small) small { return small{-s.A} }

//go:noinline
func paddeds(p padded, n int16) (int16, padded) { return n, padded{p.A + 1, p.B + 1, p.C + 1} }

//go:noinline
func nesteds(n nested) nested { return n }

//go:noinline
func embeddings(e embedding) (embedding, int32) { return e, e.ID }

//go:noinline
func blankFields(b blanks, n int) (int, blanks) { return n + int(b.B), b }

//go:noinline
func empties(e empty, n int, f *empty) (empty, int) {
	sink++
	return e, n
}

//go:noinline
func larges(l large, n int) (int, large) { return n, l }

//go:noinline
func holders(h holder) int { return len(h.Name) }

//go:noinline
func holdersBehind(h *holder) (int, *holder) { return len(h.Name), h }

//go:noinline
func nests(n nest) nest { return n }

//go:noinline
func hiddens(h hidden, n *hidden) (bool, hidden) { return h.ok, h }

//go:noinline
func huges(h *huge) *huge {
	sink++
	return h
}

//go:noinline
func anonymous(s struct {
	N int
	S string
}, t struct{ a, b int8 }) int {
	return s.N + int(t.a)
}

func structs() {
	for i := -2; i < 2; i++ {
		s, p, n := small{int8(i)}, padded{int8(i), int64(i) << 40, int16(-i)}, int16(i)
		r := smalls(s)
		note("smalls", "s", "ret0", &s, &r)
		r0, r1 := paddeds(p, n)
		note("paddeds", "p n", "ret0 ret1", &p, &n, &r0, &r1)
		q := nested{In: p, Flag: i == 0}
		q.Deep.S, q.Deep.T = s, strings.Repeat("deep", i+2)
		t := nesteds(q)
		note("nesteds", "n", "ret0", &q, &t)
		e := embedding{base{int32(i), "name"}, &s, uint8(i)}
		if i == 0 {
			e.small = nil
		}
		s0, s1 := embeddings(e)
		note("embeddings", "e", "ret0 ret1", &e, &s0, &s1)
		b, k := blanks{A: int8(i), B: int16(i) * 100}, i
		t0, t1 := blankFields(b, k)
		note("blankFields", "b n", "ret0 ret1", &b, &k, &t0, &t1)
		v, w := empty{}, &empty{}
		u0, u1 := empties(v, k, w)
		note("empties", "e n f", "ret0 ret1", &v, &k, &w, &u0, &u1)
		l := large{i, 2, 3, 4, 5, 6, "seven", strings.Repeat("eight", 20), uint8(i)}
		v0, v1 := larges(l, k)
		note("larges", "l n", "ret0 ret1", &l, &k, &v0, &v1)
	}
	n := 8
	m := &n
	h := holder{Name: strings.Repeat("holder", 20), List: []int16{1, -2}, P: &padded{1, 2, 3}, Q: &m,
		M: map[string]int{"a": 1, "b": 2}, C: make(chan bool, 3), F: structs}
	h.Inner.Names = []string{"x", strings.Repeat("y", 70)}
	h.C <- true
	for _, h := range []holder{{}, h} {
		h := h
		r := holders(h)
		note("holders", "h", "ret0", &h, &r)
		p := &h
		r0, r1 := holdersBehind(p)
		note("holdersBehind", "h", "ret0 ret1", &p, &r0, &r1)
	}
	var deep nest
	deep.L.L.L.L.L.S, deep.N = "bottom", 6
	r := nests(deep)
	note("nests", "n", "ret0", &deep, &r)
	for _, g := range []*hidden{nil, {5, "unexported", true}} {
		g, h := g, hidden{255, "b", false}
		r0, r1 := hiddens(h, g)
		note("hiddens", "h n", "ret0 ret1", &h, &g, &r0, &r1)
	}
	big := &huge{N: 1}
	s := huges(big)
	note("huges", "h", "ret0", &big, &s)
	for i := 0; i < 3; i++ {
		s, t := struct {
			N int
			S string
		}{i, "s"}, struct{ a, b int8 }{int8(-i), 9}
		r := anonymous(s, t)
		note("anonymous", "s t", "ret0", &s, &t, &r)
	}
}
