// Package yaml has a dot in the last element of its path, which Go escapes in the names of functions.
package yaml

//go:noinline
func untraced(n int) int { return n ^ 1 }

//go:noinline
func Unmarshal(text string, n int) int { return len(text) + untraced(n) }

type Decoder struct{ n int }

//go:noinline
func (d *Decoder) Decode(n int) int {
	d.n += untraced(n)
	return d.n
}

// Lines makes one call of its closure for each line.
//
//go:noinline
func Lines(text string) (bytes int) {
	split(text, func(line string) { bytes += untraced(len(line)) })
	return bytes
}

//go:noinline
func split(text string, f func(line string)) {
	start := 0
	for i := range text {
		if text[i] == '\n' {
			f(text[start:i])
			start = i + 1
		}
	}
	f(text[start:])
}
