;;! plan
;; A self-call is a call like any other.
(module
  (@interface func $f (param string) (result string)
    arg.get 0
    call-adapter $f
    call-adapter $f)
)

(; EXPECT
wrapped core module
adapter 0 (string) -> (string), slots: 3
  %1 = call adapter 0 %0!
  %2 = call adapter 0 %1!
  return %2!
;)
