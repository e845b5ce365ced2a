;;! check
;; Core text has the same rule.
(module
  (func $f)
  (@interface func $f)
  (func $f))

(; EXPECT
error: duplicate-core-id.wat: duplicate func identifier
     --> 6:9
      |
    6 |   (func $f))
      |         ^
exit 1
;)
