;;! print
;; Without an interface it is a core module.
(module binary "\00asm\01\00\00\00")

(; EXPECT
(module)
;)
