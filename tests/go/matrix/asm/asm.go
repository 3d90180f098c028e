// Package asm has functions that are written in assembly. They find their goroutine in thread-local
// storage, and from Go 1.17 on the compiler makes wrappers of the same name for calls by values of
// functions and for calls from assembly to Go.
package asm

import "runtime"

// Add has no frame, and overwrites R14, where compiled code keeps its goroutine.
//
//go:noescape
func Add(a, b int64) int64

// Sign has a return for each result.
//
//go:noescape
func Sign(n int64) int64

// Around has a frame, and calls yield.
func Around(n int64) int64

//go:noinline
func yield() { runtime.Gosched() }
