;;! run nothing
;;! run --imports=print nothing
;; All that is missing is told at once.
(module
  (import "env" "f" (func (param i32)))
  (import "env" "g" (global i32))
  (@interface func (import "host" "log") (param string) (result u8))
  (@interface func (export "nothing")))

(; EXPECT
;;! run nothing
error: missing.wat: missing imports: "env" "f" func (i32) -> (); "env" "g" global i32; "host" "log" func (string) -> (u8) (--imports print supplies functions)
exit 1
;;! run --imports=print nothing
error: missing.wat: missing imports: "env" "g" global i32
exit 1
;)
