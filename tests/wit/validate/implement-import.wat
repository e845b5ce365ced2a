;;! check
;; An import may answer one or several core imports, without a body between.
(module
  (import "" "f" (func $f (param i32 i64 f32 f64 externref) (result externref)))
  (import "" "g" (func $g (param i32 i64 f32 f64 externref) (result externref)))
  (@interface import "h" "f"
    (func $h (param i32) (param i64) (param f32) (param f64) (param externref) (result externref)))
  (@interface implement (func $f) (func $h))
  (@interface implement (func $g) (func $h))
)

(; EXPECT
;)
