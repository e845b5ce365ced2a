;; Compares a text with its reverse, which another module makes.
(module
  (import "strings" "reverse" (func $reverse (param i32 i32) (result i32 i32)))
  (memory 1)
  (global $free (mut i32) (i32.const 8))

  (func $malloc (param $size i32) (result i32)
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get $size))))

  (func $is_palindrome (param $text i32) (param $size i32) (result i32)
    (local $other i32) (local $i i32) (local $same i32)
    (call $reverse (local.get $text) (local.get $size))
    (drop)
    (local.set $other)
    (local.set $same (i32.const 1))
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $i) (local.get $size)))
        (if (i32.ne
              (i32.load8_u (i32.add (local.get $text) (local.get $i)))
              (i32.load8_u (i32.add (local.get $other) (local.get $i))))
          (then (local.set $same (i32.const 0))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (global.set $free (i32.const 8))
    (local.get $same))

  ;; The core's import is answered by an adapter that calls the interface's.
  (@interface import "strings" "reverse" (func $strings_reverse (param string) (result string)))
  (@interface implement (import "strings" "reverse") (param $text i32) (param $size i32)
      (result i32) (result i32)
    arg.get $text
    arg.get $size
    memory-to-string
    call-adapter $strings_reverse
    string-to-memory $malloc)

  (@interface func (export "is palindrome") (param $text string) (result u8)
    arg.get $text
    string-to-memory $malloc
    call-core $is_palindrome
    i32-to-u8))
