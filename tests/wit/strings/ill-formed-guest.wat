;;! run at 0 1
;;! run at 1 2
;;! run at 3 3
;;! run at 6 2
;;! run --ill-formed=replace at 0 10
;;! run --ill-formed=replace --encoding=utf16 at 0 10
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
;;! run at 0 1
error: trap: invalid UTF-8 in the string at address 0x0: ill-formed text: a byte that cannot start a sequence at code unit 0
exit 3
;;! run at 1 2
error: trap: invalid UTF-8 in the string at address 0x1: ill-formed text: an overlong sequence at code unit 0
exit 3
;;! run at 3 3
error: trap: invalid UTF-8 in the string at address 0x3: ill-formed text: a lone surrogate at code unit 0
exit 3
;;! run at 6 2
error: trap: invalid UTF-8 in the string at address 0x6: ill-formed text: an incomplete sequence at code unit 0
exit 3
;;! run --ill-formed=replace at 0 10
"�������ok"
;;! run --ill-formed=replace --encoding=utf16 at 0 10
"�������ok"
;;! run at 8 2
"ok"
;)
