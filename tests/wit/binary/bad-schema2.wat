;;! check
;; The version is looked at before all else.
(module binary "\00asm" "\01\00\00\00"
  "\00\1f" "\14wasm-interface-types"
    "\06latest" ;; version
    "\ff\ff\ff" ;; junk
)

(; EXPECT
error: bad-schema2.wat: schema version "latest" is not supported, the supported one is "0.1.0" (at offset 0x1f)
exit 1
;)
