;;! plan
;; The start function is the core's own, or one of its imports.
(module
  (import "env" "begin" (func $begin))
  (start $begin)
  (@interface func (export "begin")
    call-core $begin)
)

(; EXPECT
wrapped core module
import 0 "env" "begin" func () -> () for core import 0
core import 0 from import 0
adapter 0 () -> (), slots: 0
  call core func 0
  return
export 0 "begin" func () -> () from adapter 0
uses core funcs 0
starts core func 0
;)
