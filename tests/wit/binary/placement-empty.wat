;;! check
;;! inspect
;;! strip
;; An interface without subsections may stand anywhere.
(module binary "\00asm" "\01\00\00\00"
  "\00\1b" "\14wasm-interface-types"
    "\050.1.0" ;; version
  "\01\04\01\60\00\00" ;; type section
  "\03\02\01\00" ;; function section
  "\0a\04\01\02\00\0b" ;; code section
)

(; EXPECT
;;! check
;;! inspect
;;! strip
0000: 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02  .asm.......`....
0010: 01 00 0a 04 01 02 00 0b                          ........
;)
