;;! run s8-to-i32 -1
;;! run s8-to-i32 127
;;! run u8-to-i32 255
;;! run s16-to-i32 -1
;;! run u16-to-i32 65535
;;! run s32-to-i32 -1
;;! run u32-to-i32 0xffffffff
;;! run s64-to-i32 0x100000005
;;! run s64-to-i32 -1
;;! run s64-to-i32x 0x7fffffff
;;! run s64-to-i32x 0x80000000
;;! run s64-to-i32x -0x80000000
;;! run s64-to-i32x -0x80000001
;;! run u64-to-i32 0x100000005
;;! run u64-to-i32x 0xffffffff
;;! run u64-to-i32x 0x100000000
;;! run s8-to-i64 -1
;;! run u8-to-i64 255
;;! run s16-to-i64 -1
;;! run u16-to-i64 65535
;;! run s32-to-i64 -1
;;! run u32-to-i64 0xffffffff
;;! run s64-to-i64 -1
;;! run u64-to-i64 0xffffffffffffffff
;; From interface to core. The core type has no sign: -1 is all ones.
(module
  (@interface func (export "s8-to-i32") (param s8) (result i32)
    arg.get 0
    s8-to-i32)
  (@interface func (export "u8-to-i32") (param u8) (result i32)
    arg.get 0
    u8-to-i32)
  (@interface func (export "s16-to-i32") (param s16) (result i32)
    arg.get 0
    s16-to-i32)
  (@interface func (export "u16-to-i32") (param u16) (result i32)
    arg.get 0
    u16-to-i32)
  (@interface func (export "s32-to-i32") (param s32) (result i32)
    arg.get 0
    s32-to-i32)
  (@interface func (export "u32-to-i32") (param u32) (result i32)
    arg.get 0
    u32-to-i32)
  (@interface func (export "s64-to-i32") (param s64) (result i32)
    arg.get 0
    s64-to-i32)
  (@interface func (export "s64-to-i32x") (param s64) (result i32)
    arg.get 0
    s64-to-i32x)
  (@interface func (export "u64-to-i32") (param u64) (result i32)
    arg.get 0
    u64-to-i32)
  (@interface func (export "u64-to-i32x") (param u64) (result i32)
    arg.get 0
    u64-to-i32x)
  (@interface func (export "s8-to-i64") (param s8) (result i64)
    arg.get 0
    s8-to-i64)
  (@interface func (export "u8-to-i64") (param u8) (result i64)
    arg.get 0
    u8-to-i64)
  (@interface func (export "s16-to-i64") (param s16) (result i64)
    arg.get 0
    s16-to-i64)
  (@interface func (export "u16-to-i64") (param u16) (result i64)
    arg.get 0
    u16-to-i64)
  (@interface func (export "s32-to-i64") (param s32) (result i64)
    arg.get 0
    s32-to-i64)
  (@interface func (export "u32-to-i64") (param u32) (result i64)
    arg.get 0
    u32-to-i64)
  (@interface func (export "s64-to-i64") (param s64) (result i64)
    arg.get 0
    s64-to-i64)
  (@interface func (export "u64-to-i64") (param u64) (result i64)
    arg.get 0
    u64-to-i64))

(; EXPECT
;;! run s8-to-i32 -1
-1
;;! run s8-to-i32 127
127
;;! run u8-to-i32 255
255
;;! run s16-to-i32 -1
-1
;;! run u16-to-i32 65535
65535
;;! run s32-to-i32 -1
-1
;;! run u32-to-i32 0xffffffff
-1
;;! run s64-to-i32 0x100000005
5
;;! run s64-to-i32 -1
-1
;;! run s64-to-i32x 0x7fffffff
2147483647
;;! run s64-to-i32x 0x80000000
error: trap: integer overflow: the value does not fit from s64 to i32
exit 3
;;! run s64-to-i32x -0x80000000
-2147483648
;;! run s64-to-i32x -0x80000001
error: trap: integer overflow: the value does not fit from s64 to i32
exit 3
;;! run u64-to-i32 0x100000005
5
;;! run u64-to-i32x 0xffffffff
-1
;;! run u64-to-i32x 0x100000000
error: trap: integer overflow: the value does not fit from u64 to i32
exit 3
;;! run s8-to-i64 -1
-1
;;! run u8-to-i64 255
255
;;! run s16-to-i64 -1
-1
;;! run u16-to-i64 65535
65535
;;! run s32-to-i64 -1
-1
;;! run u32-to-i64 0xffffffff
4294967295
;;! run s64-to-i64 -1
-1
;;! run u64-to-i64 0xffffffffffffffff
-1
;)
