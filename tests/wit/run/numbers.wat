;;! run mixed -128 255 -32768 65535 -2147483648 4294967295 -9223372036854775808 18446744073709551615
;;! run floats 1.5 -0.0
;;! run floats inf nan
;;! run mixed 128 0 0 0 0 0 0 0
;;! run floats 1.5
;;! run floats 1.5 abc
;; Every width at its limits, in and out, results of different types in order.
(module
  (func $id (param i32 i64) (result i32 i64) local.get 0 local.get 1)
  (@interface func (export "mixed")
    (param s8) (param u8) (param s16) (param u16) (param s32) (param u32) (param s64) (param u64)
    (result u64) (result s64) (result u32) (result s32) (result u16) (result s16) (result u8) (result s8)
    arg.get 7
    arg.get 6
    arg.get 5
    arg.get 4
    arg.get 3
    arg.get 2
    arg.get 1
    arg.get 0)
  (@interface func (export "floats") (param f32) (param f64) (result f64) (result f32)
    arg.get 1
    arg.get 0))

(; EXPECT
;;! run mixed -128 255 -32768 65535 -2147483648 4294967295 -9223372036854775808 18446744073709551615
18446744073709551615
-9223372036854775808
4294967295
-2147483648
65535
-32768
255
-128
;;! run floats 1.5 -0.0
-0
1.5
;;! run floats inf nan
NaN
inf
;;! run mixed 128 0 0 0 0 0 0 0
error: parameter 0: 128 is no s8
exit 1
;;! run floats 1.5
error: floats (f32, f64) -> (f64, f32): expected 2 arguments, found 1
exit 1
;;! run floats 1.5 abc
error: parameter 1: abc is no f64
exit 1
;)
