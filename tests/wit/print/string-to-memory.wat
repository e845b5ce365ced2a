;;! check
;;! print
;; Allocator and memory by identifier, by number, and memory 0 by default.
(module
  (memory $m 1)
  (memory $second 1)
  (func (param i32) (result i32) local.get 0)
  (func $malloc (param i32) (result i32) local.get 0)
  (func $use (param i32 i32))
  (@interface func (param string) arg.get 0 string-to-memory $malloc $m call-core $use)
  (@interface func (param string) arg.get 0 string-to-memory 0 0 call-core $use)
  (@interface func (param string) arg.get 0 string-to-memory 0 call-core $use)
  (@interface func (param string) arg.get 0 string-to-memory $malloc $second call-core $use)
  (@interface func (param string) arg.get 0 string-to-memory 1 1 call-core $use)
)

(; EXPECT
;;! check
;;! print
(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (param i32 i32)))
  (memory $m (;0;) 1)
  (memory $second (;1;) 1)
  (func (;0;) (type 0) (param i32) (result i32)
    local.get 0
  )
  (func $malloc (;1;) (type 0) (param i32) (result i32)
    local.get 0
  )
  (func $use (;2;) (type 1) (param i32 i32))
  (@interface type (;0;) (func (param string)))
  (@interface func (;0;) (type 0)
    arg.get 0
    string-to-memory $malloc
    call-core $use)
  (@interface func (;1;) (type 0)
    arg.get 0
    string-to-memory 0
    call-core $use)
  (@interface func (;2;) (type 0)
    arg.get 0
    string-to-memory 0
    call-core $use)
  (@interface func (;3;) (type 0)
    arg.get 0
    string-to-memory $malloc 1
    call-core $use)
  (@interface func (;4;) (type 0)
    arg.get 0
    string-to-memory $malloc 1
    call-core $use))
;)
