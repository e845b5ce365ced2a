;;! print
;; The strings are the module, and may hold an interface.
(module $m binary
  "\00asm" "\01\00\00\00"
  "\00\20\14wasm-interface-types"
  "\050.1.0"
  "\00\03\01\00\00")

(; EXPECT
(module
  (@interface type (;0;) (func)))
;)
