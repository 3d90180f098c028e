package main

import (
	"matrix/internal/ledger"
	"runtime"
)

var n struct {
	thrower, passer, recoverer, recovering, loopRecoverer, selfRecoverer, rescuer, rescued  *ledger.Calls
	rethrower, nestedOuter, nestedMiddle, cleanup, replacer, tidied, tidy, deep, deepTidied *ledger.Calls
	derefs, indexes, divides, asserts, afterwards                                           *ledger.Calls
	deferring, deferred, inLoop, several, first, second, sometimes                          *ledger.Calls
	exitOuter, exitInner, exitDeferred, exitDeep, exitFaulty, exitWithin                    *ledger.Calls
}

func init() {
	n.thrower = ledger.Of("main.thrower")
	n.passer = ledger.Of("main.passer")
	n.recoverer = ledger.Of("main.recoverer")
	n.recovering = ledger.Of("main.recoverer.func1")
	n.loopRecoverer = ledger.Of("main.loopRecoverer")
	n.selfRecoverer = ledger.Of("main.selfRecoverer")
	n.rescuer = ledger.Of("main.rescuer")
	n.rescued = ledger.Of("main.rescued")
	n.rethrower = ledger.Of("main.rethrower")
	n.nestedOuter = ledger.Of("main.nestedOuter")
	n.nestedMiddle = ledger.Of("main.nestedMiddle")
	n.cleanup = ledger.Of("main.cleanup")
	n.replacer = ledger.Of("main.replacer")
	n.tidied = ledger.Of("main.tidied")
	n.tidy = ledger.Of("main.tidy")
	n.deep = ledger.Of("main.deep")
	n.deepTidied = ledger.Of("main.deepTidied")
	n.derefs = ledger.Of("main.derefs")
	n.indexes = ledger.Of("main.indexes")
	n.divides = ledger.Of("main.divides")
	n.asserts = ledger.Of("main.asserts")
	n.afterwards = ledger.Of("main.afterwards")
	n.deferring = ledger.Of("main.deferring")
	n.deferred = ledger.Of("main.deferred")
	n.inLoop = ledger.Of("main.inLoop")
	n.several = ledger.Of("main.several")
	n.first = ledger.Of("main.first")
	n.second = ledger.Of("main.second")
	n.sometimes = ledger.Of("main.sometimes")
	n.exitOuter = ledger.Of("main.exitOuter")
	n.exitInner = ledger.Of("main.exitInner")
	n.exitDeferred = ledger.Of("main.exitDeferred")
	n.exitDeep = ledger.Of("main.exitDeep")
	n.exitFaulty = ledger.Of("main.exitFaulty")
	n.exitWithin = ledger.Of("main.exitWithin")
}

//go:noinline
func thrower(reason interface{}) int {
	n.thrower.Enter()
	if reason != nil {
		panic(reason)
	}
	n.thrower.Leave()
	return 1
}

//go:noinline
func passer(reason interface{}) int {
	n.passer.Enter()
	result := thrower(reason) + 1
	n.passer.Leave()
	return result
}

// recoverer recovers what its callees throw, by a closure that is traced as well.
//
//go:noinline
func recoverer(thrown interface{}) (reason interface{}) {
	n.recoverer.Enter()
	defer func() {
		n.recovering.Enter()
		reason = recover()
		n.recovering.Leave()
	}()
	passer(thrown)
	return nil
}

// loopRecoverer has defers that are not open-coded.
//
//go:noinline
func loopRecoverer(thrown interface{}) (reason interface{}) {
	n.loopRecoverer.Enter()
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
	n.selfRecoverer.Enter()
	defer func() { reason = recover() }()
	if thrown != nil {
		panic(thrown)
	}
	return nil
}

// rescuer is itself the deferred function that recovers.
//
//go:noinline
func rescuer(reason *interface{}) {
	n.rescuer.Enter()
	*reason = recover()
	n.rescuer.Leave()
}

//go:noinline
func rescued(thrown interface{}) (reason interface{}) {
	n.rescued.Enter()
	defer rescuer(&reason)
	passer(thrown)
	return nil
}

