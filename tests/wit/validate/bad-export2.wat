;;! check
;; Two exports of one name.
(module
  (@interface func $f)
  (@interface export "a" (func $f))
  (@interface export "b" (func $f))
  (@interface export "a" (func $f))
)

(; EXPECT
error: bad-export2.wat: adapter export 2: duplicate export name "a"
     --> 7:15
      |
    7 |   (@interface export "a" (func $f))
      |               ^
exit 1
;)
