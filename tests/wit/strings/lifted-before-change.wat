;;! run before
;;! run between
;; A lifted string is what memory held at that moment, whatever the core does
;; to the memory afterwards.
(module
  (memory 1)
  (data (i32.const 0) "before")
  (func $where (result i32 i32) i32.const 0 i32.const 6)
  (func $overwrite
    (i32.store (i32.const 0) (i32.const 0x58585858)))
  (func $alloc (param i32) (result i32)
    (i32.store (i32.const 0) (i32.const 0x59595959))
    (i32.const 64))
  (@interface func (export "before") (result string)
    call-core $where
    memory-to-string
    call-core $overwrite)
  (@interface func (export "between") (result string)
    call-core $where
    memory-to-string
    string-to-memory $alloc
    memory-to-string))

(; EXPECT
;;! run before
"before"
;;! run between
"before"
;)
