;;! check
;;! inspect
;;! print
;;! assemble
;; The smallest type, function and export.
(module binary "\00asm" "\01\00\00\00"
  "\00\2c" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\04\01\02\00\02" ;; func: type 0, no instructions
    "\03\04\01\00\01x" ;; export: func 0 as "x"
)

(; EXPECT
;;! check
;;! inspect
export "x" func () -> ()
;;! print
(module
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0))
  (@interface export "x" (func 0)))
;;! assemble
0000: 00 61 73 6d 01 00 00 00 00 2c 14 77 61 73 6d 2d  .asm.....,.wasm-
0010: 69 6e 74 65 72 66 61 63 65 2d 74 79 70 65 73 05  interface-types.
0020: 30 2e 31 2e 30 00 03 01 00 00 02 04 01 02 00 02  0.1.0...........
0030: 03 04 01 00 01 78                                .....x
;)
