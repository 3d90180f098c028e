package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// generics are functions by the names that the compiler gives them.
var generics = map[string]interface{}{}

type variable struct {
	Name     string `json:"name"` // empty or _ for those without
	IsResult bool   `json:"is_result"`
	Type     int    `json:"type"`
}

type field struct {
	Name       string `json:"name"`
	Type       int    `json:"type"`
	Off        int    `json:"off"`
	IsEmbedded bool   `json:"is_embedded"`
}

type described struct {
	Name       string  `json:"name"`
	Kind       int     `json:"kind"`
	Bytes      int     `json:"bytes"`
	Element    *int    `json:"element"`
	Key        *int    `json:"key"`
	Elements   int     `json:"elements"`
	HasMethods bool    `json:"has_methods"`
	Fields     []field `json:"fields"`
}

// types are described in the order in which they are met.
type types struct {
	indices map[reflect.Type]int
	met     []reflect.Type
}

func (all *types) index(t reflect.Type) int {
	i, ok := all.indices[t]
	if !ok {
		i = len(all.met)
		all.indices[t] = i
		all.met = append(all.met, t)
	}
	return i
}

func (all *types) describe(t reflect.Type) described {
	d := described{Name: spell(t), Kind: int(t.Kind()), Bytes: int(t.Size()), Fields: []field{}}
	switch t.Kind() {
	case reflect.Map:
		key := all.index(t.Key())
		d.Key = &key
		fallthrough
	case reflect.Array, reflect.Chan, reflect.Ptr, reflect.Slice:
		element := all.index(t.Elem())
		d.Element = &element
	case reflect.Interface:
		d.HasMethods = t.NumMethod() > 0
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			d.Fields = append(d.Fields, field{f.Name, all.index(f.Type), int(f.Offset), f.Anonymous})
		}
	}
	if t.Kind() == reflect.Array {
		d.Elements = t.Len()
	}
	return d
}

// spell is the whole name of a type: reflect's own has of a package the last part only.
func spell(t reflect.Type) string {
	if t.Kind() == reflect.UnsafePointer {
		return "unsafe.Pointer"
	}
	if t.Name() != "" {
		if t.PkgPath() == "" {
			return t.Name()
		}
		return t.PkgPath() + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + spell(t.Elem())
	case reflect.Chan:
		return spellChan(t)
	case reflect.Func:
		return "func" + spellFunc(t)
	case reflect.Interface:
		return spellInterface(t)
	case reflect.Map:
		return "map[" + spell(t.Key()) + "]" + spell(t.Elem())
	case reflect.Ptr:
		return "*" + spell(t.Elem())
	case reflect.Slice:
		return "[]" + spell(t.Elem())
	case reflect.Struct:
		return spellStruct(t)
	}
	return t.String()
}

func spellChan(t reflect.Type) string {
	switch t.ChanDir() {
	case reflect.RecvDir:
		return "<-chan " + spell(t.Elem())
	case reflect.SendDir:
		return "chan<- " + spell(t.Elem())
	}
	return "chan " + spell(t.Elem())
}

func spellFunc(t reflect.Type) string {
	var in, out []string
	for i := 0; i < t.NumIn(); i++ {
		in = append(in, spell(t.In(i)))
	}
	if t.IsVariadic() {
		last := len(in) - 1
		in[last] = "..." + strings.TrimPrefix(in[last], "[]")
	}
	for i := 0; i < t.NumOut(); i++ {
		out = append(out, spell(t.Out(i)))
	}
	text := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return text
	case 1:
		return text + " " + out[0]
	}
	return text + " (" + strings.Join(out, ", ") + ")"
}

func inPackage(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func spellInterface(t reflect.Type) string {
	var methods []string
	for i := 0; i < t.NumMethod(); i++ {
		m := t.Method(i)
		methods = append(methods, inPackage(m.PkgPath, m.Name)+spellFunc(m.Type))
	}
	if methods == nil {
		return "interface {}"
	}
	return "interface { " + strings.Join(methods, "; ") + " }"
}

func spellStruct(t reflect.Type) string {
	var fields []string
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		text := spell(f.Type)
		if !f.Anonymous {
			text = inPackage(f.PkgPath, f.Name) + " " + text
		}
		if f.Tag != "" {
			text += " " + strconv.Quote(string(f.Tag))
		}
		fields = append(fields, text)
	}
	if fields == nil {
		return "struct {}"
	}
	return "struct { " + strings.Join(fields, "; ") + " }"
}

// namesOf are the names in a list, one for each that has none.
func namesOf(lists ...*ast.FieldList) []string {
	var names []string
	for _, list := range lists {
		if list == nil {
			continue
		}
		for _, f := range list.List {
			for _, name := range f.Names {
				names = append(names, name.Name)
			}
			if f.Names == nil {
				names = append(names, "")
			}
		}
	}
	return names
}

// receiver is how a type is written in the name of a method, without type parameters.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "(*" + receiver(e.X) + ")"
	case *ast.IndexExpr:
		return receiver(e.X)
	}
	panic("a receiver of another kind")
}

// parse finds what parameters and results are called, by function; a closure's after those that surround it.
func parse(folder string) map[string][]string {
	declared := map[string][]string{}
	paths, _ := filepath.Glob(filepath.Join(folder, "*.go"))
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			continue // of a newer language
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := "main." + f.Name.Name
			if f.Recv != nil {
				name = "main." + receiver(f.Recv.List[0].Type) + "." + f.Name.Name
			}
			declared[name] = namesOf(f.Recv, f.Type.Params, f.Type.Results)
			closures := 0
			ast.Inspect(f, func(n ast.Node) bool {
				c, ok := n.(*ast.FuncLit)
				if ok {
					closures++
					name := name + ".func" + strconv.Itoa(closures)
					declared[name] = namesOf(c.Type.Params, c.Type.Results)
				}
				return !ok
			})
		}
	}
	return declared
}

func (all *types) signature(f interface{}, names []string) []variable {
	t := reflect.TypeOf(f)
	if len(names) != t.NumIn()+t.NumOut() {
		panic("the source is that of another program")
	}
	variables := []variable{}
	for i := 0; i < t.NumIn(); i++ {
		variables = append(variables, variable{names[i], false, all.index(t.In(i))})
	}
	for i := 0; i < t.NumOut(); i++ {
		variables = append(variables, variable{names[t.NumIn()+i], true, all.index(t.Out(i))})
	}
	return variables
}

// withoutArguments is main.(*list).push for main.(*list[string]).push.
func withoutArguments(name string) string {
	begin, end := strings.Index(name, "["), strings.LastIndex(name, "]")
	return name[:begin] + name[end+1:]
}

func print(functions []interface{}) {
	_, path, _, _ := runtime.Caller(0)
	declared := parse(filepath.Dir(path))
	all := types{indices: map[reflect.Type]int{}}
	found, generic := map[string][]variable{}, map[string][]variable{}
	for _, f := range functions {
		name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
		found[name] = all.signature(f, declared[name])
	}
	for name, f := range generics {
		generic[name] = all.signature(f, declared[withoutArguments(name)])
	}
	descriptions := []described{}
	for i := 0; i < len(all.met); i++ {
		descriptions = append(descriptions, all.describe(all.met[i]))
	}
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"functions": found, "generics": generic, "types": descriptions,
	})
}
