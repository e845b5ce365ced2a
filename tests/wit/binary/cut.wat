;;! check
;; A core section that is cut off.
(module binary "\00asm" "\01\00\00\00" "\01\04\01")

(; EXPECT
error: cut.wat: unexpected end-of-file (at offset 0xa)
exit 1
;)
