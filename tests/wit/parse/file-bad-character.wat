;;! check
;; A character that core text does not have.
(module
  (@interface func “x”))

(; EXPECT
error: file-bad-character.wat: unexpected character '\u{201c}'
     --> 4:20
      |
    4 |   (@interface func “x”))
      |                    ^
exit 1
;)
