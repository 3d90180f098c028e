//go:build cgo
// +build cgo

package main

import "matrix/c"

func init() { more = append(more, c.Scenario) }
