;;! run i32-to-s8 0x80
;;! run i32-to-s8 0x17f
;;! run i32-to-s8 -1
;;! run i32-to-s8x 127
;;! run i32-to-s8x -128
;;! run i32-to-s8x 128
;;! run i32-to-s8x -129
;;! run i32-to-s8x 0x100
;;! run i32-to-u8 -1
;;! run i32-to-u8 0x100
;;! run i32-to-u8 0x1ff
;;! run i32-to-s16 0x8000
;;! run i32-to-s16 0x17fff
;;! run i32-to-s16 -1
;;! run i32-to-s16x 32767
;;! run i32-to-s16x -32768
;;! run i32-to-s16x 32768
;;! run i32-to-s16x -32769
;;! run i32-to-u16 -1
;;! run i32-to-u16 0x10000
;;! run i32-to-u16 0x1ffff
;;! run i32-to-s32 0x80000000
;;! run i32-to-s32 -1
;;! run i32-to-u32 0x80000000
;;! run i32-to-u32 -1
;;! run i32-to-s64 0x80000000
;;! run i32-to-s64 5
;;! run i32-to-u64 0x80000000
;;! run i32-to-u64 -1
;;! run i64-to-s8 0x180
;;! run i64-to-s8 -1
;;! run i64-to-s8x 127
;;! run i64-to-s8x -128
;;! run i64-to-s8x 128
;;! run i64-to-s8x -129
;;! run i64-to-s8x 0x100000000
;;! run i64-to-u8 -1
;;! run i64-to-u8 0x100
;;! run i64-to-s16 0x18000
;;! run i64-to-s16 -1
;;! run i64-to-s16x 32767
;;! run i64-to-s16x -32768
;;! run i64-to-s16x 32768
;;! run i64-to-s16x -32769
;;! run i64-to-u16 -1
;;! run i64-to-u16 0x10000
;;! run i64-to-s32 0x100000021
;;! run i64-to-s32 0x80000000
;;! run i64-to-s32x 0x7fffffff
;;! run i64-to-s32x -0x80000000
;;! run i64-to-s32x 0x80000000
;;! run i64-to-s32x -0x80000001
;;! run i64-to-u32 -1
;;! run i64-to-u32 0x100000001
;;! run i64-to-s64 -1
;;! run i64-to-s64 0x8000000000000000
;;! run i64-to-u64 -1
;;! run i64-to-u64 0x8000000000000000
;; From core to interface: keeping the low bits, or trapping where they are not
;; the whole value (`x`).
(module
  (@interface func (export "i32-to-s8") (param i32) (result s8)
    arg.get 0
    i32-to-s8)
  (@interface func (export "i32-to-s8x") (param i32) (result s8)
    arg.get 0
    i32-to-s8x)
  (@interface func (export "i32-to-u8") (param i32) (result u8)
    arg.get 0
    i32-to-u8)
  (@interface func (export "i32-to-s16") (param i32) (result s16)
    arg.get 0
    i32-to-s16)
  (@interface func (export "i32-to-s16x") (param i32) (result s16)
    arg.get 0
    i32-to-s16x)
  (@interface func (export "i32-to-u16") (param i32) (result u16)
    arg.get 0
    i32-to-u16)
  (@interface func (export "i32-to-s32") (param i32) (result s32)
    arg.get 0
    i32-to-s32)
  (@interface func (export "i32-to-u32") (param i32) (result u32)
    arg.get 0
    i32-to-u32)
  (@interface func (export "i32-to-s64") (param i32) (result s64)
    arg.get 0
    i32-to-s64)
  (@interface func (export "i32-to-u64") (param i32) (result u64)
    arg.get 0
    i32-to-u64)
  (@interface func (export "i64-to-s8") (param i64) (result s8)
    arg.get 0
    i64-to-s8)
  (@interface func (export "i64-to-s8x") (param i64) (result s8)
    arg.get 0
    i64-to-s8x)
  (@interface func (export "i64-to-u8") (param i64) (result u8)
    arg.get 0
    i64-to-u8)
  (@interface func (export "i64-to-s16") (param i64) (result s16)
    arg.get 0
    i64-to-s16)
  (@interface func (export "i64-to-s16x") (param i64) (result s16)
    arg.get 0
    i64-to-s16x)
  (@interface func (export "i64-to-u16") (param i64) (result u16)
    arg.get 0
    i64-to-u16)
  (@interface func (export "i64-to-s32") (param i64) (result s32)
    arg.get 0
    i64-to-s32)
  (@interface func (export "i64-to-s32x") (param i64) (result s32)
    arg.get 0
    i64-to-s32x)
  (@interface func (export "i64-to-u32") (param i64) (result u32)
    arg.get 0
    i64-to-u32)
  (@interface func (export "i64-to-s64") (param i64) (result s64)
    arg.get 0
    i64-to-s64)
  (@interface func (export "i64-to-u64") (param i64) (result u64)
    arg.get 0
    i64-to-u64))

