// +build !former

package main

func former() {}
