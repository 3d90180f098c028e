package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"math"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// The ledger: a line of JSON for each call, in the order in which they end, with each value taken
// apart by reflection. It is written by hand, since encoding/json would be the largest part to build.
var ledger struct {
	sync.Mutex
	to *bufio.Writer
}

// note tells of a call that returned: the names of its parameters and results, those without one as
// "_", and pointers to variables that hold what it was given and what it gave.
func note(function, parameters, results string, values ...interface{}) {
	tell(function, "returned", parameters, results, values)
}

// lost tells of a call that was unwound.
func lost(function, parameters string, values ...interface{}) {
	tell(function, "unwound", parameters, "", values)
}

func tell(function, end, parameters, results string, values []interface{}) {
	given, gave := strings.Fields(parameters), strings.Fields(results)
	if len(given)+len(gave) != len(values) {
		panic(function + " has other variables than its account")
	}
	line := `{"function":"main.` + function + `","goroutine":` + goroutine() + `,"end":"` + end +
		`","parameters":` + variables(given, values) + `,"results":` + variables(gave, values[len(given):]) + "}\n"
	ledger.Lock()
	defer ledger.Unlock()
	ledger.to.WriteString(line)
}

// finish is called once nothing more is noted.
func finish() {
	ledger.to.Flush()
}

func init() { ledger.to = bufio.NewWriter(os.Stdout) }

// goroutine is the id that a stack trace has in its first line.
func goroutine() string {
	buffer := make([]byte, 64)
	buffer = buffer[:runtime.Stack(buffer, false)]
	return string(bytes.Fields(buffer)[1])
}

func variables(names []string, values []interface{}) string {
	described := make([]string, len(names))
	for i, name := range names {
		value := reflect.ValueOf(values[i]).Elem()
		described[i] = "[" + quoted(name) + "," + quoted(parts(value.Type())) + "," + tree(value, 0) + "]"
	}
	return list(described)
}

func quoted(text string) string { return strconv.Quote(text) }

func list(of []string) string { return "[" + strings.Join(of, ",") + "]" }

// parts are what the value of a type would take of registers: a letter for each, "i" for one of whole
// numbers, "x" for one of floating point numbers. "!" is what never goes into registers.
func parts(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		return "x"
	case reflect.Complex64, reflect.Complex128:
		return "xx"
	case reflect.String, reflect.Interface:
		return "ii"
	case reflect.Slice:
		return "iii"
	case reflect.Array:
		if t.Len() > 1 {
			return "!"
		}
		return strings.Repeat(parts(t.Elem()), t.Len())
	case reflect.Struct:
		all := ""
		for i := 0; i < t.NumField(); i++ {
			all += parts(t.Field(i).Type)
		}
		return all
	}
	return "i"
}

const deepest = 9

// tree is a value, and all that it leads to, as JSON. Numbers are text, reals their bits, and strings
// hexadecimal, so that nothing is lost on the way.
func tree(v reflect.Value, depth int) string {
	if !v.CanAddr() {
		copied := reflect.New(v.Type()).Elem()
		copied.Set(v)
		v = copied
	}
	// What is not exported is told as well.
	v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	head := `{"kind":"` + v.Kind().String() + `","type":` + quoted(v.Type().String()) + `,"bytes":` +
		strconv.Itoa(int(v.Type().Size()))
	if d, ok := v.Interface().(time.Duration); ok {
		head += `,"text":` + quoted(d.String())
	}
	if t, ok := v.Interface().(time.Time); ok && v.Kind() == reflect.Struct {
		head += `,"text":` + quoted(t.UTC().Format(time.RFC3339Nano))
	}
	return head + content(v, depth) + "}"
}

func content(v reflect.Value, depth int) string {
	switch v.Kind() {
	case reflect.Bool:
		return `,"value":` + strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return `,"value":"` + strconv.FormatInt(v.Int(), 10) + `"`
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return `,"value":"` + strconv.FormatUint(v.Uint(), 10) + `"`
	case reflect.Float32, reflect.Float64:
		return `,"value":` + bits(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return `,"value":` + list([]string{bits(real(v.Complex())), bits(imag(v.Complex()))})
	case reflect.String:
		return `,"value":"` + hex.EncodeToString([]byte(v.String())) + `"`
	case reflect.Map, reflect.Chan:
		return isNil(v) + `,"length":` + strconv.Itoa(v.Len())
	case reflect.UnsafePointer:
		return isNil(v) + `,"address":"` + strconv.FormatUint(uint64(v.Pointer()), 10) + `"`
	case reflect.Func:
		return function(v)
	}
	return container(v, depth)
}

func isNil(v reflect.Value) string { return `,"nil":` + strconv.FormatBool(v.IsNil()) }

func bits(real float64) string { return `"` + strconv.FormatUint(math.Float64bits(real), 10) + `"` }

func function(v reflect.Value) string {
	if v.IsNil() {
		return isNil(v)
	}
	return isNil(v) + `,"name":` + quoted(runtime.FuncForPC(v.Pointer()).Name())
}

func container(v reflect.Value, depth int) string {
	if depth == deepest {
		return ""
	}
	switch v.Kind() {
	case reflect.Slice:
		return isNil(v) + `,"elements":` + elements(v, depth)
	case reflect.Array:
		return `,"elements":` + elements(v, depth)
	case reflect.Struct:
		fields := make([]string, v.NumField())
		for i := range fields {
			field := v.Type().Field(i)
			fields[i] = list([]string{quoted(field.Name), strconv.FormatBool(field.Anonymous), tree(v.Field(i), depth+1)})
		}
		return `,"fields":` + list(fields)
	case reflect.Ptr:
		if v.IsNil() {
			return isNil(v)
		}
		return isNil(v) + `,"address":"` + strconv.FormatUint(uint64(v.Pointer()), 10) + `","target":` + tree(v.Elem(), depth+1)
	}
	return held(v, depth)
}

func elements(v reflect.Value, depth int) string {
	all := make([]string, v.Len())
	for i := range all {
		all[i] = tree(v.Index(i), depth+1)
	}
	return list(all)
}

// held is what an interface holds.
func held(v reflect.Value, depth int) string {
	if v.IsNil() {
		return isNil(v)
	}
	said := ""
	if err, ok := v.Interface().(error); ok {
		said = `,"error":` + quoted(err.Error())
	}
	return isNil(v) + said + `,"holds":` + tree(v.Elem(), depth+1)
}
