;;! check
;;! inspect
;;! plan
;; An interface that exports nothing hides all that the core exports.
(module binary "\00asm" "\01\00\00\00"
  "\01\04\01\60\00\00" ;; type
  "\03\02\01\00" ;; function
  "\07\05\01\01f\00\00" ;; export "f"
  "\0a\04\01\02\00\0b" ;; code
  "\00\1b" "\14wasm-interface-types"
    "\050.1.0" ;; version
)

(; EXPECT
;;! check
;;! inspect
;;! plan
wrapped core module
;)
