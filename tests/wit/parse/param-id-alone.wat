;;! check
;; An identifier is no type.
(module
  (@interface func (param $a)))

(; EXPECT
error: param-id-alone.wat: expected a value type: s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, string, externref, i32, i64
     --> 4:29
      |
    4 |   (@interface func (param $a)))
      |                             ^
exit 1
;)
