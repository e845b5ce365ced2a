;;! check
;; No field of this kind.
(module
  (interface func))

(; EXPECT
error: file-unknown-field.wat: expected valid module field
     --> 4:4
      |
    4 |   (interface func))
      |    ^
exit 1
;)
