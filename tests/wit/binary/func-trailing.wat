;;! check
;; Bytes after the end of a function.
(module binary "\00asm" "\01\00\00\00"
  "\00\27" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\05\01\03\00\02\02"
)

(; EXPECT
error: func-trailing.wat: adapter func 0: trailing bytes: 1 (at offset 0x30)
exit 1
;)
