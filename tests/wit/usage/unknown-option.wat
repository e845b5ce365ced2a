;;! check --twice
;;! check -o=x

(; EXPECT
;;! check --twice
error: invalid option '--twice'
Try `witrt --help`.
exit 2
;;! check -o=x
error: invalid option '-o'
Try `witrt --help`.
exit 2
;)
