;;! check
;; A function may call itself; that can only end in a trap.
(module
  (@interface func $a (param s32) (result string)
    arg.get 0
    call-adapter $a)
)

(; EXPECT
;)
