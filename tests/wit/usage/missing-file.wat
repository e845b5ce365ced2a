;;! check missing.wasm
;; What the command was about stands before what the system says.

(; EXPECT
error: reading missing.wasm: No such file or directory (os error 2)
exit 1
;)
