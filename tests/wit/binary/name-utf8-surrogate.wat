;;! check
;; Surrogates are not UTF-8.
(module binary "\00asm" "\01\00\00\00"
  "\00\2a" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\01\08\01\03\ed\a0\80\01n\00" ;; import
)

(; EXPECT
error: name-utf8-surrogate.wat: adapter import 0: a name is not valid UTF-8 (at offset 0x2e)
exit 1
;)
