;; What user.wat imports, all of it under one name: a function of the world, and an
;; interface with a function and a core module.
(component
  (core module $m
    (global (export "g") i32 (i32.const 40))
    (func (export "two") (result i32) (i32.const 2)))
  (core instance $i (instantiate $m))
  (func $two (result u32) (canon lift (core func $i "two")))
  (instance $low (export "two" (func $two)) (export "m" (core module $m)))
  (export "two" (func $two))
  (export "h:h/low@1.0.0" (instance $low)))
