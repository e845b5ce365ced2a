;;! check
;; Results of different types: the first is the deepest.
(module
  (func $pair (result i32 i64) i32.const 1 i64.const 2)
  (@interface func (export "core") (result i32) (result i64)
    call-core $pair)
  (@interface func (export "interface") (param string) (param u8) (result string) (result u8)
    arg.get 0
    arg.get 1)
  (@interface func $a (param string) (param u8) (result u8) (result string)
    arg.get 1
    arg.get 0)
  (@interface func (export "through") (param string) (param u8) (result u8) (result string)
    arg.get 0
    arg.get 1
    call-adapter $a)
)

(; EXPECT
;)
