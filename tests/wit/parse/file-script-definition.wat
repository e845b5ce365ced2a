;;! check
;; A module definition belongs into scripts.
(module definition $m (func))

(; EXPECT
error: file-script-definition.wat: a script is not supported: expected one core module
     --> 3:9
      |
    3 | (module definition $m (func))
      |         ^
exit 1
;)
