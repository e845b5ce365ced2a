;;! check
;; A subsection without a count.
(module binary "\00asm" "\01\00\00\00"
  "\00\1d" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\00"
)

(; EXPECT
error: subsection-no-count.wat: type subsection: unexpected end (at offset 0x27)
exit 1
;)
