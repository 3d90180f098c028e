package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

type nowhere struct{}

func (nowhere) Write(bytes []byte) (int, error) { return len(bytes), nil }

// profile interrupts the program by a signal for each millisecond that it runs, when it is told to.
func profile() {
	if os.Getenv("MATRIX_PROFILE") == "" {
		return
	}
	// Says on standard error that the second call could not set the rate: it is set.
	runtime.SetCPUProfileRate(1000)
	must(pprof.StartCPUProfile(nowhere{}) == nil, "it is profiled")
}
