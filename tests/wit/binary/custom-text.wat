;;! check
;;! inspect
;; Text can write the section as bytes. Then it is read as in a binary.
(module
  (func (export "f"))
  (@custom "wasm-interface-types" (after last)
    "\050.1.0" "\00\03\01\00\00" "\02\04\01\02\00\02" "\03\04\01\00\01x")
)

(; EXPECT
;;! check
;;! inspect
export "x" func () -> ()
;)
