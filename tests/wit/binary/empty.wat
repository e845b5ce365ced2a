;;! check
;; No bytes.
(module binary)

(; EXPECT
error: empty.wat: not a WebAssembly binary (at offset 0x0)
exit 1
;)
