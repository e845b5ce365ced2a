;;! check
;; A component is known and not supported.
(; comments and annotations come before ;)
(@a (@b "x"))
(component $c
  (core module $m))

(; EXPECT
error: file-component.wat: a component is not supported: expected one core module
     --> 5:2
      |
    5 | (component $c
      |  ^
exit 1
;)
