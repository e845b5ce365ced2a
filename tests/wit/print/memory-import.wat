;;! check
;;! inspect
;;! print
(module
  (import "env" "mem" (memory 1))
  (@interface func (export "read") (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string 0)
)

(; EXPECT
;;! check
;;! inspect
import "env" "mem" memory 1
export "read" func (i32, i32) -> (string)
;;! print
(module
  (import "env" "mem" (memory (;0;) 1))
  (@interface type (;0;) (func (param i32) (param i32) (result string)))
  (@interface func (;0;) (type 0)
    arg.get 0
    arg.get 1
    memory-to-string)
  (@interface export "read" (func 0)))
;)
