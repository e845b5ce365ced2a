;;! print
;; Each value type by its name.
(module
  (@interface type (func
    (param s8) (param s16) (param s32) (param s64)
    (param u8) (param u16) (param u32) (param u64)
    (param f32) (param f64) (param i32) (param i64)
    (param string) (param externref)
    (result string) (result s8))))

(; EXPECT
(module
  (@interface type (;0;) (func (param s8) (param s16) (param s32) (param s64) (param u8) (param u16) (param u32) (param u64) (param f32) (param f64) (param i32) (param i64) (param string) (param externref) (result string) (result s8))))
;)
