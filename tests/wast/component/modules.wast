;; What components pass to each other beside functions: core modules, instances within
;; instances, and types.

;; A core module that one exports, and another instantiates.
(component $shop
  (core module $m
    (global (export "g") i32 (i32.const 40))
    (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
  (export "m" (core module $m))
  (instance $inner (export "m" (core module $m)))
  (export "inner" (instance $inner)))
(component $buyer
  (import "shop" (instance $shop
    (export "m" (core module
      (export "g" (global i32))
      (export "f" (func (param i32) (result i32)))))))
  (alias export $shop "m" (core module $m))
  (core instance $a (instantiate $m))
  (core module $n
    (import "a" "g" (global i32))
    (import "a" "f" (func $f (param i32) (result i32)))
    (func (export "sum") (result i32) (call $f (global.get 0))))
  (core instance $b (instantiate $n (with "a" (instance $a))))
  (func (export "sum") (result u32) (canon lift (core func $b "sum"))))
(assert_return (invoke "sum") (u32.const 41))

;; The same within an instance.
(component
  (import "shop" (instance $shop
    (export "inner" (instance (export "m" (core module (export "g" (global i32))))))))
  (alias export $shop "inner" (instance $inner))
  (core instance $a (instantiate (module $inner "m")))
  (core module $n
    (import "a" "g" (global i32))
    (func (export "g") (result i32) (global.get 0)))
  (core instance $b (instantiate $n (with "a" (instance $a))))
  (func (export "g") (result u32) (canon lift (core func $b "g"))))
(assert_return (invoke "g") (u32.const 40))

(assert_unlinkable
  (component (import "shop" (instance (export "none" (core module)))))
  "was not found")
(assert_unlinkable
  (component (import "m" (core module)))
  "was not found")
(assert_unlinkable
  (component
    (import "shop" (instance (export "m" (core module (export "g" (global i64)))))))
  "type mismatch")

;; Functions of an instance within an instance, by all their names.
(component $deep
  (core module $m
    (func (export "one") (result i32) (i32.const 1))
    (func (export "two") (result i32) (i32.const 2)))
  (core instance $i (instantiate $m))
  (func $one (result u32) (canon lift (core func $i "one")))
  (func $two (result u32) (canon lift (core func $i "two")))
  (instance $low (export "n" (func $two)))
  (instance $high (export "n" (func $one)) (export "low" (instance $low)))
  (export "a:b/high@1.0.0" (instance $high)))
(assert_return (invoke "a:b/high@1.0.0#n") (u32.const 1))
(assert_return (invoke "a:b/high#n") (u32.const 1))
(assert_return (invoke "a:b/high@1.0.0#low#n") (u32.const 2))
(assert_return (invoke "a:b/high@1.4.0#low#n") (u32.const 2))
(assert_return (invoke "a:b/high#low#n") (u32.const 2))

;; Such an instance is what another component imports.
(component
  (import "deep" (instance $deep
    (export "a:b/high@1.0.0" (instance $high
      (export "n" (func (result u32)))
      (export "low" (instance (export "n" (func (result u32)))))))))
  (alias export $deep "a:b/high@1.0.0" (instance $high))
  (alias export $high "low" (instance $low))
  (core func $one (canon lower (func $high "n")))
  (core func $two (canon lower (func $low "n")))
  (core module $m
    (import "" "one" (func $one (result i32)))
    (import "" "two" (func $two (result i32)))
    (func (export "both") (result i32)
      (i32.add (i32.mul (i32.const 10) (call $one)) (call $two))))
  (core instance $i (instantiate $m
    (with "" (instance (export "one" (func $one)) (export "two" (func $two))))))
  (func (export "both") (result u32) (canon lift (core func $i "both"))))
(assert_return (invoke "both") (u32.const 12))

;; What hosts of scripts have: an instance and a core module within an interface.
(component
  (import "host" (instance $host
    (export "nested" (instance (export "return-four" (func (result u32)))))
    (export "simple-module" (core module
      (export "g" (global i32)) (export "f" (func (result i32)))))))
  (alias export $host "nested" (instance $nested))
  (core func $four (canon lower (func $nested "return-four")))
  (core instance $simple (instantiate (module $host "simple-module")))
  (core module $m
    (import "" "four" (func $four (result i32)))
    (import "simple" "g" (global i32))
    (import "simple" "f" (func $f (result i32)))
    (func (export "sum") (result i32)
      (i32.add (call $four) (i32.add (global.get 0) (call $f)))))
  (core instance $i (instantiate $m
    (with "" (instance (export "four" (func $four)))) (with "simple" (instance $simple))))
  (func (export "sum") (result u32) (canon lift (core func $i "sum"))))
(assert_return (invoke "sum") (u32.const 205))

;; Types that are passed on: an alias, one behind another, and of an outer component.
(component
  (type $n (record (field "n" u32)))
  (component $c
    (alias outer 1 $n (type $n))
    (export $m "m" (type $n))
    (core module $m (func (export "f") (param i32) (result i32) (local.get 0)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "n" $m) (result $m) (canon lift (core func $i "f"))))
  (instance $i (instantiate $c))
  (export "types-and-more" (instance $i)))
(assert_return (invoke "f" (record.const (field "n" u32.const 7))) (record.const (field "n" u32.const 7)))

;; A component that is given to another, which instantiates it.
(component
  (component $two
    (core module $m (func (export "f") (result i32) (i32.const 2)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $twice
    (import "c" (component $c (export "f" (func (result u32)))))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))
    (export "a" (func $a "f"))
    (export "b" (func $b "f")))
  (instance $i (instantiate $twice (with "c" (component $two))))
  (export "a" (func $i "a"))
  (export "b" (func $i "b")))
(assert_return (invoke "a") (u32.const 2))
(assert_return (invoke "b") (u32.const 2))

;; A definition with a start function of its core module runs it for each instance.
(component definition $Started
  (core module $m
    (global $n (mut i32) (i32.const 0))
    (func $start (global.set $n (i32.add (global.get $n) (i32.const 5))))
    (start $start)
    (func (export "n") (result i32) (global.get $n)))
  (core instance $i (instantiate $m))
  (core instance $j (instantiate $m))
  (func (export "n") (result u32) (canon lift (core func $j "n"))))
(component instance $s $Started)
(assert_return (invoke $s "n") (u32.const 5))
(component instance $t $Started)
(assert_return (invoke $t "n") (u32.const 5))
(assert_trap
  (component
    (core module $m (func $start unreachable) (start $start))
    (core instance (instantiate $m)))
  "unreachable")

;; What is registered is imported by its name.
(register "given" $shop)
(component
  (import "given" (instance $given (export "m" (core module (export "g" (global i32))))))
  (core instance $a (instantiate (module $given "m")))
  (core module $n (import "a" "g" (global i32)) (func (export "g") (result i32) (global.get 0)))
  (core instance $b (instantiate $n (with "a" (instance $a))))
  (func (export "g") (result u32) (canon lift (core func $b "g"))))
(assert_return (invoke "g") (u32.const 40))
