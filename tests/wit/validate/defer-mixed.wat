;;! check
;; A deferred call takes the values on top, the last parameter topmost, and leaves them.
(module
  (func $free (param i32 i64 f32))
  (func $log (param f32))
  (@interface func (param string) (param i32) (param i64) (param f32)
    (result string) (result i32) (result i64) (result f32)
    arg.get 0
    arg.get 1
    arg.get 2
    arg.get 3
    defer-call-core $free
    defer-call-core $log)
)

(; EXPECT
;)
