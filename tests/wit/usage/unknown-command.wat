;;! explain
;; Wrong usage has a status of its own.

(; EXPECT
error: unknown command "explain"
Try `witrt --help`.
exit 2
;)
