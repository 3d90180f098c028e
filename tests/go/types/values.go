package main

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"os"
	"strconv"
	"sync"
	"syscall"
	"text/template"
	"time"
	"unsafe"
)

type (
	name    string
	celsius float64
	flags   uint8
	point   struct{ x, y int }
	wrapped struct{ inner *point }
	nested  struct{ w wrapped }
	single  [1]*point
	empty   struct{}
	handler func(point) error
	visitor interface{ visit(point) }
	tree    struct{ left, right *tree }
	lonely  struct{ a, b, c int16 }
	größe   int
	failure struct{ code int }
	tagged  struct {
		A int `json:"a,omitempty" comment:"tab\there"`
		io.Reader
	}
)

func (f failure) Error() string { return "failure" }

func (p *point) visit(point) {}

var values = []interface{}{
	errors.New("plain"),
	fmt.Errorf("around: %w", os.ErrNotExist),
	fmt.Errorf("without"),
	&os.PathError{Op: "open", Path: "/nowhere", Err: syscall.ENOENT},
	&os.SyscallError{},
	&strconv.NumError{},
	&url.Error{},
	io.EOF,
	syscall.ENOENT,
	failure{1},
	&failure{2},
	time.Second,
	time.Now(),
	time.UTC,
	true,
	int(1), int8(1), int16(1), int32(1), int64(1),
	uint(1), uint8(1), uint16(1), uint32(1), uint64(1), uintptr(1),
	float32(1), float64(1), complex64(1), complex128(1),
	"text", name("name"), celsius(1.5), flags(3), größe(4),
	[]byte("bytes"), []string{"a"}, []name{"a"}, []interface{}{1}, [][]point{},
	[3]int{}, [0]string{}, [1]*int{}, [2][4]point{}, [1000]byte{},
	point{1, 2}, &point{1, 2}, wrapped{}, nested{}, single{}, empty{}, struct{}{}, &empty{},
	tree{}, &tree{}, tagged{}, &tagged{},
	struct{ p *int }{}, struct {
		a int
		b string
	}{},
	map[string]int{}, map[point][]name{}, map[name]map[int]*tree{}, map[interface{}]struct{}{},
	make(chan int), make(<-chan error), make(chan<- point),
	func() {}, func(int, ...string) (point, error) { return point{}, nil }, handler(nil),
	unsafe.Pointer(nil), (*int)(nil), new(**int), new(interface{}), new(error), new(visitor), new(io.Reader),
	&sync.Mutex{}, &sync.WaitGroup{}, os.Stdout, big.NewInt(1), template.New("t"),
}
