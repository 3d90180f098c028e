// Command panics ends calls by panics of every kind, and returns others in the midst of them.
//
// The last traced calls are unwound, and nothing traced follows. "panics die" instead ends the
// process by a panic that no one recovers, with calls in flight.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

// calls counts the calls of a function that began and those that returned, the one in the function's
// body, the other where it returns (or, where it recovers, in its caller). What is neither returned
// nor in flight was unwound.
type calls struct{ entered, left, open int64 }

func (c calls) ends() ends {
	return ends{Returned: c.left, Unwound: c.entered - c.left - c.open, InFlight: c.open}
}

var n struct {
	thrower, passer, recoverer, loopRecoverer, selfRecoverer, rescuer, rescued  calls
	rethrower, outer, middle, cleanup, replacer, tidied, tidy, deep, deepTidied calls
	derefs, indexes, divides, bottom, lastOuter, lastInner, dieOuter, dieInner  calls
}

// catch is not traced.
func catch(f func()) (reason interface{}) {
	defer func() { reason = recover() }()
	f()
	return nil
}

//go:noinline
func thrower(reason interface{}) int {
	n.thrower.entered++
	if reason != nil {
		panic(reason)
	}
	n.thrower.left++
	return 1
}

//go:noinline
func passer(reason interface{}) int {
	n.passer.entered++
	result := thrower(reason) + 1
	n.passer.left++
	return result
}

// recoverer recovers what its callees throw.
//
//go:noinline
func recoverer(thrown interface{}) (reason interface{}) {
	n.recoverer.entered++
	defer func() { reason = recover() }()
	passer(thrown)
	return nil
}

// loopRecoverer has defers that are not open-coded.
//
//go:noinline
func loopRecoverer(thrown interface{}) (reason interface{}) {
	n.loopRecoverer.entered++
	for i := 0; i < 3; i++ {
		defer func() {
			if r := recover(); r != nil {
				reason = r
			}
		}()
	}
	passer(thrown)
	return nil
}

// selfRecoverer recovers what it throws itself.
//
//go:noinline
func selfRecoverer(thrown interface{}) (reason interface{}) {
	n.selfRecoverer.entered++
	defer func() { reason = recover() }()
	panic(thrown)
}

// rescuer is traced itself, as the deferred function that recovers.
//
//go:noinline
func rescuer(reason *interface{}) {
	n.rescuer.entered++
	*reason = recover()
	n.rescuer.left++
}

//go:noinline
func rescued(thrown interface{}) (reason interface{}) {
	n.rescued.entered++
	defer rescuer(&reason)
	passer(thrown)
	return nil
}

// rethrower panics anew after it has recovered.
//
//go:noinline
func rethrower(thrown interface{}) int {
	n.rethrower.entered++
	defer func() { panic(fmt.Sprint("again: ", recover())) }()
	return passer(thrown)
}

// outer recovers the first panic, middle's deferred function the second, which cleanup raises while
// the first goes on.
//
//go:noinline
func outer() (reason interface{}) {
	n.outer.entered++
	defer func() { reason = recover() }()
	middle()
	return nil
}

//go:noinline
func middle() int {
	n.middle.entered++
	defer func() {
		defer func() { recover() }()
		cleanup("second")
	}()
	return passer("first")
}

//go:noinline
func cleanup(reason interface{}) int {
	n.cleanup.entered++
	return passer(reason)
}

// replacer's deferred call panics in the place of the panic that called it.
//
//go:noinline
func replacer() int {
	n.replacer.entered++
	defer thrower("replacement")
	return passer("replaced")
}

//go:noinline
func tidy(count *int) {
	n.tidy.entered++
	*count++
	n.tidy.left++
}

// tidied is unwound, but the function that it defers returns.
//
//go:noinline
func tidied(count *int) int {
	n.tidied.entered++
	defer tidy(count)
	return passer("tidy up")
}

//go:noinline
func deep(levels int) int {
	n.deep.entered++
	if levels == 1 {
		panic("deep")
	}
	result := deep(levels-1) + 1
	n.deep.left++
	return result
}

//go:noinline
func deepTidied(levels int, count *int) int {
	n.deepTidied.entered++
	defer tidy(count)
	if levels == 1 {
		panic("deep and tidy")
	}
	result := deepTidied(levels-1, count) + 1
	n.deepTidied.left++
	return result
}

//go:noinline
func derefs(p *int) int {
	n.derefs.entered++
	value := *p
	n.derefs.left++
	return value
}

//go:noinline
func indexes(values []int, i int) int {
	n.indexes.entered++
	value := values[i]
	n.indexes.left++
	return value
}

