;;! wit
;; Imports and exports as a WIT world: names in its way, several results a tuple,
;; and what it has no words for in comments.
(module
  (import "env" "core" (func $core (param i32)))
  (import "env" "mem" (memory 1))
  (@interface func (import "host_log" "log") (param $text string))
  (@interface func (import "host_log" "Log") (param string))
  (@interface func (import "host_log" "type") (param $list f32) (result f64))
  (@interface func (import "a b" "c") (result string))
  (@interface func (import "m" "all_kinds")
    (param $a s8) (param $b_c u8) (param $b-c s16) (param $1 u16) (param s32 u32 s64 u64)
    (result f32) (result string))
  (@interface func (export "2nd") (param s8))
  (@interface func (export "plain"))
  (@interface func (export "ref") (param externref)))

(; EXPECT
package module:interface;

world module {
  // import "env" "core" func (i32) -> ()
  // import "env" "mem" memory 1
  // import "host_log" "Log" func (string) -> ()
  import host-log: interface {
    log: func(text: string);
    %type: func(%list: f32) -> f64;
  }
  // import "a b" "c" func () -> (string)
  import m: interface {
    all-kinds: func(a: s8, b-c: u8, p2: s16, p3: u16, p4: s32, p5: u32, p6: s64, p7: u64) -> tuple<f32, string>;
  }
  // export "2nd" func (s8) -> ()
  export plain: func();
  // export "ref" func (externref) -> ()
}
;)
