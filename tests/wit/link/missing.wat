;;! run nothing
;;! run --imports print nothing
;; All that is missing is told at once.
(module
  (import "env" "f" (func (param i32)))
  (import "env" "g" (global i32))
  (@interface func (import "host" "log") (param string) (result u8))
  (@interface func (export "nothing")))

(; EXPECT
;)
