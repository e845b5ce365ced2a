;;! check
;; One type to a parameter, not none.
(module
  (@interface func (param)))

(; EXPECT
error: param-empty.wat: expected a value type: s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, string, externref, i32, i64
     --> 4:26
      |
    4 |   (@interface func (param)))
      |                          ^
exit 1
;)
