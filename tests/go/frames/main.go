// Command frames tells what the Go runtime makes of addresses in its code: which functions, files and lines they are
// of, through inlined calls as well.
//
//	frames ANCHOR          the call stacks of calls.go
//	frames ANCHOR pcs      each address that comes by standard input, one a line
//
// ANCHOR is the address of main.anchor in the program's file. Addresses are those of the file, and return addresses,
// as runtime.Callers has them. A line of output has an address, a function, a file and a line, between tabs; a call
// stack ends in an empty line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	_ "unsafe"
)

// The return addresses that runtime.Callers would have given for one that was on a stack.
//
//go:linkname expand runtime/pprof.runtime_expandFinalInlineFrame
func expand(pcs []uintptr) []uintptr

//go:noinline
func anchor() {}

// How much higher the program is loaded than its file says.
var bias uintptr

func show(out *bufio.Writer, pc uintptr, frame runtime.Frame) {
	fmt.Fprintf(out, "%d\t%s\t%s\t%d\n", pc-bias, frame.Function, frame.File, frame.Line)
}

func showStack(out *bufio.Writer, pcs []uintptr) {
	frames := runtime.CallersFrames(pcs)
	for i := 0; ; i++ {
		frame, more := frames.Next()
		show(out, pcs[i], frame)
		if !more {
			if i != len(pcs)-1 {
				panic("not one frame for each address")
			}
			fmt.Fprintln(out)
			return
		}
	}
}

func showAddress(out *bufio.Writer, text string) {
	pc, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		panic(err)
	}
	live := uintptr(pc) + bias
	frames := runtime.CallersFrames(expand([]uintptr{live}))
	for {
		frame, more := frames.Next()
		// Where all are wrappers there may be none.
		if frame.PC != 0 {
			show(out, live, frame)
		}
		if !more {
			return
		}
	}
}

func main() {
	va, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		panic(err)
	}
	bias = reflect.ValueOf(anchor).Pointer() - uintptr(va)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	if len(os.Args) == 2 {
		for _, pcs := range stacks() {
			showStack(out, pcs)
		}
		return
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		showAddress(out, lines.Text())
	}
}