// rethrower panics anew after it has recovered.
//
//go:noinline
func rethrower(thrown interface{}) int {
	n.rethrower.Enter()
	defer func() { panic("again: " + recover().(string)) }()
	return passer(thrown)
}

// nestedOuter recovers the first panic, nestedMiddle's deferred function the second, which cleanup
// raises while the first goes on.
//
//go:noinline
func nestedOuter() (reason interface{}) {
	n.nestedOuter.Enter()
	defer func() { reason = recover() }()
	nestedMiddle()
	return nil
}

//go:noinline
func nestedMiddle() int {
	n.nestedMiddle.Enter()
	defer func() {
		defer func() { recover() }()
		cleanup("second")
	}()
	return passer("first")
}

//go:noinline
func cleanup(reason interface{}) int {
	n.cleanup.Enter()
	return passer(reason)
}

// replacer's deferred call panics in the place of the panic that called it.
//
//go:noinline
func replacer() int {
	n.replacer.Enter()
	defer thrower("replacement")
	return passer("replaced")
}

//go:noinline
func tidy(count *int) {
	n.tidy.Enter()
	*count++
	n.tidy.Leave()
}

// tidied is unwound, but the function that it defers returns.
//
//go:noinline
func tidied(count *int) int {
	n.tidied.Enter()
	defer tidy(count)
	return passer("tidy up")
}

//go:noinline
func deep(levels int) int {
	n.deep.Enter()
	if levels == 1 {
		panic("deep")
	}
	result := deep(levels-1) + 1
	n.deep.Leave()
	return result
}

//go:noinline
func deepTidied(levels int, count *int) int {
	n.deepTidied.Enter()
	defer tidy(count)
	if levels == 1 {
		panic("deep and tidy")
	}
	result := deepTidied(levels-1, count) + 1
	n.deepTidied.Leave()
	return result
}

//go:noinline
func derefs(p *int) int {
	n.derefs.Enter()
	value := *p
	n.derefs.Leave()
	return value
}

//go:noinline
func indexes(values []int, i int) int {
	n.indexes.Enter()
	value := values[i]
	n.indexes.Leave()
	return value
}

//go:noinline
func divides(a, b int) int {
	n.divides.Enter()
	quotient := a / b
	n.divides.Leave()
	return quotient
}

//go:noinline
func asserts(value interface{}) int {
	n.asserts.Enter()
	number := value.(int)
	n.asserts.Leave()
	return number
}

// burrow is not traced: it makes afterwards' frame lie deeper than frames that a panic has unwound.
//
//go:noinline
func burrow(levels int) int {
	if levels == 0 {
		return afterwards(levels)
	}
	return burrow(levels-1) + 1
}

//go:noinline
func afterwards(level int) int {
	n.afterwards.Enter()
	result := untraced(level)
	n.afterwards.Leave()
	return result
}

//go:noinline
func deferred(n *int) { *n += untraced(*n) }

//go:noinline
func deferring(n int) (result int) {
	defer deferred(&result)
	if n&1 == 0 {
		return untraced(n)
	}
	return 1
}

//go:noinline
func inLoop(n int) (result int) {
	for i := 0; i < n; i++ {
		defer deferred(&result)
	}
	return untraced(n)
}

//go:noinline
func first(n *int) { *n = untraced(*n) }

//go:noinline
func second(n *int) { *n = untraced(*n) + 1 }

//go:noinline
func several(n int) (result int) {
	defer second(&result)
	defer first(&result)
	return untraced(n)
}

// sometimes has an open-coded defer that is only run if it was come by.
//
//go:noinline
func sometimes(n int) (result int) {
	if n&1 == 1 {
		defer first(&result)
	}
	return untraced(n)
}

