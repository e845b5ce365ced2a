;;! check
;;! print
;;! plan
;;! assemble
;; Every conversion once.
(module
  (@interface func (param i32) (result s8) arg.get 0 i32-to-s8)
  (@interface func (param i32) (result s8) arg.get 0 i32-to-s8x)
  (@interface func (param i32) (result u8) arg.get 0 i32-to-u8)
  (@interface func (param i32) (result s16) arg.get 0 i32-to-s16)
  (@interface func (param i32) (result s16) arg.get 0 i32-to-s16x)
  (@interface func (param i32) (result u16) arg.get 0 i32-to-u16)
  (@interface func (param i32) (result s32) arg.get 0 i32-to-s32)
  (@interface func (param i32) (result u32) arg.get 0 i32-to-u32)
  (@interface func (param i32) (result s64) arg.get 0 i32-to-s64)
  (@interface func (param i32) (result u64) arg.get 0 i32-to-u64)
  (@interface func (param i64) (result s8) arg.get 0 i64-to-s8)
  (@interface func (param i64) (result s8) arg.get 0 i64-to-s8x)
  (@interface func (param i64) (result u8) arg.get 0 i64-to-u8)
  (@interface func (param i64) (result s16) arg.get 0 i64-to-s16)
  (@interface func (param i64) (result s16) arg.get 0 i64-to-s16x)
  (@interface func (param i64) (result u16) arg.get 0 i64-to-u16)
  (@interface func (param i64) (result s32) arg.get 0 i64-to-s32)
  (@interface func (param i64) (result s32) arg.get 0 i64-to-s32x)
  (@interface func (param i64) (result u32) arg.get 0 i64-to-u32)
  (@interface func (param i64) (result s64) arg.get 0 i64-to-s64)
  (@interface func (param i64) (result u64) arg.get 0 i64-to-u64)
  (@interface func (param s8) (result i32) arg.get 0 s8-to-i32)
  (@interface func (param u8) (result i32) arg.get 0 u8-to-i32)
  (@interface func (param s16) (result i32) arg.get 0 s16-to-i32)
  (@interface func (param u16) (result i32) arg.get 0 u16-to-i32)
  (@interface func (param s32) (result i32) arg.get 0 s32-to-i32)
  (@interface func (param u32) (result i32) arg.get 0 u32-to-i32)
  (@interface func (param s64) (result i32) arg.get 0 s64-to-i32)
  (@interface func (param s64) (result i32) arg.get 0 s64-to-i32x)
  (@interface func (param u64) (result i32) arg.get 0 u64-to-i32)
  (@interface func (param u64) (result i32) arg.get 0 u64-to-i32x)
  (@interface func (param s8) (result i64) arg.get 0 s8-to-i64)
  (@interface func (param u8) (result i64) arg.get 0 u8-to-i64)
  (@interface func (param s16) (result i64) arg.get 0 s16-to-i64)
  (@interface func (param u16) (result i64) arg.get 0 u16-to-i64)
  (@interface func (param s32) (result i64) arg.get 0 s32-to-i64)
  (@interface func (param u32) (result i64) arg.get 0 u32-to-i64)
  (@interface func (param s64) (result i64) arg.get 0 s64-to-i64)
  (@interface func (param u64) (result i64) arg.get 0 u64-to-i64)
)

