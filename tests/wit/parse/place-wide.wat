;;! check
;; Columns count characters.
(module (; ééé ;) (@interface func (param bool)))

(; EXPECT
error: place-wide.wat: expected a value type: s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, string, externref, i32, i64
     --> 3:43
      |
    3 | (module (; ééé ;) (@interface func (param bool)))
      |                                           ^
exit 1
;)
