;;! check
;; No type of this name.
(module
  (@interface import "m" "n" (func $f (type $nope))))

(; EXPECT
error: unknown-type-in-import.wat: unknown type: failed to find name `$nope`
     --> 4:45
      |
    4 |   (@interface import "m" "n" (func $f (type $nope))))
      |                                             ^
exit 1
;)
