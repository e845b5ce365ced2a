;;! check
;; The strings are read like a file.
(module binary "\00asm\01\00\00\00\01\ff")

(; EXPECT
error: file-binary-damaged.wat: unexpected end-of-file (at offset 0xa)
exit 1
;)
