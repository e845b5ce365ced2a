;;! check
;;! inspect
;;! print
;; A subsection of no items is fine; it is not written again.
(module binary "\00asm" "\01\00\00\00"
  "\00\2a" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\01\00" ;; type: none
    "\01\01\00" ;; import: none
    "\02\01\00" ;; func: none
    "\03\01\00" ;; export: none
    "\04\01\00" ;; implement: none
)

(; EXPECT
;;! check
;;! inspect
;;! print
(module)
;)
