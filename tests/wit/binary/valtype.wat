;;! check
;; A type code that does not exist.
(module binary "\00asm" "\01\00\00\00"
  "\00\22" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\05\01\02\0d\0e\00" ;; i64 and 0x0e
)

(; EXPECT
error: valtype.wat: adapter type 0: unknown value type 0x0e (at offset 0x2a)
exit 1
;)
