;;! check
;;! print
(module
  (memory $mem 1)
  (data (i32.const 4) "text")
  (@interface func (export "by name") (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string $mem)
  (@interface func (export "by default") (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string)
)

(; EXPECT
;;! check
;;! print
(module
  (memory $mem (;0;) 1)
  (data (;0;) (i32.const 4) "text")
  (@interface type (;0;) (func (param i32) (param i32) (result string)))
  (@interface func (;0;) (type 0)
    arg.get 0
    arg.get 1
    memory-to-string)
  (@interface func (;1;) (type 0)
    arg.get 0
    arg.get 1
    memory-to-string)
  (@interface export "by name" (func 0))
  (@interface export "by default" (func 1)))
;)
