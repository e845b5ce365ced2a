;;! run named 1 x
;;! run --encoding=utf16 --imports=print named 1 '"\ud800"'
;;! run --encoding=utf8 --imports=print named 1 '"\ud800"'
;;! run named 1
;; Errors of arguments say what the parameter is called.
(module
  (memory 1)
  (func $alloc (param i32) (result i32) i32.const 8)
  (func $len (param i32 i32) (result i32) local.get 1)
  (@interface func (export "named") (param s32) (param $text string) (result u32)
    arg.get $text
    string-to-memory $alloc
    call-core $len
    i32-to-u32)
)

(; EXPECT
;;! run named 1 x
error: parameter 1 ("text"): x is no string
exit 1
;;! run --encoding=utf16 --imports=print named 1 '"\ud800"'
error: argument-names.wat: parameter 1 ("text"): ill-formed text: a lone surrogate at code unit 0
exit 1
;;! run --encoding=utf8 --imports=print named 1 '"\ud800"'
error: argument-names.wat: parameter 1 ("text"): ill-formed text: a lone surrogate at code unit 0
exit 1
;;! run named 1
error: named (s32, text: string) -> (u32): expected 2 arguments, found 1
exit 1
;)
