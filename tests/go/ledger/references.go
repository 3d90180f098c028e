package main

import (
	"strings"
	"time"
)

type (
	celsius float64
	count   int32
	index   map[string]int
	handler func(int) int
	signal  chan struct{}
	toggle  bool
	node    struct {
		Value int
		Next  *node
	}
	weekday uint8
	link    *int
)

//go:noinline
func recordPointers(p *padded) *padded {
	sink++
	return p
}

//go:noinline
func intPointers(p *int, q **int) (**int, *int) { return q, p }

//go:noinline
func textPointers(s *string, xs *[]string) *string {
	sink++
	return s
}

//go:noinline
func nodes(n *node) *node {
	if n == nil {
		return nil
	}
	return n.Next
}

//go:noinline
func maps(m map[string]int, n map[int][]string) (map[int][]string, int) { return n, len(m) }

//go:noinline
func chans(c chan int, in chan<- string, out <-chan struct{}) (<-chan struct{}, chan int) {
	return out, c
}

//go:noinline
func funcs(f func(int) int, n int) func(int) int {
	sink++
	return f
}

//go:noinline
func named(c celsius, n count, i index, h handler, s signal, t toggle, d weekday, l link) (count, weekday, toggle) {
	return n + 1, d + 1, !t
}

//go:noinline
func noErrors(err error, a interface{}, s interface{ String() string }) (interface{}, error) {
	return a, err
}

//go:noinline
func double(n int) int { return 2 * n }

func references() {
	n := -5
	p, s, xs := &n, "behind", []string{"a", "b"}
	for _, r := range []*padded{nil, {1, 1 << 50, -1}} {
		r, t := r, recordPointers(r)
		note("recordPointers", "p", "ret0", &r, &t)
	}
	for _, q := range []*int{nil, p} {
		q, r := q, &q
		r0, r1 := intPointers(q, r)
		note("intPointers", "p q", "ret0 ret1", &q, &r, &r0, &r1)
	}
	for i := 0; i < 2; i++ {
		t, ys := &s, &xs
		if i == 0 {
			t, ys = nil, nil
		}
		r := textPointers(t, ys)
		note("textPointers", "s xs", "ret0", &t, &ys, &r)
	}
	for l := (&node{1, &node{2, &node{3, nil}}}); l != nil; l = l.Next {
		l, r := l, nodes(l)
		note("nodes", "n", "ret0", &l, &r)
	}
	containers()
	captured := 10
	for _, f := range []func(int) int{nil, double, func(n int) int { return n + captured }, counter(5).plus} {
		n, f := 3, f
		r := funcs(f, n)
		note("funcs", "f n", "ret0", &f, &n, &r)
	}
	for i := 0; i < 3; i++ {
		c, n, j, h, t, d := celsius(i), count(-i), index{"a": i}, handler(double), toggle(i == 1), weekday(i)
		s, l := make(signal, i), link(p)
		r0, r1, r2 := named(c, n, j, h, s, t, d, l)
		note("named", "c n i h s t d l", "ret0 ret1 ret2", &c, &n, &j, &h, &s, &t, &d, &l, &r0, &r1, &r2)
	}
}

func containers() {
	for i, length := range []int{-1, 0, 1, 8, 9, 100} {
		m, k, c, in := map[string]int{}, map[int][]string{}, make(chan int, 100), make(chan string, i)
		out := (<-chan struct{})(make(signal))
		for j := 0; j < length; j++ {
			m[strings.Repeat("k", j)], k[j] = j, nil
			c <- j
		}
		for j := 0; j < i; j++ {
			in <- "full"
		}
		given := (chan<- string)(in)
		if length < 0 {
			m, k, c, given, out = nil, nil, nil, nil, nil
		}
		r0, r1 := maps(m, k)
		note("maps", "m n", "ret0 ret1", &m, &k, &r0, &r1)
		s0, s1 := chans(c, given, out)
		note("chans", "c in out", "ret0 ret1", &c, &given, &out, &s0, &s1)
	}
}

// nils are interfaces that hold nothing.
func nils() {
	for i := 0; i < 2; i++ {
		var (
			err error
			a   interface{}
			s   interface{ String() string }
		)
		r0, r1 := noErrors(err, a, s)
		note("noErrors", "err a s", "ret0 ret1", &err, &a, &s, &r0, &r1)
	}
}

type job struct {
	Name    string
	Started time.Time
	Limit   time.Duration
}

//go:noinline
func durations(d time.Duration, n int) (int, time.Duration) { return n, -d }

//go:noinline
func times(t time.Time) time.Time { return t.Add(time.Second) }

//go:noinline
func jobs(j job, k *job) (time.Duration, job) { return j.Limit, j }

func moments() {
	for i, d := range []time.Duration{
		0, 1, -1, 999, 1500, -time.Millisecond * 3 / 2, time.Second, 90*time.Second + time.Nanosecond,
		26*time.Hour + 3*time.Minute + 500*time.Millisecond, 1<<63 - 1, -1 << 63, time.Microsecond * 100, time.Hour,
	} {
		d, n := d, i
		r0, r1 := durations(d, n)
		note("durations", "d n", "ret0 ret1", &d, &n, &r0, &r1)
	}
	all := []time.Time{
		{}, time.Unix(0, 0), time.Unix(1700000000, 120000000), time.Unix(-1, 999999999), time.Now(),
		time.Date(2026, 11, 22, 3, 4, 5, 6, time.FixedZone("east", 7200)), time.Date(1884, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Now().Round(0),
		time.Date(812, 2, 29, 1, 0, 0, 0, time.UTC),
	}
	for i, t := range all {
		t := t
		r := times(t)
		note("times", "t", "ret0", &t, &r)
		j := job{"job", t, time.Duration(i) * time.Millisecond}
		k := &j
		if i == 0 {
			k = nil
		}
		r0, r1 := jobs(j, k)
		note("jobs", "j k", "ret0 ret1", &j, &k, &r0, &r1)
	}
}
