//! Frames of traps, as tests compare them.

/// What a command tells. Where the stack is exhausted, the function that did not
/// fit any more is left out, and few are kept: which it is depends on how large
/// frames are, and on where the stack began.
pub fn comparable(told: String) -> String {
    if !told.contains("call stack exhausted") {
        return told;
    }
    let fits = told.lines().filter(|line| !line.ends_with(" at offset 0x0"));
    fits.take(10).map(|line| format!("{line}\n")).collect()
}
