;;! print
;; The old spelling of externref is read and never printed.
(module
  (@interface type (func (param anyref) (result externref)))
  (@interface func (param externref) (result anyref)
    arg.get 0))

(; EXPECT
(module
  (@interface type (;0;) (func (param externref) (result externref)))
  (@interface func (;0;) (type 0)
    arg.get 0))
;)
