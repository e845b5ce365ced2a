;; Asks for an instance with all that giver.wat has: sum is 44.
(component
  (import "giver" (instance $giver
    (export "two" (func (result u32)))
    (export "h:h/low@1.0.0" (instance
      (export "two" (func (result u32)))
      (export "m" (core module (export "g" (global i32))))))))
  (alias export $giver "h:h/low@1.0.0" (instance $low))
  (core func $one (canon lower (func $giver "two")))
  (core func $two (canon lower (func $low "two")))
  (core instance $m (instantiate (module $low "m")))
  (core module $n
    (import "" "one" (func $one (result i32)))
    (import "" "two" (func $two (result i32)))
    (import "m" "g" (global i32))
    (func (export "sum") (result i32)
      (i32.add (i32.add (call $one) (call $two)) (global.get 0))))
  (core instance $n (instantiate $n
    (with "" (instance (export "one" (func $one)) (export "two" (func $two))))
    (with "m" (instance $m))))
  (func (export "sum") (result u32) (canon lift (core func $n "sum"))))
