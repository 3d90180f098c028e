// Command keys calls functions with values by which their calls can be told apart: keys [CALLS [GOROUTINES]].
//
// The ledger has, by function and expression, the number of calls with each value, spelled as gotraced prints it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

var (
	errOdd  = errors.New("odd")
	errWide = fmt.Errorf("wide: %w", errOdd)
)

type ledger map[string]map[string]map[string]int

var (
	mu    sync.Mutex
	calls = ledger{}
)

func note(function, by, value string) {
	mu.Lock()
	defer mu.Unlock()
	if calls[function] == nil {
		calls[function] = map[string]map[string]int{}
	}
	if calls[function][by] == nil {
		calls[function][by] = map[string]int{}
	}
	calls[function][by][value]++
}

//go:noinline
func handle(key string, n int, ok bool) (int, error) {
	switch {
	case n%5 == 4:
		return n, errWide
	case n%2 == 1:
		return n, errOdd
	}
	return n, nil
}

//go:noinline
func slow(n int) int {
	if n >= 90 {
		time.Sleep(3 * time.Millisecond)
	}
	return n
}

//go:noinline
func many(n int) int { return n ^ 1 }

//go:noinline
func byPointer(key *string) bool { return key == nil }

//go:noinline
func unkeyed() int { return len(os.Args) }

var keys = []string{"GET", "PUT", "", "a \"b\"\n", "ünï", "other", "nil", "5"}

func run(n int) {
	for i := 0; i < n; i++ {
		key := keys[i%len(keys)]
		number, err := handle(key, i%7, i%3 == 0)
		text := "nil"
		if err != nil {
			text = fmt.Sprintf("%q (%T)", err, err)
		}
		note("main.handle", "key", quoted(key))
		note("main.handle", "n", strconv.Itoa(number))
		note("main.handle", "ok", strconv.FormatBool(i%3 == 0))
		note("main.handle", "ret1", text)

		if i%4 == 0 {
			byPointer(nil)
			note("main.byPointer", "key", "nil")
			note("main.byPointer", "*key", "<unreadable>")
		} else {
			byPointer(&key)
			note("main.byPointer", "key", "&"+quoted(key))
			note("main.byPointer", "*key", quoted(key))
		}
		unkeyed()
	}
}

func quoted(text string) string {
	bytes, _ := json.Marshal(text)
	return string(bytes)
}

func argument(i, otherwise int) int {
	if len(os.Args) <= i {
		return otherwise
	}
	n, err := strconv.Atoi(os.Args[i])
	if err != nil {
		panic(err)
	}
	return n
}

func main() {
	var wg sync.WaitGroup
	for i := argument(2, 2); i > 0; i-- {
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(argument(1, 100))
		}()
	}
	wg.Wait()
	for n := 0; n < 100; n++ {
		slow(n)
		note("main.slow", "n", strconv.Itoa(n))
	}
	for i := 0; i < 3; i++ {
		for n := 0; n < 300; n++ {
			many(n)
			note("main.many", "n", strconv.Itoa(n))
		}
	}
	json.NewEncoder(os.Stdout).Encode(calls)
}
