;;! plan ../../modules/text.wasm

(; EXPECT
wrapped core module
adapter 0 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 771 %0!
  %3 %4 = call core func 775 %1! %2!
  defer core func 837 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 1 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 771 %0!
  %3 %4 = call core func 777 %1! %2!
  defer core func 837 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 2 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 771 %0!
  %3 %4 = call core func 778 %1! %2!
  defer core func 837 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 3 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 771 %0!
  %3 %4 = call core func 776 %1! %2!
  defer core func 837 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 4 (string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 771 %0!
  %3 %4 = call core func 779 %1! %2!
  defer core func 837 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
adapter 5 (string, string, string) -> (string), slots: 12
  %3 %4 = lower string to memory 0 by core func 771 %0!
  %5 %6 = lower string to memory 0 by core func 771 %1!
  %7 %8 = lower string to memory 0 by core func 771 %2!
  %9 %10 = call core func 759 %3! %4! %5! %6! %7! %8!
  defer core func 837 %9 %10
  %11 = lift string from memory 0 %9! %10!
  return %11!
adapter 6 (string, string) -> (s32), slots: 8
  %2 %3 = lower string to memory 0 by core func 771 %0!
  %4 %5 = lower string to memory 0 by core func 771 %1!
  %6 = call core func 316 %2! %3! %4! %5!
  %7 = convert i32 to s32 %6!
  return %7!
export 0 "markdown" func (string) -> (string) from adapter 0
export 1 "nfc" func (string) -> (string) from adapter 1
export 2 "nfd" func (string) -> (string) from adapter 2
export 3 "nfkc" func (string) -> (string) from adapter 3
export 4 "nfkd" func (string) -> (string) from adapter 4
export 5 "replace_all" func (string, string, string) -> (string) from adapter 5
export 6 "count_matches" func (string, string) -> (s32) from adapter 6
uses core funcs 316 759 771 775 776 777 778 779 837
uses core memories 0
;)
