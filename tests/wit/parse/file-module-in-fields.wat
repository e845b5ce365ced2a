;;! check
;; Nor is it a field.
(func)
(module)

(; EXPECT
error: file-module-in-fields.wat: expected valid module field
     --> 4:2
      |
    4 | (module)
      |  ^
exit 1
;)
