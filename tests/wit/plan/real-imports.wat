;;! plan ../../modules/imports.wasm

(; EXPECT
wrapped core module
import 0 "__wbindgen_placeholder__" "__wbg_log_e7f681773c72d7cf" func (string) -> () for adapter 0
import 1 "__wbindgen_placeholder__" "__wbg_logowned_47df72f04568416b" func (string) -> () for adapter 1
import 2 "__wbindgen_placeholder__" "__wbg_pair_6ef5e313a7921a41" func (string, string) -> () for adapter 2
import 3 "__wbindgen_placeholder__" "__wbg_mix_2b4cd53a0ea5c575" func (u8, string, s16, f64) -> (u32) for adapter 3
import 4 "__wbindgen_placeholder__" "__wbg_now_e19b0e7152e5ba3f" func () -> (f64) for adapter 4
import 5 "__wbindgen_placeholder__" "__wbg_add_2502b57c7e3e58d7" func (s32, s32) -> (s32) for adapter 5
core import 0 from adapter 6
core import 1 from adapter 7
core import 2 from adapter 8
core import 3 from adapter 9
core import 4 from adapter 11
core import 5 from adapter 10
adapter 0 (string) -> () = import 0
adapter 1 (string) -> () = import 1
adapter 2 (string, string) -> () = import 2
adapter 3 (u8, string, s16, f64) -> (u32) = import 3
adapter 4 () -> (f64) = import 4
adapter 5 (s32, s32) -> (s32) = import 5
adapter 6 (i32, i32) -> (), slots: 3
  %2 = lift string from memory 0 %0! %1!
  call adapter 0 %2!
  return
adapter 7 (i32, i32) -> (), slots: 3
  defer core func 44 %0 %1
  %2 = lift string from memory 0 %0! %1!
  call adapter 1 %2!
  return
adapter 8 (i32, i32, i32, i32) -> (), slots: 6
  %4 = lift string from memory 0 %0! %1!
  %5 = lift string from memory 0 %2! %3!
  call adapter 2 %4! %5!
  return
adapter 9 (i32, i32, i32, i32, f64) -> (i32), slots: 10
  %5 = convert i32 to u8 %0!
  %6 = lift string from memory 0 %1! %2!
  %7 = convert i32 to s16 %3!
  %8 = call adapter 3 %5! %6! %7! %4!
  %9 = convert u32 to i32 %8!
  return %9!
adapter 10 () -> (f64), slots: 1
  %0 = call adapter 4
  return %0!
adapter 11 (i32, i32) -> (i32), slots: 6
  %2 = convert i32 to s32 %0!
  %3 = convert i32 to s32 %1!
  %4 = call adapter 5 %2! %3!
  %5 = convert s32 to i32 %4!
  return %5!
adapter 12 () -> (), slots: 0
  call core func 48
  return
adapter 13 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 37 %0!
  %3 %4 = call core func 38 %1! %2!
  defer core func 44 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 14 (u8, string, s16, f64) -> (u32), slots: 10
  %4 = convert u8 to i32 %0!
  %5 %6 = lower string to memory 0 by core func 37 %1!
  %7 = convert s16 to i32 %2!
  %8 = call core func 24 %4! %5! %6! %7! %3!
  %9 = convert i32 to u32 %8!
  return %9!
adapter 15 (s32) -> (s32), slots: 4
  %1 = convert s32 to i32 %0!
  %2 = call core func 33 %1!
  %3 = convert i32 to s32 %2!
  return %3!
adapter 16 () -> (f64), slots: 1
  %0 = call core func 49
  return %0!
export 0 "main" func () -> () from adapter 12
export 1 "run" func (string) -> (string) from adapter 13
export 2 "call_mix" func (u8, string, s16, f64) -> (u32) from adapter 14
export 3 "sum_to" func (s32) -> (s32) from adapter 15
export 4 "later" func () -> (f64) from adapter 16
uses core funcs 24 33 37 38 44 48 49
uses core memories 0
starts core func 48
;)
