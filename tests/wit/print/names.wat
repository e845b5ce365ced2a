;;! print
;; A core function is told by its identifier if it has one that is its own, and
;; by its number otherwise.
(module
  (func $plain)
  (func)
  (func (@name "same"))
  (func (@name "same"))
  (func (@name ""))
  (func (@name "#3"))
  (func $"sp ace")
  (@interface func
    call-core 0
    call-core 1
    call-core 2
    call-core 3
    call-core 4
    call-core 5
    call-core 6
    call-core 99)
)

(; EXPECT
(module
  (type (;0;) (func))
  (func $plain (;0;) (type 0))
  (func (;1;) (type 0))
  (func $same (;2;) (type 0))
  (func $"#func3 same" (@name "same") (;3;) (type 0))
  (func $"#func4 " (@name "") (;4;) (type 0))
  (func $"#func5 #3" (@name "#3") (;5;) (type 0))
  (func $"sp ace" (;6;) (type 0))
  (@interface type (;0;) (func))
  (@interface func (;0;) (type 0)
    call-core $plain
    call-core 1
    call-core $same
    call-core $"#func3 same"
    call-core $"#func4 "
    call-core $"#func5 #3"
    call-core $"sp ace"
    call-core 99))
;)
