// Command types tells what reflection makes of the types of some values, and of all types that these are made of.
//
//	types ANCHOR
//
// ANCHOR is the address of main.anchor in the program's file. A line of output has the address of a type's
// descriptor there, or of one that the program made as it ran, its name, kind and size, whether a value of it stands in
// an interface itself, the element's address and their number, or 0, and its fields, between tabs.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"unsafe"
)

//go:noinline
func anchor() {}

// The two words of an interface without methods.
func words(value *interface{}) (descriptor, data uintptr) {
	both := (*[2]uintptr)(unsafe.Pointer(value))
	return both[0], both[1]
}

func descriptorOf(t reflect.Type) uintptr {
	return (*[2]uintptr)(unsafe.Pointer(&t))[1]
}

// The zero value of a type that stands in an interface itself is a nil word; others have an address.
func isDirect(t reflect.Type) bool {
	if t.Kind() == reflect.Interface {
		return false
	}
	zero := reflect.Zero(t).Interface()
	_, data := words(&zero)
	return data == 0
}

type walk struct {
	out  *bufio.Writer
	bias uintptr
	seen map[reflect.Type]bool
}

// The number of a struct's fields, and the first of them: name, descriptor and offset.
func (w *walk) fields(t reflect.Type) string {
	if t.Kind() != reflect.Struct {
		return "0"
	}
	told := strconv.Itoa(t.NumField())
	for i := 0; i < t.NumField() && i < 16; i++ {
		field := t.Field(i)
		told += fmt.Sprintf(" %s:%d:%d", field.Name, descriptorOf(field.Type)-w.bias, field.Offset)
	}
	return told
}

func (w *walk) show(t reflect.Type) {
	var element uintptr
	var length int
	switch t.Kind() {
	case reflect.Array:
		length = t.Len()
		fallthrough
	case reflect.Ptr, reflect.Slice:
		element = descriptorOf(t.Elem()) - w.bias
	}
	fmt.Fprintf(w.out, "%d\t%s\t%d\t%d\t%t\t%d\t%d\t%s\n",
		descriptorOf(t)-w.bias, t, t.Kind(), t.Size(), isDirect(t), element, length, w.fields(t))
}

func (w *walk) throughSignature(t reflect.Type) {
	for i := 0; i < t.NumIn(); i++ {
		w.through(t.In(i))
	}
	for i := 0; i < t.NumOut(); i++ {
		w.through(t.Out(i))
	}
}

// Shows a type and all that its descriptor leads to.
func (w *walk) through(t reflect.Type) {
	if w.seen[t] {
		return
	}
	w.seen[t] = true
	w.show(t)
	// A method's own type may be made for the question.
	for i := 0; i < t.NumMethod(); i++ {
		w.throughSignature(t.Method(i).Type)
	}
	switch t.Kind() {
	case reflect.Map:
		w.through(t.Key())
		fallthrough
	case reflect.Array, reflect.Chan, reflect.Ptr, reflect.Slice:
		w.through(t.Elem())
	case reflect.Func:
		w.throughSignature(t)
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			w.through(t.Field(i).Type)
		}
	}
}

func main() {
	va, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		panic(err)
	}
	w := walk{
		out:  bufio.NewWriter(os.Stdout),
		bias: reflect.ValueOf(anchor).Pointer() - uintptr(va),
		seen: map[reflect.Type]bool{},
	}
	for i := range values {
		t := reflect.TypeOf(values[i])
		if descriptor, _ := words(&values[i]); descriptor != descriptorOf(t) {
			panic("an interface does not begin with the descriptor")
		}
		w.through(t)
	}
	// These are not in the file.
	w.show(reflect.SliceOf(reflect.TypeOf(lonely{})))
	w.show(reflect.ArrayOf(12345, reflect.TypeOf(lonely{})))
	if err := w.out.Flush(); err != nil {
		panic(err)
	}
}
