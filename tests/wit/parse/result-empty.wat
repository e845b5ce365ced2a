;;! check
;; One type to a result, not none.
(module
  (@interface func (result)))

(; EXPECT
error: result-empty.wat: expected a value type: s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, string, externref, i32, i64
     --> 4:27
      |
    4 |   (@interface func (result)))
      |                           ^
exit 1
;)
