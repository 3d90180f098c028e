// Command ledger calls functions of many signatures with many values, and tells of each call what it
// was given and what it gave. Nothing that it does but addresses differs from run to run.
package main

import (
	"os"
	"time"
)

var scenarios = map[string][]func(){
	"values":     {numbers, reals, texts, lists, structs, references, nils, moments, results, methods, more, stacks, ends, crowd},
	"interfaces": {interfaces, failures},
	"conditions": {comparisons},
	"naps":       {naps},
	"storm":      {storm},
}

func main() {
	for _, scenario := range scenarios[os.Args[1]] {
		scenario()
	}
	finish()
}

// generic are the calls of generic functions, where the language has them.
var generic = func() {}

func more() { generic() }

//go:noinline
func nap(d time.Duration) int {
	time.Sleep(d)
	return int(d / time.Millisecond)
}

// naps calls a function that is quick and slow in turns.
func naps() {
	for i := 0; i < 40; i++ {
		d := time.Duration(i%4) * 20 * time.Millisecond
		n := nap(d)
		note("nap", "d", "ret0", &d, &n)
	}
}

//go:noinline
func often(n int) int { return n / 2 }

// storm calls a function as often as it can for a while. The last line says how often that was.
func storm() {
	n := 0
	for end := time.Now().Add(2500 * time.Millisecond); time.Now().Before(end); n++ {
		often(n)
	}
	last := often(n)
	note("often", "n", "ret0", &n, &last)
}
