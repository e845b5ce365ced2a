;;! inspect
;;! plan
;;! print
;; Without an interface, a module's imports and exports are the core's.
(module
  (import "env" "f" (func $f (param i32)))
  (import "env" "t" (table $t 1 10 funcref))
  (import "env" "m" (memory $m 1))
  (import "env" "g" (global $g (mut i64)))
  (import "env" "e" (tag $e (param i32)))
  (import "env" "x" (global $x externref))
  (func $own (result v128) unreachable)
  (global $here f32 (f32.const 1))
  (table $mine 3 externref)
  (memory $wide i64 2 3)
  (memory $shared 1 2 shared)
  (export "own" (func $own))
  (export "f" (func $f))
  (export "g" (global $g))
  (export "here" (global $here))
  (export "t" (table $t))
  (export "mine" (table $mine))
  (export "m" (memory $m))
  (export "wide" (memory $wide))
  (export "shared" (memory $shared))
  (export "e" (tag $e))
  (start $begin)
  (func $begin)
)

(; EXPECT
;;! inspect
import "env" "f" func (i32) -> ()
import "env" "t" table 1 10 funcref
import "env" "m" memory 1
import "env" "g" global mut i64
import "env" "e" tag (i32) -> ()
import "env" "x" global externref
export "own" func () -> (v128)
export "f" func (i32) -> ()
export "g" global mut i64
export "here" global f32
export "t" table 1 10 funcref
export "mine" table 3 externref
export "m" memory 1
export "wide" memory i64 2 3
export "shared" memory 1 2 shared
export "e" tag (i32) -> ()
;;! plan
core module
import 0 "env" "f" func (i32) -> () for core import 0
import 1 "env" "t" table 1 10 funcref for core import 1
import 2 "env" "m" memory 1 for core import 2
import 3 "env" "g" global mut i64 for core import 3
import 4 "env" "e" tag (i32) -> () for core import 4
import 5 "env" "x" global externref for core import 5
core import 0 from import 0
core import 1 from import 1
core import 2 from import 2
core import 3 from import 3
core import 4 from import 4
core import 5 from import 5
export 0 "own" func () -> (v128) from core export 0
export 1 "f" func (i32) -> () from core export 1, core import 0
export 2 "g" global mut i64 from core export 2, core import 3
export 3 "here" global f32 from core export 3
export 4 "t" table 1 10 funcref from core export 4, core import 1
export 5 "mine" table 3 externref from core export 5
export 6 "m" memory 1 from core export 6, core import 2
export 7 "wide" memory i64 2 3 from core export 7
export 8 "shared" memory 1 2 shared from core export 8
export 9 "e" tag (i32) -> () from core export 9, core import 4
starts core func 2
;;! print
(module
  (type (;0;) (func (param i32)))
  (type (;1;) (func (result v128)))
  (type (;2;) (func))
  (import "env" "f" (func $f (;0;) (type 0)))
  (import "env" "t" (table $t (;0;) 1 10 funcref))
  (import "env" "m" (memory $m (;0;) 1))
  (import "env" "g" (global $g (;0;) (mut i64)))
  (import "env" "e" (tag $e (;0;) (type 0) (param i32)))
  (import "env" "x" (global $x (;1;) externref))
  (table $mine (;1;) 3 externref)
  (memory $wide (;1;) i64 2 3)
  (memory $shared (;2;) 1 2 shared)
  (global $here (;2;) f32 f32.const 0x1p+0 (;=1;))
  (export "own" (func $own))
  (export "f" (func $f))
  (export "g" (global $g))
  (export "here" (global $here))
  (export "t" (table $t))
  (export "mine" (table $mine))
  (export "m" (memory $m))
  (export "wide" (memory $wide))
  (export "shared" (memory $shared))
  (export "e" (tag 0))
  (start $begin)
  (func $own (;1;) (type 1) (result v128)
    unreachable
  )
  (func $begin (;2;) (type 2))
)
;)
