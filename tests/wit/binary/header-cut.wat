;;! check
;; A header that is cut off.
(module binary "\00asm" "\01\00")

(; EXPECT
error: header-cut.wat: unexpected end of the header (at offset 0x6)
exit 1
;)
