;;! check
;; Another version of the format.
(module binary "\00asm" "\01\00\00\00"
  "\00\1b" "\14wasm-interface-types"
    "\050.2.0" ;; version
)

(; EXPECT
error: bad-schema.wat: schema version "0.2.0" is not supported, the supported one is "0.1.0" (at offset 0x1f)
exit 1
;)
