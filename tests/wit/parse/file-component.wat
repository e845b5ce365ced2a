;;! check
;; A component is checked like a module.
(; comments and annotations come before ;)
(@a (@b "x"))
(component $c
  (core module $m))

(; EXPECT
;)
