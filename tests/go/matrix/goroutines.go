package main

import (
	"matrix/internal/ledger"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// together runs f on so many goroutines at once, of which each calls each of the functions once.
func together(goroutines int, f func(i int), names ...string) {
	var wg sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			f(i)
		}(i)
	}
	wg.Wait()
	ledger.Times(goroutines, func(int) {}, names...)
}

//go:noinline
func overChannel(request, reply chan int, n int) int {
	request <- n
	return <-reply
}

//go:noinline
func overSelect(request, reply chan int, n int) (sent, received int) {
	for received == 0 {
		out := request
		if sent > 0 {
			out = nil
		}
		select {
		case out <- n:
			sent++
		case <-reply:
			received++
		}
	}
	return sent, received
}

//go:noinline
func drain(from chan int) (total int) {
	for n := range from {
		total += n
	}
	return total
}

//go:noinline
func overMutex(mu *sync.Mutex, n *int) {
	mu.Lock()
	runtime.Gosched()
	*n++
	mu.Unlock()
}

//go:noinline
func overReadLock(mu *sync.RWMutex, n *int) int {
	mu.RLock()
	defer mu.RUnlock()
	return *n
}

//go:noinline
func overSleep(d time.Duration) { time.Sleep(d) }

//go:noinline
func overGosched(times int) {
	for i := 0; i < times; i++ {
		runtime.Gosched()
	}
}

// inCrowd returns when every goroutine of the crowd is inside it.
//
//go:noinline
func inCrowd(arrived *int64, size int64) {
	atomic.AddInt64(arrived, 1)
	for atomic.LoadInt64(arrived) < size {
		runtime.Gosched()
	}
}

// wired runs on one thread alone.
//
//go:noinline
func wired(n int) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.Gosched()
	return untraced(n)
}

// grind calls nothing in its loop: it is preempted by signals.
//
//go:noinline
func grind(n int) int {
	for i := 0; i < 200000; i++ {
		n = n*31 + i
	}
	return untraced(n)
}

var nDescend, nOutgrow = ledger.Of("main.descend"), ledger.Of("main.outgrow")

// descend opens small frames until the stack has doubled several times.
//
//go:noinline
func descend(n int) int {
	nDescend.Enter()
	sum := n
	if n > 0 {
		sum += descend(n - 1)
	}
	nDescend.Leave()
	return sum
}

// outgrow has a frame of one KiB: the smallest stack is outgrown at its second or third entry.
//
//go:noinline
func outgrow(n int) int {
	nOutgrow.Enter()
	var pad [1024]byte
	pad[n&1023] = byte(n)
	sum := int(pad[(n*7)&1023])
	if n > 0 {
		sum += outgrow(n - 1)
	}
	nOutgrow.Leave()
	return sum
}

// growHugely needs several doublings of a fresh stack at once, at its own entry.
//
//go:noinline
func growHugely(n int) int {
	var pad [128 << 10]byte
	pad[n&0xffff] = byte(n)
	return untraced(n) + int(pad[(n*5)&0xffff])
}

// shrinkWithin is on a large stack that is nearly empty when the garbage collector looks at it.
//
//go:noinline
func shrinkWithin(n int) int {
	sum := burrowing(n)
	runtime.GC()
	sum += burrowing(n)
	runtime.GC()
	return sum
}

//go:noinline
func burrowing(n int) int {
	var pad [512]byte
	pad[n&511] = byte(n)
	if n == 0 {
		return int(pad[1])
	}
	return burrowing(n-1) + int(pad[n&511])
}

//go:noinline
func launched(done chan int, n int) { done <- untraced(n) }

