;;! check
;; Text is UTF-8. In Latin-1 this is a name with an accent: é
(module)

(; EXPECT
error: file-not-utf8.wat: neither a WebAssembly binary nor UTF-8 text (at offset 0x46)
exit 1
;)
