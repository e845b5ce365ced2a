// A module of Go by its own compiler: what `//go:wasmexport` and `//go:wasmimport` permit.
package main

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"
)

func main() {}

// What the host holds, by its address: the collector leaves it alone.
var held = map[unsafe.Pointer][]byte{}

//go:wasmexport alloc
func alloc(size uint32) unsafe.Pointer {
	bytes := make([]byte, max(size, 1))
	p := unsafe.Pointer(unsafe.SliceData(bytes))
	held[p] = bytes
	return p
}

//go:wasmexport free
func free(p unsafe.Pointer) { delete(held, p) }

//go:wasmexport live
func live() uint32 { return uint32(len(held)) }

// A result: address and length in one number, held until it is freed.
func give(text string) uint64 {
	p := alloc(uint32(len(text)))
	copy(held[p], text)
	return uint64(uintptr(p))<<32 | uint64(len(text))
}

//go:wasmexport greet
func greet(name string) uint64 {
	return give("hello, " + name + "! (" + strconv.Itoa(len(name)) + " bytes, " +
		strconv.Itoa(utf8.RuneCountInString(name)) + " chars)")
}

//go:wasmexport concat
func concat(a, b string) uint64 { return give(a + b) }

//go:wasmexport count
func count(text string) uint32 { return uint32(utf8.RuneCountInString(text)) }

//go:wasmexport sum
func sum(p unsafe.Pointer, n uint32) float64 {
	total := 0.0
	for _, x := range unsafe.Slice((*float64)(p), n) {
		total += x
	}
	return total
}

//go:wasmexport reverse
func reverse(p *byte, n uint32) uint64 {
	bytes := unsafe.Slice(p, n)
	out := make([]byte, n)
	for i, b := range bytes {
		out[len(out)-1-i] = b
	}
	return give(string(out))
}

//go:wasmexport truth
func truth(a bool, b int32, c uint64, d float32) bool { return a && b < 0 && c > 1 && d > 0.25 }

// A status, and the number, or address and length of a message, where the last arguments say.
//
//go:wasmexport parse
func parse(text string, to *int64, at, size *uint32) uint32 {
	n, err := strconv.ParseInt(text, 10, 64)
	var wrong *strconv.NumError
	if errors.As(err, &wrong) {
		both := give(wrong.Error())
		*at, *size = uint32(both>>32), uint32(both)
		return 1
	}
	*to = n
	return 0
}

//go:wasmexport boom
func boom(text string) { panic("boom: " + text) }

// Makes so much garbage that it is collected.
//
//go:wasmexport churn
func churn(rounds uint32) uint32 {
	size := 0
	for range rounds {
		size += len(strings.Repeat("x", 1<<10))
	}
	return uint32(size)
}

//go:wasmimport host log
func hostLog(level uint32, text string)

//go:wasmimport host ask
func hostAsk(text string) uint64

//go:wasmexport run
func run(text string) uint64 {
	hostLog(2, "run: "+text)
	both := hostAsk(text)
	p := unsafe.Pointer(uintptr(both >> 32))
	answer := string(held[p][:uint32(both)])
	free(p)
	return give(answer + "!")
}
