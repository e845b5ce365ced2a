;;! run echo '""'
;;! run echo '"a"'
;;! run --encoding=utf16 echo '"x\u0000y"'
;;! run --encoding=utf16 echo '"Zoë 漢字 🦀"'
;;! run echo '"Zoë 漢字 🦀"'
;;! run bytes '""'
;;! run --encoding=utf16 bytes '"Zoë 漢字 🦀"'
;; A string goes in through the guest's allocator and comes out as a view.
(module
  (memory 1)
  (func $alloc (param i32) (result i32) i32.const 1024)
  (func $echo (param i32 i32) (result i32 i32) local.get 0 local.get 1)
  (func $len (param i32 i32) (result i32) local.get 1)
  (@interface func (export "echo") (param string) (result string)
    arg.get 0
    string-to-memory $alloc
    call-core $echo
    memory-to-string)
  (@interface func (export "bytes") (param string) (result u32)
    arg.get 0
    string-to-memory $alloc
    call-core $len
    i32-to-u32))

(; EXPECT
;;! run echo '""'
""
;;! run echo '"a"'
"a"
;;! run --encoding=utf16 echo '"x\u0000y"'
"x\u0000y"
;;! run --encoding=utf16 echo '"Zoë 漢字 🦀"'
"Zoë 漢字 🦀"
;;! run echo '"Zoë 漢字 🦀"'
"Zoë 漢字 🦀"
;;! run bytes '""'
0
;;! run --encoding=utf16 bytes '"Zoë 漢字 🦀"'
16
;)
