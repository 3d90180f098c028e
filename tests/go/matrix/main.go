// Command matrix calls functions of every shape that the compiler knows a known number of times each,
// and ends the calls in every way they can end. It is built by every toolchain in every way.
package main

import (
	"matrix/internal/ledger"
	"os"
)

// sink keeps results alive, so that no call is dropped as dead code.
var sink int

// more are the scenarios that not every build has.
var more []func()

//go:noinline
func untraced(n int) int { return n ^ 1 }

// catch is not traced. It returns what f panicked with.
func catch(f func()) (reason interface{}) {
	defer func() { reason = recover() }()
	f()
	return nil
}

// aside runs f on a goroutine of its own and waits until that has ended, in whatever way.
func aside(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func must(ok bool, what string) {
	if !ok {
		os.Stderr.WriteString("matrix: not as it should be: " + what + "\n")
		os.Exit(1)
	}
}

// The first initialiser, of whichever file that is, is called once like all of them.
func init() {
	n := ledger.Of("main.init.0")
	n.Enter()
	sink += untraced(len(os.Args))
	n.Leave()
}

func main() {
	n := ledger.Of("main.main")
	n.Enter()
	profile()
	shapes()
	methods()
	closures()
	packages()
	for i := 0; i < 5; i++ {
		panics()
		// The second time on a stack that has to grow.
		aside(panics)
		exits()
	}
	goroutines()
	for _, scenario := range more {
		scenario()
	}
	stays()
	n.Leave()
	os.Stdout.WriteString(ledger.JSON())
}
