;;! check
;; A result is promised and nothing is there.
(module
  (@interface func (result s32))
)

(; EXPECT
error: typeck1.wat: adapter func 0: end: expected s32, found nothing
     --> 4:32
      |
    4 |   (@interface func (result s32))
      |                                ^
exit 1
;)
