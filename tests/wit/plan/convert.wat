;;! plan
;; What is checked, and what wraps.
(module
  (@interface func (param i32) (param s64) (result s8) (result s8) (result i32) (result i32)
    arg.get 0
    i32-to-s8
    arg.get 0
    i32-to-s8x
    arg.get 1
    s64-to-i32
    arg.get 1
    s64-to-i32x)
)

(; EXPECT
wrapped core module
adapter 0 (i32, s64) -> (s8, s8, i32, i32), slots: 6
  %2 = convert i32 to s8 %0
  %3 = convert i32 to s8 checked %0!
  %4 = convert s64 to i32 %1
  %5 = convert s64 to i32 checked %1!
  return %2! %3! %4! %5!
;)
