// Command worker has four goroutines that work on jobs from one queue. Some jobs are slow, and some fail.
package main

import (
	"errors"
	"fmt"
	"time"
)

type job struct {
	ID   int
	Kind string
	From *customer
}

type customer struct {
	Name string
	Plan string
}

type result struct {
	Bytes  int
	Cached bool
}

var (
	errBusy = errors.New("storage is busy")
	cache   = map[string]int{"thumbnail": 2048}
)

type tooLarge struct{ ID, Bytes int }

func (e *tooLarge) Error() string {
	return fmt.Sprintf("job %d: %d bytes are too many", e.ID, e.Bytes)
}

// Each kind of job takes a time of its own.
//
//go:noinline
func handle(j job) (r result, err error) {
	if n, ok := cache[j.Kind]; ok {
		return result{Bytes: n, Cached: true}, nil
	}
	n := render(j)
	if j.ID%10 == 9 {
		return result{}, &tooLarge{j.ID, n}
	}
	return result{Bytes: n}, save(j, n)
}

//go:noinline
func render(j job) int {
	n := 0
	for end := time.Now().Add(300 * time.Microsecond); time.Now().Before(end); n++ {
	}
	return 1<<20 + j.ID
}

// Every fifth video finds the storage busy, and is tried again after a while.
//
//go:noinline
func save(j job, n int) error {
	if j.Kind == "video" && j.ID%5 == 3 {
		if err := store(n); err == errBusy {
			return retry(n)
		}
	}
	return store(n / 2)
}

//go:noinline
func retry(n int) error {
	time.Sleep(2 * time.Millisecond)
	if n%3 == 0 {
		return errBusy
	}
	return store(n / 2)
}

//go:noinline
func store(n int) error {
	time.Sleep(time.Duration(n/5000) * time.Microsecond)
	if n > 1<<20 {
		return errBusy
	}
	return nil
}

func work(jobs <-chan job) {
	for j := range jobs {
		handle(j)
	}
}

func main() {
	customers := []*customer{{"Ada", "free"}, {"Grace", "paid"}, {"Barbara", "paid"}}
	kinds := []string{"thumbnail", "photo", "photo", "video"}
	jobs := make(chan job)
	for i := 0; i < 4; i++ {
		go work(jobs)
	}
	for id := 0; ; id++ {
		jobs <- job{ID: id, Kind: kinds[id%len(kinds)], From: customers[id%len(customers)]}
		time.Sleep(2 * time.Millisecond)
	}
}
