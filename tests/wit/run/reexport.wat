;;! inspect
;;! run --imports=print direct '"x"'
;; An export and an implement may point at an adapter import.
(module
  (import "env" "f" (func $f (param i32)))
  (@interface func $host (import "host" "f") (param string) (result u8))
  (@interface func $core (import "host" "g") (param i32))
  (@interface implement (import "env" "f") (func $core))
  (@interface export "direct" (func $host))
  (@interface export "core" (func $core)))

(; EXPECT
;;! inspect
import "host" "f" func (string) -> (u8)
import "host" "g" func (i32) -> ()
export "direct" func (string) -> (u8)
export "core" func (i32) -> ()
;;! run --imports=print direct '"x"'
0
host.f("x")
;)
