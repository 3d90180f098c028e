// Command disk appends a line to a file and waits until the disk has it, ten times a second.
package main

import (
	"fmt"
	"log"
	"os"
	"time"
)

//go:noinline
func appendLine(f *os.File, n int) error {
	if _, err := fmt.Fprintf(f, "line %d\n", n); err != nil {
		return err
	}
	return f.Sync()
}

func main() {
	f, err := os.Create("journal.txt")
	if err != nil {
		log.Fatal(err)
	}
	for n := 0; ; n++ {
		if err := appendLine(f, n); err != nil {
			log.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
