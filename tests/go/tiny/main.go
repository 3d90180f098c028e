// Command tiny is as small as a Go program can be: nothing but the runtime.
package main

func main() {
	println("tiny")
}
