;;! plan
;; Core imports that are implemented are not asked for; the others come first, in
;; the core's order.
(module
  (import "env" "mem" (memory 1))
  (import "env" "f" (func $f (param i32 i32)))
  (import "env" "g" (func $g))
  (import "env" "table" (table 1 funcref))
  (import "env" "h" (func $h (result i32)))
  (@interface func $f' (import "host" "f") (param string))
  (@interface func $h' (import "host" "h") (result i32))
  (@interface func $g' (import "host" "g"))
  (@interface implement (func $h) (func $h'))
  (@interface implement (func $f) (param i32) (param i32)
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $f')
  (@interface export "g" (func $g'))
  (@interface export "f" (func $f'))
)

(; EXPECT
wrapped core module
import 0 "env" "mem" memory 1 for core import 0
import 1 "env" "g" func () -> () for core import 2
import 2 "env" "table" table 1 funcref for core import 3
import 3 "host" "f" func (string) -> () for adapter 0
import 4 "host" "h" func () -> (i32) for adapter 1
import 5 "host" "g" func () -> () for adapter 2
core import 0 from import 0
core import 1 from adapter 3
core import 2 from import 1
core import 3 from import 2
core import 4 from adapter 1
adapter 0 (string) -> () = import 3
adapter 1 () -> (i32) = import 4
adapter 2 () -> () = import 5
adapter 3 (i32, i32) -> (), slots: 3
  %2 = lift string from memory 0 %0! %1!
  call adapter 0 %2!
  return
export 0 "g" func () -> () from adapter 2
export 1 "f" func (string) -> () from adapter 0
uses core memories 0
;)
