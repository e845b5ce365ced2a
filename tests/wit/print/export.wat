;;! print
;;! check
;; Printing does not check: that this function does not exist is not its
;; business.
(module
  (@interface export "nothing" (func 7))
)

(; EXPECT
;;! print
(module
  (@interface export "nothing" (func 7)))
;;! check
error: export.wat: adapter export 0: adapter func index 7 out of range: the count is 0
     --> 6:15
      |
    6 |   (@interface export "nothing" (func 7))
      |               ^
exit 1
;)
