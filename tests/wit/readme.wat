;;! inspect
;;! plan
;; This file is the first test, and tells how all of them work.
;;
;; A test is a module as text. Lines that start with `;;!` on top are commands
;; of `witrt`, run on the file in the file's own folder: `;;! inspect` is what
;; you get from
;;
;;     cd tests/wit && witrt inspect readme.wat
;;
;; The file's name is put in after the command and its options, which are
;; written `--name=value`. A command that names another file, `x.wasm`, is left
;; as it is. Double quotes are part of a word, single quotes hold one together.
;;
;; The comment at the bottom is what comes out: standard output, then standard
;; error, then `exit 1` or whatever the status is, if it is not zero. With more
;; than one command each begins with its `;;!` line. A binary is shown in
;; hexadecimal.
;;
;;     cargo test --release --test wit             runs all files
;;     BLESS=1 cargo test --release --test wit     accepts what comes out
;;
;; Read what you accept. A file without commands or expectation fails.
;;
;; Besides, whatever a file expects: if its text assembles, then assembling it,
;; printing that and assembling the print must give the same binary.
;;
;; Where to put a file: `parse` for the text format, `binary` for the section's
;; bytes, `validate` for the typing rules, `print` and `plan` for what their
;; commands show. One behaviour each; the name tells which.
(module
  (memory 1)
  (func $malloc (param i32) (result i32) i32.const 1024)
  (func $free (param i32 i32))
  (func $shout (param i32 i32) (result i32 i32) local.get 0 local.get 1)

  (@interface func (export "shout") (param $s string) (result string)
    arg.get $s
    string-to-memory $malloc
    call-core $shout
    defer-call-core $free
    memory-to-string)
)

(; EXPECT
;;! inspect
export "shout" func (s: string) -> (string)
;;! plan
wrapped core module
adapter 0 (s: string) -> (string), slots: 6
  %1 %2 = lower string to memory 0 by core func 0 %0!
  %3 %4 = call core func 2 %1! %2!
  defer core func 1 %3 %4
  %5 = lift string from memory 0 %3! %4!
  return %5!
export 0 "shout" func (s: string) -> (string) from adapter 0
uses core funcs 0 1 2
uses core memories 0
;)
