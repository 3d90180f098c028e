// Command exit3 writes to both outputs, reads its input and its arguments, and exits with status 3.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type ends struct {
	Returned  int64 `json:"returned"`
	Unwound   int64 `json:"unwound"`
	InFlight  int64 `json:"in_flight"`
	Unmatched int64 `json:"unmatched"`
}

//go:noinline
func checksum(line string) int {
	sum := 0
	for _, c := range line {
		sum = sum*31 + int(c)
	}
	return sum & 0xffff
}

func main() {
	var e ends
	for _, arg := range os.Args[1:] {
		fmt.Printf("argument %q %d\n", arg, checksum(arg))
		e.Returned++
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Fprintf(os.Stderr, "line %q %d\n", lines.Text(), checksum(lines.Text()))
		e.Returned++
	}
	json.NewEncoder(os.Stdout).Encode(map[string]ends{"main.checksum": e})
	os.Exit(3)
}
