;;! check
;; A version that does not exist.
(module binary "\00asm" "\02\00\00\00")

(; EXPECT
error: not-wasm.wat: the version of the binary format is not 1 (at offset 0x4)
exit 1
;)