(; EXPECT
;;! run i32-to-s8 0x80
-128
;;! run i32-to-s8 0x17f
127
;;! run i32-to-s8 -1
-1
;;! run i32-to-s8x 127
127
;;! run i32-to-s8x -128
-128
;;! run i32-to-s8x 128
error: trap: integer overflow: the value does not fit from i32 to s8
exit 3
;;! run i32-to-s8x -129
error: trap: integer overflow: the value does not fit from i32 to s8
exit 3
;;! run i32-to-s8x 0x100
error: trap: integer overflow: the value does not fit from i32 to s8
exit 3
;;! run i32-to-u8 -1
255
;;! run i32-to-u8 0x100
0
;;! run i32-to-u8 0x1ff
255
;;! run i32-to-s16 0x8000
-32768
;;! run i32-to-s16 0x17fff
32767
;;! run i32-to-s16 -1
-1
;;! run i32-to-s16x 32767
32767
;;! run i32-to-s16x -32768
-32768
;;! run i32-to-s16x 32768
error: trap: integer overflow: the value does not fit from i32 to s16
exit 3
;;! run i32-to-s16x -32769
error: trap: integer overflow: the value does not fit from i32 to s16
exit 3
;;! run i32-to-u16 -1
65535
;;! run i32-to-u16 0x10000
0
;;! run i32-to-u16 0x1ffff
65535
;;! run i32-to-s32 0x80000000
-2147483648
;;! run i32-to-s32 -1
-1
;;! run i32-to-u32 0x80000000
2147483648
;;! run i32-to-u32 -1
4294967295
;;! run i32-to-s64 0x80000000
-2147483648
;;! run i32-to-s64 5
5
;;! run i32-to-u64 0x80000000
2147483648
;;! run i32-to-u64 -1
4294967295
;;! run i64-to-s8 0x180
-128
;;! run i64-to-s8 -1
-1
;;! run i64-to-s8x 127
127
;;! run i64-to-s8x -128
-128
;;! run i64-to-s8x 128
error: trap: integer overflow: the value does not fit from i64 to s8
exit 3
;;! run i64-to-s8x -129
error: trap: integer overflow: the value does not fit from i64 to s8
exit 3
;;! run i64-to-s8x 0x100000000
error: trap: integer overflow: the value does not fit from i64 to s8
exit 3
;;! run i64-to-u8 -1
255
;;! run i64-to-u8 0x100
0
;;! run i64-to-s16 0x18000
-32768
;;! run i64-to-s16 -1
-1
;;! run i64-to-s16x 32767
32767
;;! run i64-to-s16x -32768
-32768
;;! run i64-to-s16x 32768
error: trap: integer overflow: the value does not fit from i64 to s16
exit 3
;;! run i64-to-s16x -32769
error: trap: integer overflow: the value does not fit from i64 to s16
exit 3
;;! run i64-to-u16 -1
65535
;;! run i64-to-u16 0x10000
0
;;! run i64-to-s32 0x100000021
33
;;! run i64-to-s32 0x80000000
-2147483648
;;! run i64-to-s32x 0x7fffffff
2147483647
;;! run i64-to-s32x -0x80000000
-2147483648
;;! run i64-to-s32x 0x80000000
error: trap: integer overflow: the value does not fit from i64 to s32
exit 3
;;! run i64-to-s32x -0x80000001
error: trap: integer overflow: the value does not fit from i64 to s32
exit 3
;;! run i64-to-u32 -1
4294967295
;;! run i64-to-u32 0x100000001
1
;;! run i64-to-s64 -1
-1
;;! run i64-to-s64 0x8000000000000000
-9223372036854775808
;;! run i64-to-u64 -1
18446744073709551615
;;! run i64-to-u64 0x8000000000000000
9223372036854775808
;)
