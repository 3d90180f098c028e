package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type (
	wrongly  struct{ Code int }
	badly    string
	stringer interface{ String() string }
	speaker  struct{ words string }
	refusal  struct {
		Code   int32
		Final  bool
		Reason string
		Wait   time.Duration
		At     time.Time
	}
	doubly   struct{ Op, Path string }
	lonesome struct{ N *int }
)

func (w *wrongly) Error() string { return "wrong: " + strconv.Itoa(w.Code) }

func (r *refusal) Error() string {
	if r == nil {
		return "none"
	}
	return r.Reason
}

func (d doubly) Error() string { return d.Op + d.Path }

func (b badly) Error() string { return "bad: " + string(b) }

func (s speaker) String() string { return s.words }

//go:noinline
func anything(x interface{}) interface{} { return x }

//go:noinline
func stringers(s stringer, n int) (int, stringer) { return n, s }

//go:noinline
func lookup(n int) (found int, err error) { return n, failureOf(n) }

//go:noinline
func check(err error, n int) (error, int) { return err, n }

// failureOf is each kind of error in turn.
func failureOf(n int) error {
	switch n {
	case 1:
		return errors.New("plain error")
	case 2:
		return fmt.Errorf("outer: %w", io.EOF)
	case 3:
		_, err := os.Open("/there/is/no/such/file")
		return err
	case 4:
		return &wrongly{42}
	case 5:
		return badly("luck")
	case 6:
		return io.EOF
	case 7:
		return syscall.ENOENT
	case 8:
		_, err := strconv.Atoi("twelve")
		return err
	case 9:
		return fmt.Errorf("number %d of many", n)
	case 10:
		_, err := url.Parse("http://[::1")
		return err
	case 11:
		return &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("refused")}
	case 12:
		return &refusal{-3, true, "not now", time.Minute, time.Unix(1600000000, 5).UTC()}
	case 13:
		return doubly{"first", "second"}
	case 14:
		return &doubly{"behind", strings.Repeat("long", 50)}
	case 15:
		return (*refusal)(nil)
	}
	return nil
}

const failuresOfAllKinds = 16

func interfaces() {
	n, one, words := 5, 1, "behind a pointer"
	for i, x := range []interface{}{
		nil, 5, -7, int8(-8), uint16(65535), uint64(1 << 63), 1.5, true, false, "text", "", byte(200), 'é', celsius(36.6), count(9), title("typed"),
		&n, (*int)(nil), padded{1, 2, 3}, &padded{4, 5, 6}, []int{1, 2}, []string(nil), map[string]int{"a": 1}, double,
		[2]int{1, 2}, small{3}, struct{}{}, make(chan int, 2), complex(1, 2), uintptr(77),
		&words, &[]int{1}, new([]int), &[2]int{3, 4}, lonesome{&n}, &lonesome{&n}, time.Second, time.Unix(1600000000, 0).UTC(),
		nested{In: padded{1, 2, 3}, Flag: true}, large{A: 1, F: 6, S: "far"}, nest{N: 7}, nest{L: level1{L: level2{L: level3{L: level4{L: level5{"deep"}}}}}},
		holder{Name: "held", P: &padded{}}, doubly{"one", "two"}, embedding{base: base{ID: 4, Name: "base"}, Extra: 5},
	} {
		// What nobody has read yet may not be in memory, and is not had there by reading it.
		_ = fmt.Sprint(x)
		x, r := x, anything(x)
		note("anything", "x", "ret0", &x, &r)
		if s, ok := x.(stringer); ok {
			r0, r1 := stringers(s, i)
			note("stringers", "s n", "ret0 ret1", &s, &i, &r0, &r1)
		}
	}
	for _, s := range []stringer{nil, speaker{"spoken"}, &speaker{"behind"}} {
		s := s
		r0, r1 := stringers(s, one)
		note("stringers", "s n", "ret0 ret1", &s, &one, &r0, &r1)
	}
}

func failures() {
	for i := 0; i < failuresOfAllKinds; i++ {
		n := i
		found, err := lookup(n)
		note("lookup", "n", "found err", &n, &found, &err)
		again, m := check(err, n)
		note("check", "err n", "ret0 ret1", &err, &n, &again, &m)
	}
}
