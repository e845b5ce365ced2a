;;! check
;;! print
;; The largest number is one, if an index of nothing.
(module binary "\00asm" "\01\00\00\00"
  "\00\2c" "\14wasm-interface-types"
    "\050.1.0" ;; version
    "\00\03\01\00\00" ;; type: () -> ()
    "\02\0a\01\08\00\05\ff\ff\ff\ff\0f\02" ;; call-adapter 4294967295
)

(; EXPECT
;;! check
error: leb-max.wat: adapter func 0: instruction 0 (call-adapter): adapter func index 4294967295 out of range: only functions up to this one, 0, can be called (at offset 0x2f)
exit 1
;;! print
(module
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0)
    call-adapter 4294967295))
;)
