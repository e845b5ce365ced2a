;;! check
;;! print
;; Every value type; equal types stay apart.
(module
  (@interface type (func
    (param s8) (param s16) (param s32) (param s64)
    (param u8) (param u16) (param u32) (param u64)
    (param f32) (param f64) (param string) (param externref) (param i32) (param i64)))
  (@interface type (func
    (result s8) (result s16) (result s32) (result s64)
    (result u8) (result u16) (result u32) (result u64)
    (result f32) (result f64) (result string) (result externref) (result i32) (result i64)))
  (@interface type $named (func (param string) (result string)))
  (@interface type (func (param string) (result string)))
  (@interface type (func))
)

(; EXPECT
;;! check
;;! print
(module
  (@interface type (;0;) (func (param s8) (param s16) (param s32) (param s64) (param u8) (param u16) (param u32) (param u64) (param f32) (param f64) (param string) (param externref) (param i32) (param i64)))
  (@interface type (;1;) (func (result s8) (result s16) (result s32) (result s64) (result u8) (result u16) (result u32) (result u64) (result f32) (result f64) (result string) (result externref) (result i32) (result i64)))
  (@interface type (;2;) (func (param string) (result string)))
  (@interface type (;3;) (func (param string) (result string)))
  (@interface type (;4;) (func)))
;)
