// Command hello greets three people, one after the other, again and again.
package main

import "time"

//go:noinline
func greet(name string, times int) string {
	text := ""
	for i := 0; i < times; i++ {
		time.Sleep(time.Millisecond)
		text += "Hello, " + name + "! "
	}
	return text
}

func main() {
	names := []string{"Ada", "Grace", "Barbara"}
	for i := 0; ; i++ {
		greet(names[i%len(names)], 1+i%2)
		time.Sleep(50 * time.Millisecond)
	}
}
