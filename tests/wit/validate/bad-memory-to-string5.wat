;;! check
;; A string is not the number that was promised.
(module
  (memory 1)
  (@interface func (param i32) (param i32) (result s32)
    arg.get 0
    arg.get 1
    memory-to-string)
)

(; EXPECT
error: bad-memory-to-string5.wat: adapter func 0: end: expected s32, found string
     --> 8:21
      |
    8 |     memory-to-string)
      |                     ^
exit 1
;)
