;;! run --imports=print get
;; The start function calls an implemented import, whose adapter reads this
;; instance's memory, and calls into the core, before anything else runs.
(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory 1)
  (data (i32.const 16) "from the start")
  (global $count (mut i32) (i32.const 0))
  (func $bump (global.set $count (i32.add (global.get $count) (i32.const 1))))
  (func $get (result i32) global.get $count)
  (func $start (call $log (i32.const 16) (i32.const 14)))
  (start $start)
  (@interface func $host (import "host" "log") (param string))
  (@interface implement (import "env" "log") (param i32) (param i32)
    call-core $bump
    arg.get 0
    arg.get 1
    memory-to-string
    call-adapter $host)
  (@interface func (export "get") (result s32)
    call-core $get
    i32-to-s32))

(; EXPECT
1
host.log("from the start")
;)