func goroutines() {
	runtime.GOMAXPROCS(4)
	channels()
	var (
		mu      sync.Mutex
		rw      sync.RWMutex
		counter int
		arrived int64
		done    = make(chan int)
	)
	together(30, func(i int) { overMutex(&mu, &counter) }, "main.overMutex")
	must(counter == 30, "overMutex")
	together(29, func(i int) { overReadLock(&rw, &counter) }, "main.overReadLock")
	together(28, func(i int) { overSleep(time.Duration(i%3) * time.Millisecond) }, "main.overSleep")
	together(27, func(i int) { overGosched(1 + i%10) }, "main.overGosched")
	together(26, func(i int) { inCrowd(&arrived, 26) }, "main.inCrowd")
	together(8, func(i int) { wired(i) }, "main.wired")

	// The collector stops the world, and so preempts what is running.
	var stop int32
	collected := make(chan struct{})
	go func() {
		for atomic.LoadInt32(&stop) == 0 {
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
		close(collected)
	}()
	together(40, func(i int) { grind(i) }, "main.grind")
	atomic.StoreInt32(&stop, 1)
	<-collected

	for i := 0; i < 5; i++ {
		levels := 20 + i*50
		aside(func() { descend(levels) })
		aside(func() { outgrow(levels / 10) })
		aside(func() { growHugely(levels) })
		aside(func() { shrinkWithin(200) })
		go launched(done, i)
		<-done
	}
	aside(func() { descend(5000) })
	ledger.Times(5, func(int) {}, "main.growHugely", "main.shrinkWithin", "main.launched")
}

func channels() {
	request, reply, through := make(chan int), make(chan int), make(chan int)
	go func() {
		for n := range request {
			reply <- n + 1
		}
	}()
	ledger.Times(25, func(i int) { must(overChannel(request, reply, i) == i+1, "overChannel") }, "main.overChannel")
	ledger.Times(24, func(i int) { overSelect(request, reply, i) }, "main.overSelect")
	close(request)
	ledger.Times(1, func(int) {
		go func() {
			for i := 0; i < 10; i++ {
				through <- i
			}
			close(through)
		}()
		must(drain(through) == 45, "drain")
	}, "main.drain")
}

var nReceive, nLock, nChoose, nNest, nPrepare = ledger.Of("main.stayReceiving"), ledger.Of("main.stayLocking"),
	ledger.Of("main.stayChoosing"), ledger.Of("main.stayNested"), ledger.Of("main.prepare")

//go:noinline
func stayReceiving(never chan int) int {
	nReceive.Enter()
	nReceive.Stay()
	return <-never
}

//go:noinline
func stayLocking(mu *sync.Mutex) {
	nLock.Enter()
	nLock.Stay()
	mu.Lock()
	mu.Unlock()
}

// stayChoosing blocks in a select that could end, so that the function has a return.
//
//go:noinline
func stayChoosing(a, b chan int) int {
	nChoose.Enter()
	nChoose.Stay()
	select {
	case n := <-a:
		return n
	case n := <-b:
		return -n
	}
}

// stayNested is open several times on one goroutine.
//
//go:noinline
func stayNested(levels int, never chan int) int {
	nNest.Enter()
	nNest.Stay()
	if levels == 1 {
		return <-never
	}
	return stayNested(levels-1, never) + 1
}

// prepare returns on a goroutine that is then blocked in another call.
//
//go:noinline
func prepare(n int) int {
	nPrepare.Enter()
	result := untraced(n)
	nPrepare.Leave()
	return result
}

// stays leaves calls in flight.
func stays() {
	const each, levels = 7, 3
	var (
		never = make(chan int)
		mu    sync.Mutex
	)
	mu.Lock()
	for i := 0; i < each; i++ {
		go func() { prepare(1); stayReceiving(never) }()
		go func() { prepare(2); stayLocking(&mu) }()
		go func() { prepare(3); stayChoosing(never, make(chan int)) }()
		go func() { prepare(4); stayNested(levels, never) }()
	}
	for nReceive.Staying()+nLock.Staying()+nChoose.Staying() < 3*each || nNest.Staying() < each*levels {
		time.Sleep(time.Millisecond)
	}
}
