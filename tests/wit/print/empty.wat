;;! check
;;! print
;;! assemble
;; No interface, no section.
(module)

(; EXPECT
;;! check
;;! print
(module)
;;! assemble
0000: 00 61 73 6d 01 00 00 00                          .asm....
;)
