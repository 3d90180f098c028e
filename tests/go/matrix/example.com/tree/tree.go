// Package tree has a dot in an element of its path that is not the last.
package tree

type Tree struct {
	Value       int
	Left, Right *Tree
}

//go:noinline
func (t Tree) Depth() int {
	if t.Left == nil && t.Right == nil {
		return 1
	}
	return 2
}

//go:noinline
func Sum(t Tree) int { return t.Value + t.Depth() }
