;;! check second.wat
;; One file at a time.

(; EXPECT
error: unexpected argument "second.wat"
Try `witrt --help`.
exit 2
;)
