;;! check
;;! inspect
;;! print
;; Many of everything: results of one type several times, all core number types.
(module
  (import "env" "a" (func $a (param i32) (result i32)))
  (import "env" "b" (func $b (param i64) (result i64)))
  (import "env" "c" (func $c (param f32) (result f32)))
  (import "env" "d" (func $d (param f64) (result f64)))
  (import "env" "e" (func $e (result i32 i32 i32)))
  (import "env" "stays" (func $stays (param i32 i64 f32 f64)))
  (memory $m 1 2)
  (@interface func $ha (import "host" "a") (param s32) (result s32))
  (@interface func $hb (import "host" "b") (param u64) (result u64))
  (@interface func $hc (import "host" "c") (param f32) (result f32))
  (@interface func $hd (import "host" "d") (param f64) (result f64))
  (@interface func $he (import "host" "e") (result u8) (result u8) (result u8))
  (@interface implement (import "env" "a") (param i32) (result i32)
    arg.get 0 i32-to-s32 call-adapter $ha s32-to-i32)
  (@interface implement (import "env" "b") (param i64) (result i64)
    arg.get 0 i64-to-u64 call-adapter $hb u64-to-i64)
  (@interface implement (import "env" "c") (func $hc))
  (@interface implement (import "env" "d") (func $hd))
  (@interface func $three (result i32) (result i32) (result i32)
    call-core $e)
  (@interface export "three" (func $three))
  (@interface func $pass (param i32) (param i64) (param f32) (param f64)
    arg.get 0 arg.get 1 arg.get 2 arg.get 3
    call-core $stays)
  (@interface export "pass" (func $pass))
  (@interface export "pass again" (func $pass))
  (@interface export "c" (func $hc))
)

(; EXPECT
;;! check
;;! inspect
import "env" "e" func () -> (i32, i32, i32)
import "env" "stays" func (i32, i64, f32, f64) -> ()
import "host" "a" func (s32) -> (s32)
import "host" "b" func (u64) -> (u64)
import "host" "c" func (f32) -> (f32)
import "host" "d" func (f64) -> (f64)
import "host" "e" func () -> (u8, u8, u8)
export "three" func () -> (i32, i32, i32)
export "pass" func (i32, i64, f32, f64) -> ()
export "pass again" func (i32, i64, f32, f64) -> ()
export "c" func (f32) -> (f32)
;;! print
(module
  (type (;0;) (func (param i32) (result i32)))
  (type (;1;) (func (param i64) (result i64)))
  (type (;2;) (func (param f32) (result f32)))
  (type (;3;) (func (param f64) (result f64)))
  (type (;4;) (func (result i32 i32 i32)))
  (type (;5;) (func (param i32 i64 f32 f64)))
  (import "env" "a" (func $a (;0;) (type 0)))
  (import "env" "b" (func $b (;1;) (type 1)))
  (import "env" "c" (func $c (;2;) (type 2)))
  (import "env" "d" (func $d (;3;) (type 3)))
  (import "env" "e" (func $e (;4;) (type 4)))
  (import "env" "stays" (func $stays (;5;) (type 5)))
  (memory $m (;0;) 1 2)
  (@interface type (;0;) (func (param s32) (result s32)))
  (@interface type (;1;) (func (param u64) (result u64)))
  (@interface type (;2;) (func (param f32) (result f32)))
  (@interface type (;3;) (func (param f64) (result f64)))
  (@interface type (;4;) (func (result u8) (result u8) (result u8)))
  (@interface type (;5;) (func (param i32) (result i32)))
  (@interface type (;6;) (func (param i64) (result i64)))
  (@interface type (;7;) (func (result i32) (result i32) (result i32)))
  (@interface type (;8;) (func (param i32) (param i64) (param f32) (param f64)))
  (@interface import "host" "a" (func (;0;) (type 0)))
  (@interface import "host" "b" (func (;1;) (type 1)))
  (@interface import "host" "c" (func (;2;) (type 2)))
  (@interface import "host" "d" (func (;3;) (type 3)))
  (@interface import "host" "e" (func (;4;) (type 4)))
  (@interface func (;5;) (type 5)
    arg.get 0
    i32-to-s32
    call-adapter 0
    s32-to-i32)
  (@interface func (;6;) (type 6)
    arg.get 0
    i64-to-u64
    call-adapter 1
    u64-to-i64)
  (@interface func (;7;) (type 7)
    call-core $e)
  (@interface func (;8;) (type 8)
    arg.get 0
    arg.get 1
    arg.get 2
    arg.get 3
    call-core $stays)
  (@interface export "three" (func 7))
  (@interface export "pass" (func 8))
  (@interface export "pass again" (func 8))
  (@interface export "c" (func 2))
  (@interface implement (func $a) (func 5))
  (@interface implement (func $b) (func 6))
  (@interface implement (func $c) (func 2))
  (@interface implement (func $d) (func 3)))
;)
