;;! inspect
;;! print
;; Parameters keep their names: those written at a function, else those of the
;; type that it names. One type serves all that differ in names only.
(module
  (import "env" "f" (func $f (param $core i32)))
  (@interface type $pair (func (param $left s32) (param $right s32) (result s32)))
  (@interface func $log (import "env" "log") (param $text string))
  (@interface func (export "as the type") (type $pair) arg.get $right)
  (@interface func (export "others") (type $pair) (param $a s32) (param $"b c" s32) (result s32) arg.get $a)
  (@interface func (export "none") (param s32) (param s32) (result s32) arg.get 0)
  (@interface export "log" (func $log)))

(; EXPECT
;;! inspect
import "env" "f" func (i32) -> ()
import "env" "log" func (text: string) -> ()
export "as the type" func (left: s32, right: s32) -> (s32)
export "others" func (a: s32, b c: s32) -> (s32)
export "none" func (s32, s32) -> (s32)
export "log" func (text: string) -> ()
;;! print
(module
  (type (;0;) (func (param i32)))
  (import "env" "f" (func $f (;0;) (type 0)))
  (@interface type (;0;) (func (param $left s32) (param $right s32) (result s32)))
  (@interface type (;1;) (func (param string)))
  (@interface import "env" "log" (func (;0;) (type 1) (param $text string)))
  (@interface func (;1;) (type 0)
    arg.get 1)
  (@interface func (;2;) (type 0) (param $a s32) (param $"b c" s32) (result s32)
    arg.get 0)
  (@interface func (;3;) (type 0) (param s32) (param s32) (result s32)
    arg.get 0)
  (@interface export "as the type" (func 1))
  (@interface export "others" (func 2))
  (@interface export "none" (func 3))
  (@interface export "log" (func 0)))
;)
