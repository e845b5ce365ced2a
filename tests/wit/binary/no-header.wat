;;! check
;; Bytes that are no binary at all.
(module binary "hello")

(; EXPECT
error: no-header.wat: not a WebAssembly binary (at offset 0x0)
exit 1
;)
