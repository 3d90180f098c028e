// Package ledger keeps what a program knows of its own calls: of each function, how many there were
// and how they ended.
//
// It writes its JSON by hand, since encoding/json would be by far the largest part to build.
package ledger

import (
	"strconv"
	"sync/atomic"
)

// Calls is the account of one function. A call that has entered, but has neither left nor stays, was
// unwound.
type Calls struct {
	name                   string
	entered, left, staying int64
}

var all []*Calls

// Of opens the account of a function, by its name in Go's function table. Generic functions go by
// the shapes of their types, as from Go 1.21 on.
//
// Several functions may have one name; they share an account.
func Of(name string) *Calls {
	for _, c := range all {
		if c.name == name {
			return c
		}
	}
	c := &Calls{name: name}
	all = append(all, c)
	return c
}

// Enter is said by the function itself when a call begins.
func (c *Calls) Enter() { atomic.AddInt64(&c.entered, 1) }

// Leave is said where a call returns, or, if it recovers, where it has returned to.
func (c *Calls) Leave() { atomic.AddInt64(&c.left, 1) }

// Stay is said by a call that will never end.
func (c *Calls) Stay() { atomic.AddInt64(&c.staying, 1) }

// Staying tells how many calls will never end.
func (c *Calls) Staying() int64 { return atomic.LoadInt64(&c.staying) }

// Times makes so many calls, in each of which each of the functions is called once, and returns.
func Times(n int, call func(i int), names ...string) {
	for i := 0; i < n; i++ {
		call(i)
	}
	for _, name := range names {
		c := Of(name)
		atomic.AddInt64(&c.entered, int64(n))
		atomic.AddInt64(&c.left, int64(n))
	}
}

// JSON is the whole ledger, in one line. No name has anything in it that JSON would escape.
func JSON() string {
	line := "{"
	for i, c := range all {
		if i > 0 {
			line += ","
		}
		entered, left := atomic.LoadInt64(&c.entered), atomic.LoadInt64(&c.left)
		staying := atomic.LoadInt64(&c.staying)
		line += `"` + c.name + `":{"returned":` + strconv.FormatInt(left, 10) +
			`,"unwound":` + strconv.FormatInt(entered-left-staying, 10) +
			`,"in_flight":` + strconv.FormatInt(staying, 10) + `,"unmatched":0}`
	}
	return line + "}\n"
}