// panics leaves with panics and without.
func panics() {
	var (
		count  int
		values = []int{1, 2, 3}
	)
	ledger.Times(9, func(i int) { sink += deferring(i) }, "main.deferring", "main.deferred")
	ledger.Times(8, func(i int) { sink += inLoop(3) },
		"main.inLoop", "main.deferred", "main.deferred", "main.deferred")
	ledger.Times(7, func(i int) { sink += several(i) }, "main.several", "main.first", "main.second")
	ledger.Times(6, func(i int) { sink += sometimes(2*i) + sometimes(2*i+1) },
		"main.sometimes", "main.sometimes", "main.first")

	passer(nil)
	must(catch(func() { passer("caught") }) == "caught", "a caught panic")
	burrow(50)
	must(catch(func() { burrow(10); passer("caught") }) == "caught", "a caught panic")

	must(recoverer("a") == "a", "recoverer")
	must(recoverer(nil) == nil, "recoverer")
	n.recoverer.Leave()
	n.recoverer.Leave()
	must(loopRecoverer("b") == "b", "loopRecoverer")
	must(loopRecoverer(nil) == nil, "loopRecoverer")
	n.loopRecoverer.Leave()
	n.loopRecoverer.Leave()
	must(selfRecoverer("c") == "c", "selfRecoverer")
	must(selfRecoverer(nil) == nil, "selfRecoverer")
	n.selfRecoverer.Leave()
	n.selfRecoverer.Leave()
	must(rescued("d") == "d", "rescued")
	must(rescued(nil) == nil, "rescued")
	n.rescued.Leave()
	n.rescued.Leave()

	must(catch(func() { rethrower("e") }) == "again: e", "rethrower")
	must(nestedOuter() == "first", "nestedOuter")
	n.nestedOuter.Leave()
	must(catch(func() { replacer() }) == "replacement", "replacer")
	must(catch(func() { tidied(&count) }) == "tidy up", "tidied")
	must(catch(func() { deep(60) }) == "deep", "deep")
	must(catch(func() { deepTidied(40, &count) }) == "deep and tidy", "deepTidied")
	must(count == 41, "tidy")

	must(catch(func() { derefs(nil) }) != nil, "derefs")
	must(catch(func() { indexes(values, 3) }) != nil, "indexes")
	must(catch(func() { divides(1, 0) }) != nil, "divides")
	must(catch(func() { asserts("text") }) != nil, "asserts")
	must(derefs(&values[1])+indexes(values, 2)+divides(9, 3)+asserts(4) == 12, "what does not panic")
}

// A way is how a goroutine's innermost call ends.
type way int

const (
	byReturn way = iota
	byGoexit
	byPanic
)

//go:noinline
func exitOuter(w way) int {
	n.exitOuter.Enter()
	defer exitDeferred()
	result := exitInner(w) + 1
	n.exitOuter.Leave()
	return result
}

//go:noinline
func exitInner(w way) int {
	n.exitInner.Enter()
	switch w {
	case byGoexit:
		runtime.Goexit()
	case byPanic:
		panic("exitInner")
	}
	n.exitInner.Leave()
	return 1
}

// exitDeferred runs, and returns, while its goroutine is ending.
//
//go:noinline
func exitDeferred() {
	n.exitDeferred.Enter()
	sink = untraced(1)
	n.exitDeferred.Leave()
}

//go:noinline
func exitDeep(levels int, w way) int {
	n.exitDeep.Enter()
	var result int
	if levels == 1 {
		result = exitInner(w)
	} else {
		result = exitDeep(levels-1, w)
	}
	n.exitDeep.Leave()
	return result
}

// exitFaulty has a deferred function that panics during Goexit, and recovers that.
//
//go:noinline
func exitFaulty() int {
	n.exitFaulty.Enter()
	defer func() {
		defer func() { recover() }()
		exitInner(byPanic)
	}()
	return exitInner(byGoexit)
}

// exitWithin has a deferred function that calls Goexit during a panic.
//
//go:noinline
func exitWithin() int {
	n.exitWithin.Enter()
	defer exitInner(byGoexit)
	return exitInner(byPanic)
}

// exits ends goroutines in the midst of calls.
func exits() {
	went := 0
	for _, w := range []way{byReturn, byGoexit, byPanic} {
		w := w
		aside(func() { catch(func() { exitOuter(w) }); went++ })
		aside(func() { catch(func() { exitDeep(30, w) }); went++ })
	}
	aside(func() { exitFaulty(); went++ })
	aside(func() { exitWithin(); went++ })
	must(went == 4, "goroutines end when they should")
}
