;;! inspect
;;! run add 2 40
;;! run add 2
;;! run missing
;;! run memory
;; Without an interface section the core's own exports are what there is.
(module
  (memory (export "memory") 1)
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))

(; EXPECT
;;! inspect
export "memory" memory 1
export "add" func (i32, i32) -> (i32)
;;! run add 2 40
42
;;! run add 2
error: add (i32, i32) -> (i32): expected 2 arguments, found 1
exit 1
;;! run missing
error: core-module.wat: no export is named "missing"
exit 1
;;! run memory
error: core-module.wat: the export "memory" is a memory, not a func
exit 1
;)
