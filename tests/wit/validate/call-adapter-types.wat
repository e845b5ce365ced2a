;;! check
;; An adapter wants exactly its own types.
(module
  (@interface func $a (param string) (param u8))
  (@interface func (param u8) (param string)
    arg.get 0
    arg.get 1
    call-adapter $a)
)

(; EXPECT
error: call-adapter-types.wat: adapter func 1: instruction 2 (call-adapter): expected u8, found string
     --> 8:5
      |
    8 |     call-adapter $a)
      |     ^
exit 1
;)
