;;! run --imports print self
;;! run --imports print mutual
;;! run core
;; Recursion without end is a trap, whether adapters call themselves or the
;; core and its implemented import call one another.
(module
  (import "env" "again" (func $again))
  (func $into (call $again))
  (func $core (export "core") (call $core))
  (@interface implement (import "env" "again")
    call-core $into)
  (@interface func (export "self")
    call-adapter 1)
  (@interface func (export "mutual")
    call-core $into)
  (@interface func (export "core")
    call-core $core))

(; EXPECT
;)
