;;! print
;; Annotations that core text knows keep their meaning, others are skipped.
(@first (@interface func $never) ")")
(module $m (@name "my module")
  (@custom "mine" (before first) "bytes")
  (@second (@interface nonsense (((())))))
  (func $f (@name "its name") (@third)
    (@fourth) nop)
  (@interface (@fifth) func (@sixth "(") (export "f") (@seventh ;; )
    )
    call-core (@eighth) $f))
(@ninth)

(; EXPECT
(module $"my module"
  (@custom "mine" (before first) "bytes")
  (type (;0;) (func))
  (func $"its name" (;0;) (type 0)
    nop
  )
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0)
    call-core $"its name")
  (@interface export "f" (func 0)))
;)
