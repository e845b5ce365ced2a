;;! check
;;! inspect
;;! print
;; Names that cannot stand between quotes as they are, and names that core
;; identifiers need quotes for.
(module
  (func $"two words" (@name "two words"))
  (func $"\"" )
  (@interface import "quote\"" "back\\slash" (func))
  (@interface import "" "nul\00 tab\t newline\n del\7f" (func))
  (@interface func (export "h\u{e9}llo \f0\9f\a6\80")
    call-core $"two words"
    call-core 1)
  (@interface export "(;" (func 0))
  (@interface export ";)" (func 0))
)

(; EXPECT
;;! check
;;! inspect
import "quote\"" "back\\slash" func () -> ()
import "" "nul\0 tab\t newline\n del\u{7f}" func () -> ()
export "héllo 🦀" func () -> ()
export "(;" func () -> ()
export ";)" func () -> ()
;;! print
(module
  (type (;0;) (func))
  (func $"two words" (;0;) (type 0))
  (func $"\u{22}" (;1;) (type 0))
  (@interface type (;0;) (func))
  (@interface import "quote\u{22}" "back\u{5c}slash" (func (;0;) (type 0)))
  (@interface import "" "nul\u{0} tab\u{9} newline\u{a} del\u{7f}" (func (;1;) (type 0)))
  (@interface func (;2;) (type 0)
    call-core $"two words"
    call-core $"\u{22}")
  (@interface export "h\u{e9}llo \u{1f980}" (func 2))
  (@interface export "(;" (func 0))
  (@interface export ";)" (func 0)))
;)
