;;! print
;; The interface comes after every other section.
(module
  (@producers (processed-by "a tool" "1.0"))
  (@interface type (func))
)

(; EXPECT
(module
  (@producers
    (processed-by "a tool" "1.0")
  )
  (@interface type (;0;) (func)))
;)
