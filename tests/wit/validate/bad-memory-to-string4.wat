;;! check
;; Address and length are not there.
(module
  (memory 1)
  (@interface func (result string)
    memory-to-string)
)

(; EXPECT
error: bad-memory-to-string4.wat: adapter func 0: instruction 0 (memory-to-string): expected i32, found nothing
     --> 6:5
      |
    6 |     memory-to-string)
      |     ^
exit 1
;)
