// Command values calls functions with all sorts of parameters and results, twenty times a second.
package main

import (
	"errors"
	"time"
)

var errZero = errors.New("division by zero")

//go:noinline
func area(width, height int) int {
	return width * height
}

//go:noinline
func twice(n int) int {
	return n + n
}

//go:noinline
func perimeter(width, height int) int {
	return twice(width) + twice(height)
}

//go:noinline
func divide(a, b int) (quotient, remainder int, err error) {
	if b == 0 {
		return 0, 0, errZero
	}
	return a / b, a % b, nil
}

// One more than there are registers for, which are nine.
//
//go:noinline
func sum(a, b, c, d, e, f, g, h, i, j int) int {
	return a + b + c + d + e + f + g + h + i + j
}

type point struct{ X, Y int }

type shape struct {
	Name   string
	Points []point
	Owner  *owner
}

type owner struct {
	Name string
	ID   int
}

//go:noinline
func corners(s shape) []point {
	return s.Points
}

//go:noinline
func (s *shape) move(by point) (first point, n int) {
	for i := range s.Points {
		s.Points[i].X += by.X
		s.Points[i].Y += by.Y
		n++
	}
	return s.Points[0], n
}

//go:noinline
func scale(factor float64, n int) float64 {
	return factor * float64(n)
}

func main() {
	triangle := &shape{
		Name:   "triangle",
		Points: []point{{0, 0}, {4, 0}, {0, 3}},
		Owner:  &owner{Name: "Ada", ID: 1815},
	}
	for i := 0; ; i++ {
		area(3, i)
		perimeter(3, i)
		divide(100+i, i%3)
		sum(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
		corners(*triangle)
		triangle.move(point{1, -1})
		scale(0.5, i)
		time.Sleep(50 * time.Millisecond)
	}
}
