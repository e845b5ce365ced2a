;;! check
;; In a binary, the function and the offset at fault.
(module binary "\00asm" "\01\00\00\00"
  "\01\05\01\60\00\01\7f"
  "\03\02\01\00"
  "\0a\06\01\04\00\42\00\0b"
  "\00\0b\04name" "\01\04\01\00\01f")

(; EXPECT
error: core-binary.wat: core func 0 "f": type mismatch: expected i32, found i64 (at offset 0x1a)
exit 1
;)
