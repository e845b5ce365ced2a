;;! check
;;! inspect
;;! print
;; Numbers may be padded to ten bytes; they are not written so.
(module binary "\00asm" "\01\00\00\00"
  "\00\38" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\0c\81\80\80\80\80\80\80\80\80\00\00\00" ;; type: a count of 1
    "\02\0d\01\0b\80\80\80\80\80\80\80\80\80\00\02" ;; func: type 0
)

(; EXPECT
;;! check
;;! inspect
;;! print
(module
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0)))
;)
