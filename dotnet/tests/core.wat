;; A core module: no interface, so that its own exports are what there is.
(module
  (import "host" "add" (func $add (param i32 i64) (result i64)))
  (memory (export "memory") 1 2)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "wide") (param i64) (result i64) (local.get 0))
  (func (export "single") (param f32) (result f32) (local.get 0))
  (func (export "double") (param f64) (result f64) (local.get 0))
  (func (export "object") (param externref) (result externref) (local.get 0))
  (func (export "function") (param funcref) (result funcref) (local.get 0))
  (func (export "host add") (param i32 i64) (result i64) (call $add (local.get 0) (local.get 1)))
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "many") (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
  (func (export "spin") (loop (br 0))))
