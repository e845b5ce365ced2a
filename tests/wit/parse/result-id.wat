;;! check
;; Results have no identifiers.
(module
  (@interface func (result $r s32)))

(; EXPECT
error: result-id.wat: expected a value type: s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, string, externref, i32, i64
     --> 4:28
      |
    4 |   (@interface func (result $r s32)))
      |                            ^
exit 1
;)
