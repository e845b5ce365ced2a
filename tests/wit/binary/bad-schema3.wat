;;! check
;; A version that is cut off.
(module binary "\00asm" "\01\00\00\00"
  "\00\19" "\14wasm-interface-types"
    "\050.1" ;; version
)

(; EXPECT
error: bad-schema3.wat: schema version: unexpected end: 5 bytes are announced, 3 are left (at offset 0x20)
exit 1
;)
