;;! check
;;! inspect
;;! print
;;! plan
;; The smallest implement: the one core import is gone.
(module binary "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00" ;; core type
  "\02\07\01\01m\01n\00\00" ;; core import "m" "n"
  "\00\2b" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\04\01\02\00\02" ;; func: type 0, no instructions
    "\04\03\01\00\00" ;; implement: core func 0 by adapter func 0
)

(; EXPECT
;;! check
;;! inspect
;;! print
(module
  (type (;0;) (func))
  (import "m" "n" (func (;0;) (type 0)))
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0))
  (@interface implement (func 0) (func 0)))
;;! plan
wrapped core module
core import 0 from adapter 0
adapter 0 () -> (), slots: 0
  return
;)
