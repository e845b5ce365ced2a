;;! check
;; A name that is not UTF-8.
(module binary "\00asm" "\01\00\00\00"
  "\00\2e" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\04\01\02\00\02" ;; func: type 0, no instructions
    "\03\06\01\00\03a\ffb" ;; export
)

(; EXPECT
error: name-utf8.wat: adapter export 0: a name is not valid UTF-8 (at offset 0x36)
exit 1
;)
