// Command naps sleeps for times of up to as many microseconds as its second argument says, as often as
// the first does, and prints how long each call took by its own clock.
package main

import (
	"encoding/json"
	"math/rand"
	"os"
	"strconv"
	"time"
)

//go:noinline
func nap(d time.Duration) time.Duration {
	start := time.Now()
	time.Sleep(d)
	return time.Since(start)
}

func main() {
	calls, _ := strconv.Atoi(os.Args[1])
	longest, _ := strconv.Atoi(os.Args[2])
	random := rand.New(rand.NewSource(int64(longest)))
	times := make([]int64, 0, calls)
	for i := 0; i < calls; i++ {
		times = append(times, nap(time.Duration(random.Intn(longest))*time.Microsecond).Nanoseconds())
	}
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{"main.nap": times})
}
