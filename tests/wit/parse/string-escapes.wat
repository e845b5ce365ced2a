;;! print
;; Strings have the escapes of core text, and may hold anything that is UTF-8.
(module
  (@interface import "" "\00\t\n\"\\" (func))
  (@interface func (export "h\u{e9}llo \c3\a9") (import "\u{1f600}" "'")))

(; EXPECT
(module
  (@interface type (;0;) (func))
  (@interface import "" "\u{0}\u{9}\u{a}\u{22}\u{5c}" (func (;0;) (type 0)))
  (@interface import "\u{1f600}" "'" (func (;1;) (type 0)))
  (@interface export "h\u{e9}llo \u{e9}" (func 1)))
;)
