;;! check
;; A tab is shown as four blanks and counts as one column.
(module
	(@interface	func	(param	bool)))

(; EXPECT
error: place-tab.wat: expected a value type: s8, s16, s32, s64, u8, u16, u32, u64, f32, f64, string, externref, i32, i64
     --> 4:26
      |
    4 |     (@interface    func    (param    bool)))
      |                                      ^
exit 1
;)