(; EXPECT
;;! check
;;! print
(module
  (@interface type (;0;) (func (param i32) (result s8)))
  (@interface type (;1;) (func (param i32) (result u8)))
  (@interface type (;2;) (func (param i32) (result s16)))
  (@interface type (;3;) (func (param i32) (result u16)))
  (@interface type (;4;) (func (param i32) (result s32)))
  (@interface type (;5;) (func (param i32) (result u32)))
  (@interface type (;6;) (func (param i32) (result s64)))
  (@interface type (;7;) (func (param i32) (result u64)))
  (@interface type (;8;) (func (param i64) (result s8)))
  (@interface type (;9;) (func (param i64) (result u8)))
  (@interface type (;10;) (func (param i64) (result s16)))
  (@interface type (;11;) (func (param i64) (result u16)))
  (@interface type (;12;) (func (param i64) (result s32)))
  (@interface type (;13;) (func (param i64) (result u32)))
  (@interface type (;14;) (func (param i64) (result s64)))
  (@interface type (;15;) (func (param i64) (result u64)))
  (@interface type (;16;) (func (param s8) (result i32)))
  (@interface type (;17;) (func (param u8) (result i32)))
  (@interface type (;18;) (func (param s16) (result i32)))
  (@interface type (;19;) (func (param u16) (result i32)))
  (@interface type (;20;) (func (param s32) (result i32)))
  (@interface type (;21;) (func (param u32) (result i32)))
  (@interface type (;22;) (func (param s64) (result i32)))
  (@interface type (;23;) (func (param u64) (result i32)))
  (@interface type (;24;) (func (param s8) (result i64)))
  (@interface type (;25;) (func (param u8) (result i64)))
  (@interface type (;26;) (func (param s16) (result i64)))
  (@interface type (;27;) (func (param u16) (result i64)))
  (@interface type (;28;) (func (param s32) (result i64)))
  (@interface type (;29;) (func (param u32) (result i64)))
  (@interface type (;30;) (func (param s64) (result i64)))
  (@interface type (;31;) (func (param u64) (result i64)))
  (@interface func (;0;) (type 0)
    arg.get 0
    i32-to-s8)
  (@interface func (;1;) (type 0)
    arg.get 0
    i32-to-s8x)
  (@interface func (;2;) (type 1)
    arg.get 0
    i32-to-u8)
  (@interface func (;3;) (type 2)
    arg.get 0
    i32-to-s16)
  (@interface func (;4;) (type 2)
    arg.get 0
    i32-to-s16x)
  (@interface func (;5;) (type 3)
    arg.get 0
    i32-to-u16)
  (@interface func (;6;) (type 4)
    arg.get 0
    i32-to-s32)
  (@interface func (;7;) (type 5)
    arg.get 0
    i32-to-u32)
  (@interface func (;8;) (type 6)
    arg.get 0
    i32-to-s64)
  (@interface func (;9;) (type 7)
    arg.get 0
    i32-to-u64)
  (@interface func (;10;) (type 8)
    arg.get 0
    i64-to-s8)
  (@interface func (;11;) (type 8)
    arg.get 0
    i64-to-s8x)
  (@interface func (;12;) (type 9)
    arg.get 0
    i64-to-u8)
  (@interface func (;13;) (type 10)
    arg.get 0
    i64-to-s16)
  (@interface func (;14;) (type 10)
    arg.get 0
    i64-to-s16x)
  (@interface func (;15;) (type 11)
    arg.get 0
    i64-to-u16)
  (@interface func (;16;) (type 12)
    arg.get 0
    i64-to-s32)
  (@interface func (;17;) (type 12)
    arg.get 0
    i64-to-s32x)
  (@interface func (;18;) (type 13)
    arg.get 0
    i64-to-u32)
  (@interface func (;19;) (type 14)
    arg.get 0
    i64-to-s64)
  (@interface func (;20;) (type 15)
    arg.get 0
    i64-to-u64)
  (@interface func (;21;) (type 16)
    arg.get 0
    s8-to-i32)
  (@interface func (;22;) (type 17)
    arg.get 0
    u8-to-i32)
  (@interface func (;23;) (type 18)
    arg.get 0
    s16-to-i32)
  (@interface func (;24;) (type 19)
    arg.get 0
    u16-to-i32)
  (@interface func (;25;) (type 20)
    arg.get 0
    s32-to-i32)
  (@interface func (;26;) (type 21)
    arg.get 0
    u32-to-i32)
  (@interface func (;27;) (type 22)
    arg.get 0
    s64-to-i32)
  (@interface func (;28;) (type 22)
    arg.get 0
    s64-to-i32x)
  (@interface func (;29;) (type 23)
    arg.get 0
    u64-to-i32)
  (@interface func (;30;) (type 23)
    arg.get 0
    u64-to-i32x)
  (@interface func (;31;) (type 24)
    arg.get 0
    s8-to-i64)
  (@interface func (;32;) (type 25)
    arg.get 0
    u8-to-i64)
  (@interface func (;33;) (type 26)
    arg.get 0
    s16-to-i64)
  (@interface func (;34;) (type 27)
    arg.get 0
    u16-to-i64)
  (@interface func (;35;) (type 28)
    arg.get 0
    s32-to-i64)
  (@interface func (;36;) (type 29)
    arg.get 0
    u32-to-i64)
  (@interface func (;37;) (type 30)
    arg.get 0
    s64-to-i64)
  (@interface func (;38;) (type 31)
    arg.get 0
    u64-to-i64))
;;! plan
wrapped core module
adapter 0 (i32) -> (s8), slots: 2
  %1 = convert i32 to s8 %0!
  return %1!
adapter 1 (i32) -> (s8), slots: 2
  %1 = convert i32 to s8 checked %0!
  return %1!
adapter 2 (i32) -> (u8), slots: 2
  %1 = convert i32 to u8 %0!
  return %1!
adapter 3 (i32) -> (s16), slots: 2
  %1 = convert i32 to s16 %0!
  return %1!
adapter 4 (i32) -> (s16), slots: 2
  %1 = convert i32 to s16 checked %0!
  return %1!
adapter 5 (i32) -> (u16), slots: 2
  %1 = convert i32 to u16 %0!
  return %1!
adapter 6 (i32) -> (s32), slots: 2
  %1 = convert i32 to s32 %0!
  return %1!
adapter 7 (i32) -> (u32), slots: 2
  %1 = convert i32 to u32 %0!
  return %1!
adapter 8 (i32) -> (s64), slots: 2
  %1 = convert i32 to s64 %0!
  return %1!
adapter 9 (i32) -> (u64), slots: 2
  %1 = convert i32 to u64 %0!
  return %1!
adapter 10 (i64) -> (s8), slots: 2
  %1 = convert i64 to s8 %0!
  return %1!
adapter 11 (i64) -> (s8), slots: 2
  %1 = convert i64 to s8 checked %0!
  return %1!
adapter 12 (i64) -> (u8), slots: 2
  %1 = convert i64 to u8 %0!
  return %1!
adapter 13 (i64) -> (s16), slots: 2
  %1 = convert i64 to s16 %0!
  return %1!
adapter 14 (i64) -> (s16), slots: 2
  %1 = convert i64 to s16 checked %0!
  return %1!
adapter 15 (i64) -> (u16), slots: 2
  %1 = convert i64 to u16 %0!
  return %1!
adapter 16 (i64) -> (s32), slots: 2
  %1 = convert i64 to s32 %0!
  return %1!
adapter 17 (i64) -> (s32), slots: 2
  %1 = convert i64 to s32 checked %0!
  return %1!
adapter 18 (i64) -> (u32), slots: 2
  %1 = convert i64 to u32 %0!
  return %1!
adapter 19 (i64) -> (s64), slots: 2
  %1 = convert i64 to s64 %0!
  return %1!
adapter 20 (i64) -> (u64), slots: 2
  %1 = convert i64 to u64 %0!
  return %1!
adapter 21 (s8) -> (i32), slots: 2
  %1 = convert s8 to i32 %0!
  return %1!
adapter 22 (u8) -> (i32), slots: 2
  %1 = convert u8 to i32 %0!
  return %1!
adapter 23 (s16) -> (i32), slots: 2
  %1 = convert s16 to i32 %0!
  return %1!
adapter 24 (u16) -> (i32), slots: 2
  %1 = convert u16 to i32 %0!
  return %1!
adapter 25 (s32) -> (i32), slots: 2
  %1 = convert s32 to i32 %0!
  return %1!
adapter 26 (u32) -> (i32), slots: 2
  %1 = convert u32 to i32 %0!
  return %1!
adapter 27 (s64) -> (i32), slots: 2
  %1 = convert s64 to i32 %0!
  return %1!
adapter 28 (s64) -> (i32), slots: 2
  %1 = convert s64 to i32 checked %0!
  return %1!
adapter 29 (u64) -> (i32), slots: 2
  %1 = convert u64 to i32 %0!
  return %1!
adapter 30 (u64) -> (i32), slots: 2
  %1 = convert u64 to i32 checked %0!
  return %1!
adapter 31 (s8) -> (i64), slots: 2
  %1 = convert s8 to i64 %0!
  return %1!
adapter 32 (u8) -> (i64), slots: 2
  %1 = convert u8 to i64 %0!
  return %1!
adapter 33 (s16) -> (i64), slots: 2
  %1 = convert s16 to i64 %0!
  return %1!
adapter 34 (u16) -> (i64), slots: 2
  %1 = convert u16 to i64 %0!
  return %1!
adapter 35 (s32) -> (i64), slots: 2
  %1 = convert s32 to i64 %0!
  return %1!
adapter 36 (u32) -> (i64), slots: 2
  %1 = convert u32 to i64 %0!
  return %1!
adapter 37 (s64) -> (i64), slots: 2
  %1 = convert s64 to i64 %0!
  return %1!
adapter 38 (u64) -> (i64), slots: 2
  %1 = convert u64 to i64 %0!
  return %1!
;;! assemble
0000: 00 61 73 6d 01 00 00 00 00 8d 03 14 77 61 73 6d  .asm........wasm
0010: 2d 69 6e 74 65 72 66 61 63 65 2d 74 79 70 65 73  -interface-types
0020: 05 30 2e 31 2e 30 00 81 01 20 01 0c 01 00 01 0c  .0.1.0... ......
0030: 01 04 01 0c 01 01 01 0c 01 05 01 0c 01 02 01 0c  ................
0040: 01 06 01 0c 01 03 01 0c 01 07 01 0d 01 00 01 0d  ................
0050: 01 04 01 0d 01 01 01 0d 01 05 01 0d 01 02 01 0d  ................
0060: 01 06 01 0d 01 03 01 0d 01 07 01 00 01 0c 01 04  ................
0070: 01 0c 01 01 01 0c 01 05 01 0c 01 02 01 0c 01 06  ................
0080: 01 0c 01 03 01 0c 01 07 01 0c 01 00 01 0d 01 04  ................
0090: 01 0d 01 01 01 0d 01 05 01 0d 01 02 01 0d 01 06  ................
00a0: 01 0d 01 03 01 0d 01 07 01 0d 02 eb 01 27 05 00  .............'..
00b0: 00 00 07 02 05 00 00 00 08 02 05 01 00 00 09 02  ................
00c0: 05 02 00 00 0a 02 05 02 00 00 0b 02 05 03 00 00  ................
00d0: 0c 02 05 04 00 00 0d 02 05 05 00 00 0e 02 05 06  ................
00e0: 00 00 0f 02 05 07 00 00 10 02 05 08 00 00 11 02  ................
00f0: 05 08 00 00 12 02 05 09 00 00 13 02 05 0a 00 00  ................
0100: 14 02 05 0a 00 00 15 02 05 0b 00 00 16 02 05 0c  ................
0110: 00 00 17 02 05 0c 00 00 18 02 05 0d 00 00 19 02  ................
0120: 05 0e 00 00 1a 02 05 0f 00 00 1b 02 05 10 00 00  ................
0130: 1c 02 05 11 00 00 1d 02 05 12 00 00 1e 02 05 13  ................
0140: 00 00 1f 02 05 14 00 00 20 02 05 15 00 00 21 02  ........ .....!.
0150: 05 16 00 00 22 02 05 16 00 00 23 02 05 17 00 00  ....".....#.....
0160: 24 02 05 17 00 00 25 02 05 18 00 00 26 02 05 19  $.....%.....&...
0170: 00 00 27 02 05 1a 00 00 28 02 05 1b 00 00 29 02  ..'.....(.....).
0180: 05 1c 00 00 2a 02 05 1d 00 00 2b 02 05 1e 00 00  ....*.....+.....
0190: 2c 02 05 1f 00 00 2d 02                          ,.....-.
;)
