;;! run at 0 1
;;! run at 1 2
;;! run at 2 3
;;! run at 5 2
;;! run --ill-formed replace at 0 8
;;! run --ill-formed replace --encoding utf16 at 0 8
;;! run at 8 2
;; Ill-formed text in linear memory traps, or is replaced when that is asked
;; for: a stray byte, an overlong form, a surrogate, a sequence cut short.
(module
  (memory 1)
  (data (i32.const 0) "\ff\c0\80\ed\a0\80\e2\82ok")
  (@interface func (export "at") (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string))

(; EXPECT
;)
