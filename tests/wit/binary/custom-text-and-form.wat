;;! check
;; Bytes and a form are two interfaces.
(module
  (@custom "wasm-interface-types" "\050.1.0")
  (@interface type (func))
)

(; EXPECT
error: custom-text-and-form.wat: an `@custom` section is a second interface next to `@interface`
exit 1
;)
