;;! run same null
;; References pass through untouched.
(module
  (func $id (param externref) (result externref) local.get 0)
  (@interface func (export "same") (param externref) (result externref)
    arg.get 0
    call-core $id))

(; EXPECT
null
;)
