;;! check
;; Of a long line the part around the place is shown.
(module (@interface type (func)) (@interface type (func)) (@interface type (func)) (@interface type (func)) (@interface type (function)) (@interface type (func)) (@interface type (func)) (@interface type (func)) (@interface type (func)))

(; EXPECT
error: place-long-line.wat: expected keyword `func`
     --> 3:127
      |
    3 | …ype (func)) (@interface type (func)) (@interface type (func)) (@interface type (function)) (@interface type (func)) (@interface type (func)) (@interface type (f…
      |                                                                                  ^
exit 1
;)
