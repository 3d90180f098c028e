package main

import (
	"io"
	"sync"
	"time"
)

type point struct{ X, Y int32 }

type rect struct {
	Min, Max point
	label    string
}

type mixed struct {
	ok    bool
	ratio float64
	n     uint16
	name  string
}

type padded struct {
	a byte
	_ [3]byte
	b int32
	_ int64
}

type gaps struct {
	a byte
	_ int32
	b int32
}

type embedding struct {
	point
	*rect
	io.Reader
	n int
}

type empty struct{}

type emptyEnd struct {
	n    int
	last empty
}

type large struct {
	words [9]uint64
	name  string
}

type node struct {
	value       int
	next        *node
	byName      map[string]*node
	children    []node
	visit       func(n *node) bool
	ready       chan *node
	anything    interface{}
	lock        sync.Mutex
	since       time.Time
	left, right *tree
}

type tree struct {
	root  *node
	names names
}

type (
	names     []string
	celsius   float64
	weekday   uint8
	inventory map[string]celsius
	handler   func(w io.Writer, n int) error
	queue     chan point
	grid      [2][2]weekday
	link      *node
	shape     interface {
		area() float64
		scale(by float64)
	}
)
