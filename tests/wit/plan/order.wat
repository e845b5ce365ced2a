;;! plan
;; Values of several results lie in order.
(module
  (func $four (result i32 i64 f32 f64) unreachable)
  (func $take (param i64 f32 f64))
  (@interface func $f (result i32) (result i64) (result f32) (result f64)
    call-core $four)
  (@interface func (result i32)
    call-adapter $f
    call-core $take)
)

(; EXPECT
wrapped core module
adapter 0 () -> (i32, i64, f32, f64), slots: 4
  %0 %1 %2 %3 = call core func 0
  return %0! %1! %2! %3!
adapter 1 () -> (i32), slots: 4
  %0 %1 %2 %3 = call adapter 0
  call core func 1 %1! %2! %3!
  return %0!
uses core funcs 0 1
;)
