;;! plan
;; A parameter that is not read stays where it is.
(module
  (@interface func (param string) (param u8) (result u8)
    arg.get 1)
  (@interface func (param string))
)

(; EXPECT
wrapped core module
adapter 0 (string, u8) -> (u8), slots: 2
  return %1!
adapter 1 (string) -> (), slots: 1
  return
;)
