;;! plan ../../modules/strings.wasm

(; EXPECT
wrapped core module
adapter 0 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 48 %0!
  %3 %4 = call core func 52 %1! %2!
  defer core func 60 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 1 (string, string) -> (string), slots: 9
  %2 %3 = lower string to memory 0 by core func 48 %0!
  %4 %5 = lower string to memory 0 by core func 48 %1!
  %6 %7 = call core func 47 %2! %3! %4! %5!
  defer core func 60 %6 %7
  %8 = lift string from memory 0 %6! %7!
  return %8!
adapter 2 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 48 %0!
  %3 %4 = call core func 53 %1! %2!
  defer core func 60 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 3 (string, u32) -> (string), slots: 8
  %2 %3 = lower string to memory 0 by core func 48 %0!
  %4 = convert u32 to i32 %1!
  %5 %6 = call core func 49 %2! %3! %4!
  defer core func 60 %5 %6
  %7 = lift string from memory 0 %5! %6!
  return %7!
adapter 4 () -> (string), slots: 3
  %0 %1 = call core func 56
  defer core func 60 %0 %1
  %2 = lift string from memory 0 %0! %1!
  return %2!
adapter 5 (string) -> (u32), slots: 5
  %1 %2 = lower string to memory 0 by core func 48 %0!
  %3 = call core func 33 %1! %2!
  %4 = convert i32 to u32 %3!
  return %4!
adapter 6 (string) -> (u32), slots: 5
  %1 %2 = lower string to memory 0 by core func 48 %0!
  %3 = call core func 28 %1! %2!
  %4 = convert i32 to u32 %3!
  return %4!
adapter 7 (string) -> (u32), slots: 5
  %1 %2 = lower string to memory 0 by core func 48 %0!
  %3 = call core func 17 %1! %2!
  %4 = convert i32 to u32 %3!
  return %4!
adapter 8 (u32) -> (string), slots: 5
  %1 = convert u32 to i32 %0!
  %2 %3 = call core func 55 %1!
  defer core func 60 %2 %3
  %4 = lift string from memory 0 %2! %3!
  return %4!
adapter 9 (string, string, string, string) -> (string), slots: 15
  %4 %5 = lower string to memory 0 by core func 48 %0!
  %6 %7 = lower string to memory 0 by core func 48 %1!
  %8 %9 = lower string to memory 0 by core func 48 %2!
  %10 %11 = lower string to memory 0 by core func 48 %3!
  %12 %13 = call core func 44 %4! %5! %6! %7! %8! %9! %10! %11!
  defer core func 60 %12 %13
  %14 = lift string from memory 0 %12! %13!
  return %14!
adapter 10 () -> (u32), slots: 2
  %0 = call core func 71
  %1 = convert i32 to u32 %0!
  return %1!
adapter 11 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 48 %0!
  %3 %4 = call core func 51 %1! %2!
  defer core func 60 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
export 0 "greet" func (string) -> (string) from adapter 0
export 1 "concat" func (string, string) -> (string) from adapter 1
export 2 "reverse" func (string) -> (string) from adapter 2
export 3 "repeat" func (string, u32) -> (string) from adapter 3
export 4 "empty" func () -> (string) from adapter 4
export 5 "byte_len" func (string) -> (u32) from adapter 5
export 6 "char_count" func (string) -> (u32) from adapter 6
export 7 "first_scalar" func (string) -> (u32) from adapter 7
export 8 "from_scalar" func (u32) -> (string) from adapter 8
export 9 "four" func (string, string, string, string) -> (string) from adapter 9
export 10 "live_bytes" func () -> (u32) from adapter 10
export 11 "boom" func (string) -> (string) from adapter 11
uses core funcs 17 28 33 44 47 48 49 51 52 53 55 56 60 71
uses core memories 0
;)
