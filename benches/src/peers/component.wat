;; The guest of the benchmarks once more, as a component: its core does as much
;; as `guest/module.wat`, in the shapes of the canonical ABI. A result string is
;; told by an address; an argument is the guest's own, which frees it by itself;
;; a result is freed by the function that is called after the return.
(component
  (import "log" (func $log (param "text" string)))
  (core module $memory
    (memory (export "memory") 128)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
  (core instance $memory (instantiate $memory))
  (core func $lowered (canon lower (func $log) (memory $memory "memory")))
  (core module $guest
    (import "memory" "memory" (memory 128))
    (import "host" "log" (func $log (param i32 i32)))
    (global $len (mut i32) (i32.const 0))
    (func $free (param i32 i32))
    (func (export "add") (param i32 i32) (result i32)
      (i32.add (local.get 0) (local.get 1)))
    (func (export "sink") (param i32 i32) (result i32)
      (global.set $len (local.get 1))
      (call $free (local.get 0) (local.get 1))
      (local.get 1))
    (func (export "source") (result i32)
      (i32.store (i32.const 16) (i32.const 1024))
      (i32.store (i32.const 20) (global.get $len))
      (i32.const 16))
    (func (export "free-source") (param i32)
      (call $free (i32.load (local.get 0)) (i32.load offset=4 (local.get 0))))
    (func (export "back") (param $times i32)
      (loop $again
        (call $log (i32.const 1024) (global.get $len))
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (br_if $again (local.get $times)))))
  (core instance $guest (instantiate $guest
    (with "memory" (instance $memory))
    (with "host" (instance (export "log" (func $lowered))))))

  (func (export "add") (param "a" s32) (param "b" s32) (result s32)
    (canon lift (core func $guest "add")))
  (func (export "sink") (param "text" string) (result u32)
    (canon lift (core func $guest "sink")
      (memory $memory "memory") (realloc (func $memory "realloc"))))
  (func (export "source") (result string)
    (canon lift (core func $guest "source")
      (memory $memory "memory") (post-return (func $guest "free-source"))))
  (func (export "back") (param "times" u32)
    (canon lift (core func $guest "back"))))
