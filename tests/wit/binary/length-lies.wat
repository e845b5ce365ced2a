;;! check
;; A name of four gigabytes.
(module binary "\00asm" "\01\00\00\00"
  "\00\27" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\01\0a\01\ff\ff\ff\ff\0fmn\01n"
)

(; EXPECT
error: length-lies.wat: adapter import 0: unexpected end: 4294967295 bytes are announced, 4 are left (at offset 0x2d)
exit 1
;)
