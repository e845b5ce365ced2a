;;! check
;;! inspect
;; The name of the section counts, all of it.
(module binary "\00asm" "\01\00\00\00"
  "\00\19\18wasm-interface-types.old"
)

(; EXPECT
;;! check
;;! inspect
;)
