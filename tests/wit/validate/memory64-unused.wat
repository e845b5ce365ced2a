;;! check
;; Memories that hold no text are of no interest.
(module
  (memory i64 1)
  (memory 1 1 shared)
  (memory $plain 1)
  (@interface func (param i32) (param i32) (result string)
    arg.get 0
    arg.get 1
    memory-to-string $plain)
)

(; EXPECT
;)
