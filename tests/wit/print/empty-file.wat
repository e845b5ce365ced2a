;;! check
;;! print
;;! inspect
;; A file with comments only is the empty module.

(; EXPECT
;;! check
;;! print
(module)
;;! inspect
;)
