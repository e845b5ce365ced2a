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
;)
