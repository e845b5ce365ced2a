;;! check
;; Components are another format.
(module binary "\00asm" "\0d\00\01\00")

(; EXPECT
error: component.wat: this is a component, where a core module is expected, with or without an interface section
exit 1
;)
