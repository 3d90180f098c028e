// Command signatures has functions of many shapes, and prints what Go itself says of them: the names of parameters and
// results by the source, their types by reflect.
package main

// sink keeps parameters alive, so that optimised builds say where they are.
var sink int

var functions = []interface{}{
	nothing, signed, unsigned, truths, floats, complexes, runes, text, slices,
	arrayOfNone, arrayOfOne, arrayOfTwo, nestedArrays,
	structures, mixture, paddings, blankFields, embeds, tooLarge, anonymous, links,
	pointers, maps, chans, callbacks, interfaces, named, times,
	variadic, variadicInts, blanks, unnamed, unused, onlyLengths,
	several, namedResults, blankResults, deferring, returnsLarge,
	manyInts, manyFloats, spilled, interleaved, addressed, reassigned,
	point.sum, (*point).move, rect.width, celsius.unit, names.has, handler.serve,
	inlinable, inlinableBlanks, inlinableUnused, inlinableShadow, inlinableZero,
	makeClosure, makeClosure(1, "a"), local, pass, pass(nil),
}

func init() {
	n, _ := inlinableBlanks(sink, 1, "", "b")
	sink += n + inlinable(sink, "a", 2) + inlinableUnused(1, "c", 2) + inlinableShadow(sink)
	sink += inlinableZero([0]int{}, sink, empty{}) + int(point{1, 2}.sum(int32(sink))) + local(1)
}

func main() {
	print(functions)
}
