;;! check
;;! inspect
;;! print
;;! strip
;; The rest of the core may follow; the core is the same without the interface.
(module binary "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00" ;; type section
  "\03\02\01\00" ;; function section
  "\05\03\01\00\01" ;; memory section
  "\00\2c" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\04\01\02\00\02" ;; func: type 0, no instructions
    "\03\04\01\00\01x" ;; export: func 0 as "x"
  "\06\06\01\7f\00A\00\0b" ;; global section
  "\07\05\01\01g\03\00" ;; export section
  "\0a\04\01\02\00\0b" ;; code section
  "\00\06\05other"
)

(; EXPECT
;;! check
;;! inspect
export "x" func () -> ()
;;! print
(module
  (type (;0;) (func))
  (memory (;0;) 1)
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0))
  (@interface export "x" (func 0))
  (global (;0;) i32 i32.const 0)
  (export "g" (global 0))
  (func (;0;) (type 0))
  (@custom "other" (after code) "")
)
;;! strip
0000: 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02  .asm.......`....
0010: 01 00 05 03 01 00 01 06 06 01 7f 00 41 00 0b 07  ............A...
0020: 05 01 01 67 03 00 0a 04 01 02 00 0b 00 06 05 6f  ...g...........o
0030: 74 68 65 72                                      ther
;)
