;;! check
;;! inspect
;;! print
;; A host function with a string, behind a core import with address and length;
;; both may carry the same two names.
(module
  (import "host" "log" (func $log (param i32 i32)))
  (memory 1)
  (@interface func $host_log (import "host" "log") (param string))
  (@interface implement (import "host" "log") (param i32) (param i32)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $host_log)
)

(; EXPECT
;;! check
;;! inspect
import "host" "log" func (string) -> ()
;;! print
(module
  (type (;0;) (func (param i32 i32)))
  (import "host" "log" (func $log (;0;) (type 0)))
  (memory (;0;) 1)
  (@interface type (;0;) (func (param string)))
  (@interface type (;1;) (func (param i32) (param i32)))
  (@interface import "host" "log" (func (;0;) (type 0)))
  (@interface func (;1;) (type 1)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter 0)
  (@interface implement (func $log) (func 1)))
;)
