;;! check
;;! inspect
;;! print
(module
  (@interface type $t (func (param string) (result u32)))
  (@interface import "h" "plain" (func $plain))
  (@interface import "h" "named type" (func $named (type $t)))
  (@interface import "h" "numbered type" (func (type 0)))
  (@interface import "h" "inline" (func (param s8) (result s8)))
  (@interface func $sugar (import "h" "sugar") (param string) (result u32))
  (@interface export "again" (func $sugar))
)

(; EXPECT
;;! check
;;! inspect
import "h" "plain" func () -> ()
import "h" "named type" func (string) -> (u32)
import "h" "numbered type" func (string) -> (u32)
import "h" "inline" func (s8) -> (s8)
import "h" "sugar" func (string) -> (u32)
export "again" func (string) -> (u32)
;;! print
(module
  (@interface type (;0;) (func (param string) (result u32)))
  (@interface type (;1;) (func))
  (@interface type (;2;) (func (param s8) (result s8)))
  (@interface import "h" "plain" (func (;0;) (type 1)))
  (@interface import "h" "named type" (func (;1;) (type 0)))
  (@interface import "h" "numbered type" (func (;2;) (type 0)))
  (@interface import "h" "inline" (func (;3;) (type 2)))
  (@interface import "h" "sugar" (func (;4;) (type 0)))
  (@interface export "again" (func 4)))
;)
