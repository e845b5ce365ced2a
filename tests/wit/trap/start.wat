;;! run nothing
;; A trap of the start function is a failure to make the instance.
(module
  (func $start unreachable)
  (start $start)
  (@interface func (export "nothing")))

(; EXPECT
;)
