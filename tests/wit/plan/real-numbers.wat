;;! plan ../../modules/numbers.wasm

(; EXPECT
wrapped core module
adapter 0 (s8) -> (s8), slots: 4
  %1 = convert s8 to i32 %0!
  %2 = call core func 70 %1!
  %3 = convert i32 to s8 %2!
  return %3!
adapter 1 (u8) -> (u8), slots: 4
  %1 = convert u8 to i32 %0!
  %2 = call core func 87 %1!
  %3 = convert i32 to u8 %2!
  return %3!
adapter 2 (s16) -> (s16), slots: 4
  %1 = convert s16 to i32 %0!
  %2 = call core func 71 %1!
  %3 = convert i32 to s16 %2!
  return %3!
adapter 3 (u16) -> (u16), slots: 4
  %1 = convert u16 to i32 %0!
  %2 = call core func 88 %1!
  %3 = convert i32 to u16 %2!
  return %3!
adapter 4 (s32) -> (s32), slots: 4
  %1 = convert s32 to i32 %0!
  %2 = call core func 96 %1!
  %3 = convert i32 to s32 %2!
  return %3!
adapter 5 (u32) -> (u32), slots: 4
  %1 = convert u32 to i32 %0!
  %2 = call core func 97 %1!
  %3 = convert i32 to u32 %2!
  return %3!
adapter 6 (f32) -> (f32), slots: 2
  %1 = call core func 98 %0!
  return %1!
adapter 7 (f64) -> (f64), slots: 2
  %1 = call core func 99 %0!
  return %1!
adapter 8 (s8, s8) -> (s8), slots: 6
  %2 = convert s8 to i32 %0!
  %3 = convert s8 to i32 %1!
  %4 = call core func 63 %2! %3!
  %5 = convert i32 to s8 %4!
  return %5!
adapter 9 (u8, u8) -> (u8), slots: 6
  %2 = convert u8 to i32 %0!
  %3 = convert u8 to i32 %1!
  %4 = call core func 72 %2! %3!
  %5 = convert i32 to u8 %4!
  return %5!
adapter 10 (s16, s16) -> (s16), slots: 6
  %2 = convert s16 to i32 %0!
  %3 = convert s16 to i32 %1!
  %4 = call core func 64 %2! %3!
  %5 = convert i32 to s16 %4!
  return %5!
adapter 11 (u16, u16) -> (u16), slots: 6
  %2 = convert u16 to i32 %0!
  %3 = convert u16 to i32 %1!
  %4 = call core func 73 %2! %3!
  %5 = convert i32 to u16 %4!
  return %5!
adapter 12 (s32, s32) -> (s32), slots: 6
  %2 = convert s32 to i32 %0!
  %3 = convert s32 to i32 %1!
  %4 = call core func 89 %2! %3!
  %5 = convert i32 to s32 %4!
  return %5!
adapter 13 (u32, u32) -> (u32), slots: 6
  %2 = convert u32 to i32 %0!
  %3 = convert u32 to i32 %1!
  %4 = call core func 90 %2! %3!
  %5 = convert i32 to u32 %4!
  return %5!
adapter 14 (u8) -> (s16), slots: 4
  %1 = convert u8 to i32 %0!
  %2 = call core func 91 %1!
  %3 = convert i32 to s16 %2!
  return %3!
adapter 15 (s32) -> (u8), slots: 4
  %1 = convert s32 to i32 %0!
  %2 = call core func 92 %1!
  %3 = convert i32 to u8 %2!
  return %3!
adapter 16 (f32, f64) -> (f64), slots: 3
  %2 = call core func 66 %0! %1!
  return %2!
adapter 17 (u8, s8, u16, s16, u32, s32, f32, f64) -> (string), slots: 17
  %8 = convert u8 to i32 %0!
  %9 = convert s8 to i32 %1!
  %10 = convert u16 to i32 %2!
  %11 = convert s16 to i32 %3!
  %12 = convert u32 to i32 %4!
  %13 = convert s32 to i32 %5!
  %14 %15 = call core func 54 %8! %9! %10! %11! %12! %13! %6! %7!
  defer core func 69 %14 %15
  %16 = lift string from memory 0 %14! %15!
  return %16!
export 0 "id_i8" func (s8) -> (s8) from adapter 0
export 1 "id_u8" func (u8) -> (u8) from adapter 1
export 2 "id_i16" func (s16) -> (s16) from adapter 2
export 3 "id_u16" func (u16) -> (u16) from adapter 3
export 4 "id_i32" func (s32) -> (s32) from adapter 4
export 5 "id_u32" func (u32) -> (u32) from adapter 5
export 6 "id_f32" func (f32) -> (f32) from adapter 6
export 7 "id_f64" func (f64) -> (f64) from adapter 7
export 8 "add_i8" func (s8, s8) -> (s8) from adapter 8
export 9 "add_u8" func (u8, u8) -> (u8) from adapter 9
export 10 "add_i16" func (s16, s16) -> (s16) from adapter 10
export 11 "add_u16" func (u16, u16) -> (u16) from adapter 11
export 12 "add_i32" func (s32, s32) -> (s32) from adapter 12
export 13 "add_u32" func (u32, u32) -> (u32) from adapter 13
export 14 "u8_to_i16" func (u8) -> (s16) from adapter 14
export 15 "i32_to_u8" func (s32) -> (u8) from adapter 15
export 16 "mean" func (f32, f64) -> (f64) from adapter 16
export 17 "show" func (u8, s8, u16, s16, u32, s32, f32, f64) -> (string) from adapter 17
uses core funcs 54 63 64 66 69 70 71 72 73 87 88 89 90 91 92 96 97 98 99
uses core memories 0
;)
