;;! run --imports=print nothing
;; The start function may itself be an implemented import.
(module
  (import "env" "hello" (func $hello))
  (start $hello)
  (@interface func $host (import "host" "hello"))
  (@interface implement (import "env" "hello")
    call-adapter $host)
  (@interface func (export "nothing")))

(; EXPECT
host.hello()
;)
