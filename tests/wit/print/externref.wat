;;! check
;;! print
;; References pass through both ways; a core function answered by an import.
(module
  (import "" "keep" (func $keep (param externref) (result externref)))
  (@interface func $host (import "host" "keep") (param anyref) (result externref))
  (@interface implement (import "" "keep") (param externref) (result externref)
    arg.get 0
    call-adapter $host)
  (@interface func (export "keep") (param $it externref) (result anyref)
    arg.get $it
    call-core $keep)
)

(; EXPECT
;;! check
;;! print
(module
  (type (;0;) (func (param externref) (result externref)))
  (import "" "keep" (func $keep (;0;) (type 0)))
  (@interface type (;0;) (func (param externref) (result externref)))
  (@interface import "host" "keep" (func (;0;) (type 0)))
  (@interface func (;1;) (type 0)
    arg.get 0
    call-adapter 0)
  (@interface func (;2;) (type 0) (param $it externref) (result externref)
    arg.get 0
    call-core $keep)
  (@interface export "keep" (func 2))
  (@interface implement (func $keep) (func 1)))
;)
