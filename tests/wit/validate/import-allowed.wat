;;! check
;; Imports may repeat names, and be exported under several; signatures may mix.
(module
  (@interface import "m" "n" (func $a (param string)))
  (@interface import "m" "n" (func $b (param string)))
  (@interface import "m" "n" (func $c (param i32) (param u32) (param externref) (result s64)))
  (@interface export "a" (func $a))
  (@interface export "b" (func $b))
  (@interface export "also a" (func $a))
  (@interface export "" (func $c))
)

(; EXPECT
;)
