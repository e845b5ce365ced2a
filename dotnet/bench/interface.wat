  (func $length_and_free (param i32 i32) (result i32)
    (call $length (local.get 0) (local.get 1))
    (call $free (local.get 0) (local.get 1)))
  (func $same_pair (param i32 i32) (result i32 i32)
    (call $same (local.get 0) (local.get 1))
    (local.get 1))
  (@interface func (export "length") (param string) (result u32)
    arg.get 0
    string-to-memory $malloc
    call-core $length_and_free
    i32-to-u32)
  (@interface func (export "same") (param string) (result string)
    arg.get 0
    string-to-memory $malloc
    call-core $same_pair
    defer-call-core $free
    memory-to-string)
