;;! run same '"straight through"'
;;! run --encoding=utf16 twice '"é🦀"'
;;! run constant
;; Adapters can pass strings on without the core ever seeing them.
(module
  (memory 1)
  (data (i32.const 100) "caf\c3\a9")
  (func $where (result i32 i32) i32.const 100 i32.const 5)
  (@interface func $same (export "same") (param string) (result string)
    arg.get 0)
  (@interface func (export "twice") (param string) (result string) (result string)
    arg.get 0
    call-adapter $same
    arg.get 0)
  (@interface func (export "constant") (result string)
    call-core $where
    memory-to-string))

(; EXPECT
;;! run same '"straight through"'
"straight through"
;;! run --encoding=utf16 twice '"é🦀"'
"é🦀"
"é🦀"
;;! run constant
"café"
;)
