;;! run --encoding=utf16 --imports=print take '"ok"' '"a\ud800b"'
;;! run --encoding=utf16 --imports=print take '"\udc00"' '""'
;;! run --encoding=utf8 --imports=print take '"ab\udfff"' '""'
;;! run --encoding=utf16 --ill-formed=replace --imports=print take '"a\ud800b"' '"\udc00"'
;;! run --encoding=utf8 --ill-formed=replace --imports=print take '"a\ud800b"' '""'
;; Ill-formed text of the host is an error before any guest code runs (the
;; allocator would print), or has U+FFFD put in its place.
(module
  (import "env" "asked" (func $asked (param i32)))
  (memory 1)
  (func $alloc (param i32) (result i32) (call $asked (local.get 0)) i32.const 8)
  (func $second (param i32 i32 i32 i32) (result i32 i32) local.get 2 local.get 3)
  (@interface func (export "take") (param string) (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    arg.get 1
    string-to-memory $alloc
    call-core $second
    memory-to-string))

(; EXPECT
;;! run --encoding=utf16 --imports=print take '"ok"' '"a\ud800b"'
error: ill-formed-host.wat: parameter 1: ill-formed text: a lone surrogate at code unit 1
exit 1
;;! run --encoding=utf16 --imports=print take '"\udc00"' '""'
error: ill-formed-host.wat: parameter 0: ill-formed text: a lone surrogate at code unit 0
exit 1
;;! run --encoding=utf8 --imports=print take '"ab\udfff"' '""'
error: ill-formed-host.wat: parameter 0: ill-formed text: a lone surrogate at code unit 2
exit 1
;;! run --encoding=utf16 --ill-formed=replace --imports=print take '"a\ud800b"' '"\udc00"'
"�"
env.asked(5)
env.asked(3)
;;! run --encoding=utf8 --ill-formed=replace --imports=print take '"a\ud800b"' '""'
""
env.asked(11)
env.asked(0)
;)