//go:noinline
func divides(a, b int) int {
	n.divides.entered++
	quotient := a / b
	n.divides.left++
	return quotient
}

// burrow is not traced: it makes bottom's frame lie deeper than frames that a panic has unwound.
//
//go:noinline
func burrow(levels int) int {
	if levels == 0 {
		return bottom(levels)
	}
	return burrow(levels-1) + 1
}

//go:noinline
func bottom(level int) int {
	n.bottom.entered++
	result := level ^ 1
	n.bottom.left++
	return result
}

//go:noinline
func lastOuter(reason interface{}) int {
	n.lastOuter.entered++
	return lastInner(reason) + 1
}

//go:noinline
func lastInner(reason interface{}) int {
	n.lastInner.entered++
	if reason != nil {
		panic(reason)
	}
	return 1
}

//go:noinline
func dieOuter(reason interface{}) int { return dieInner(reason) + 1 }

//go:noinline
func dieInner(reason interface{}) int {
	if reason != nil {
		panic(reason)
	}
	return 1
}

func must(ok bool) {
	if !ok {
		fmt.Fprintln(os.Stderr, "panics: a panic went another way than it should")
		os.Exit(1)
	}
}

func scenarios() {
	var (
		count  int
		values = []int{1, 2, 3}
	)
	passer(nil)
	must(catch(func() { passer("caught") }) == "caught")
	burrow(50)
	must(catch(func() { burrow(10); passer("caught") }) == "caught")

	must(recoverer("a") == "a")
	must(recoverer(nil) == nil)
	n.recoverer.left += 2
	must(loopRecoverer("b") == "b")
	must(loopRecoverer(nil) == nil)
	n.loopRecoverer.left += 2
	must(selfRecoverer("c") == "c")
	n.selfRecoverer.left++
	must(rescued("d") == "d")
	must(rescued(nil) == nil)
	n.rescued.left += 2

	must(catch(func() { rethrower("e") }) == "again: e")
	must(outer() == "first")
	n.outer.left++
	must(catch(func() { replacer() }) == "replacement")
	must(catch(func() { tidied(&count) }) == "tidy up")
	must(catch(func() { deepTidied(40, &count) }) == "deep and tidy")
	must(count == 41)

	must(catch(func() { derefs(nil) }) != nil)
	must(catch(func() { indexes(values, 3) }) != nil)
	must(catch(func() { divides(1, 0) }) != nil)
	must(derefs(&values[1])+indexes(values, 2)+divides(9, 3) == 8)
}

func report() {
	json.NewEncoder(os.Stdout).Encode(map[string]ends{
		"main.thrower":       n.thrower.ends(),
		"main.passer":        n.passer.ends(),
		"main.recoverer":     n.recoverer.ends(),
		"main.loopRecoverer": n.loopRecoverer.ends(),
		"main.selfRecoverer": n.selfRecoverer.ends(),
		"main.rescuer":       n.rescuer.ends(),
		"main.rescued":       n.rescued.ends(),
		"main.rethrower":     n.rethrower.ends(),
		"main.outer":         n.outer.ends(),
		"main.middle":        n.middle.ends(),
		"main.cleanup":       n.cleanup.ends(),
		"main.replacer":      n.replacer.ends(),
		"main.tidied":        n.tidied.ends(),
		"main.tidy":          n.tidy.ends(),
		"main.deep":          n.deep.ends(),
		"main.deepTidied":    n.deepTidied.ends(),
		"main.derefs":        n.derefs.ends(),
		"main.indexes":       n.indexes.ends(),
		"main.divides":       n.divides.ends(),
		"main.bottom":        n.bottom.ends(),
		"main.lastOuter":     n.lastOuter.ends(),
		"main.lastInner":     n.lastInner.ends(),
		"main.dieOuter":      n.dieOuter.ends(),
		"main.dieInner":      n.dieInner.ends(),
	})
}

func main() {
	for i := 0; i < 25; i++ {
		scenarios()
		// Every second time on a goroutine of its own.
		done := make(chan struct{})
		go func() { scenarios(); close(done) }()
		<-done
	}
	must(catch(func() { deep(3000) }) == "deep")
	must(n.deep.entered == 3000)

	if len(os.Args) > 1 && os.Args[1] == "die" {
		n.dieOuter, n.dieInner = calls{entered: 1, open: 1}, calls{entered: 1, open: 1}
		report()
		dieOuter("die")
	}
	must(catch(func() { lastOuter("last") }) == "last")
	time.Sleep(50 * time.Millisecond)
	report()
}
