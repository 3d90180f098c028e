package main

// struct of_c { int number; char letters[4]; };
import "C"

func init() {
	values = append(values, C.struct_of_c{}, &C.struct_of_c{}, C.int(1), C.double(2))
}
