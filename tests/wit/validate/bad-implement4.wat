;;! check
;; A body written in place that leaves too few results.
(module
  (import "" "f" (func (result i32 i32)))
  (func $one (result i32) i32.const 1)
  (@interface implement (import "" "f") (result i32) (result i32)
    call-core $one)
)

(; EXPECT
error: bad-implement4.wat: adapter func 0: end: expected i32, found nothing
     --> 7:19
      |
    7 |     call-core $one)
      |                   ^
exit 1
;)
