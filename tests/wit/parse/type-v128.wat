;;! check
;; A word that is a core type elsewhere.
(module
  (@interface type (func (result v128))))

(; EXPECT
error: type-v128.wat: expected a value type: s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, string, externref, i32, i64
     --> 4:34
      |
    4 |   (@interface type (func (result v128))))
      |                                  ^
exit 1
;)
