package main

import "matrix/internal/ledger"

type adder interface{ add(n int) int }

type normed interface{ norm() int }

type runner interface{ run(n int) int }

type counter struct{ n int }

//go:noinline
func (c *counter) add(n int) int {
	c.n += untraced(n)
	return c.n
}

type point struct{ x, y int }

//go:noinline
func (p point) norm() int { return p.x*p.x + untraced(p.y) }

type number int

//go:noinline
func (n number) add(m int) int { return int(n) + untraced(m) }

type list []int

//go:noinline
func (l list) norm() int { return len(l) + untraced(1) }

type handler func(n int) int

//go:noinline
func (h handler) run(n int) int { return h(n) + 1 }

type Ψ struct{ α int }

//go:noinline
func (ψ *Ψ) π(n int) int { return ψ.α + untraced(n) }

type engine struct{ revolutions int }

//go:noinline
func (e *engine) run(n int) int {
	e.revolutions += untraced(n)
	return e.revolutions
}

// What follows has its methods from what it embeds. For the calls through an interface the compiler
// makes a wrapper of each, which in some versions calls the method and in others jumps to it.

// car promotes the method of a pointer.
type car struct {
	wheels int
	*engine
}

// truck promotes the method of a part of itself.
type truck struct {
	wheels int
	engine
}

// holder is, in an interface, the pointer that it holds.
type holder struct{ *engine }

// rental promotes the method of an interface.
type rental struct {
	days int
	runner
}

// fleet promotes what is itself promoted.
type fleet struct {
	size int
	car
}

// These are told nothing of the types, and so call through the interfaces.

//go:noinline
func addTo(a adder, n int) int { return a.add(n) + 1 }

//go:noinline
func normOf(n normed) int { return n.norm() + 1 }

//go:noinline
func start(r runner, n int) int { return r.run(n) + 1 }

//go:noinline
func apply(f func(n int) int, n int) int { return f(n) + 1 }

//go:noinline
func yield(f func() int) int { return f() + 1 }

func methods() {
	var (
		total counter
		own   = &engine{}
		psi   = &Ψ{3}
		all   = []normed{point{1, 2}, &point{3, 4}, list{1, 2}}
	)
	ledger.Times(33, func(i int) { sink += total.add(i) }, "main.(*counter).add")
	ledger.Times(31, func(i int) { sink += addTo(&total, i) }, "main.addTo", "main.(*counter).add")
	ledger.Times(29, func(i int) { sink += point{i, i + 1}.norm() }, "main.point.norm")
	ledger.Times(27, func(i int) { sink += number(i).add(i) }, "main.number.add")
	ledger.Times(25, func(i int) { sink += psi.π(i) }, "main.(*Ψ).π")

	// A pointer takes the place of a value in an interface by means of a wrapper, as does the value.
	const wrapped = 23
	ledger.Times(wrapped, func(i int) { sink += normOf(all[0]) + normOf(all[1]) },
		"main.normOf", "main.normOf", "main.(*point).norm", "main.(*point).norm",
		"main.point.norm", "main.point.norm")
	ledger.Times(wrapped, func(i int) { sink += normOf(all[2]) }, "main.normOf", "main.(*list).norm", "main.list.norm")
	ledger.Times(wrapped, func(i int) { sink += addTo(number(i+1000), i) },
		"main.addTo", "main.(*number).add", "main.number.add")
	ledger.Times(wrapped, func(i int) { sink += start(handler(untraced), i) }, "main.start", "main.handler.run")

	ledger.Times(21, func(i int) { sink += start(own, i) }, "main.start", "main.(*engine).run")
	ledger.Times(19, func(i int) { sink += start(&car{4, own}, i) },
		"main.start", "main.(*car).run", "main.(*engine).run")
	ledger.Times(18, func(i int) { sink += start(&truck{6, *own}, i) },
		"main.start", "main.(*truck).run", "main.(*engine).run")
	ledger.Times(17, func(i int) { sink += start(holder{own}, i) },
		"main.start", "main.holder.run", "main.(*engine).run")
	ledger.Times(16, func(i int) { sink += start(&rental{1, own}, i) },
		"main.start", "main.(*rental).run", "main.(*engine).run")
	ledger.Times(15, func(i int) { sink += start(&fleet{2, car{4, own}}, i) },
		"main.start", "main.(*fleet).run", "main.(*engine).run")
	// From wrapper to wrapper.
	ledger.Times(14, func(i int) { sink += start(&rental{1, &car{4, own}}, i) },
		"main.start", "main.(*rental).run", "main.(*car).run", "main.(*engine).run")

	ledger.Times(13, func(i int) { sink += apply(total.add, i) },
		"main.apply", "main.(*counter).add-fm", "main.(*counter).add")
	ledger.Times(12, func(i int) { sink += yield(point{i, 1}.norm) },
		"main.yield", "main.point.norm-fm", "main.point.norm")
	ledger.Times(11, func(i int) { sink += apply(runner(own).run, i) },
		"main.apply", "main.runner.run-fm", "main.(*engine).run")
}
