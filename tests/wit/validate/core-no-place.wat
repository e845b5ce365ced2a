;;! check
;; Of other faults of the core the place is not known.
(module
  (func $own)
  (export "same" (func $own))
  (export "same" (func $own))
)

(; EXPECT
error: core-no-place.wat: duplicate export name `same` already defined
exit 1
;)
