;;! plan
;; A parameter is read where it is: no step for `arg.get`. Of several reads only
;; the last one takes the value.
(module
  (func $three (param i32 i32 i32) (result i32) i32.const 0)
  (@interface func (param i32) (param i32) (result i32) (result i32)
    arg.get 0
    arg.get 0
    arg.get 1
    call-core $three
    arg.get 1)
  (@interface func (param string) (result string) (result string)
    arg.get 0
    arg.get 0)
)

(; EXPECT
wrapped core module
adapter 0 (i32, i32) -> (i32, i32), slots: 3
  %2 = call core func 0 %0 %0! %1
  return %2! %1!
adapter 1 (string) -> (string, string), slots: 1
  return %0 %0!
uses core funcs 0
;)
