//! Byte offsets become lines and columns for people.

use crate::error::{Error, ErrorKind};

/// How much of a line is shown on either side of the place, in characters.
const WINDOW: usize = 80;

/// An error at an offset into a text: it knows line and column, and its
/// message ends in the line at fault with a mark below.
pub(crate) fn error_at(text: &str, kind: ErrorKind, message: &str, offset: usize) -> Error {
    let (line, column) = locate(text, offset);
    Error::new(kind, format!("{message}{}", snippet(text, offset)))
        .at_offset(offset)
        .at_line_column(line, column)
}

/// The line and the column of an offset; both count from one, the column in
/// characters.
fn locate(text: &str, offset: usize) -> (usize, usize) {
    let (line_start, offset) = line_of(text, offset);
    let line = 1 + text[..line_start].bytes().filter(|&b| b == b'\n').count();
    (line, 1 + text[line_start..offset].chars().count())
}

/// ```text
///      --> 3:14
///       |
///     3 | the line
///       |     ^
/// ```
fn snippet(text: &str, offset: usize) -> String {
    let (line, column) = locate(text, offset);
    let (line_start, offset) = line_of(text, offset);
    let before = &text[line_start..offset];
    let after = text[offset..].lines().next().unwrap_or("");

    let mut shown = String::new();
    if let Some((cut, _)) = before.char_indices().rev().nth(WINDOW) {
        shown.push('…');
        before[cut..].chars().skip(1).for_each(|c| show(c, &mut shown));
    } else {
        before.chars().for_each(|c| show(c, &mut shown));
    }
    let indent = shown.chars().count();
    after.chars().take(WINDOW).for_each(|c| show(c, &mut shown));
    if after.chars().nth(WINDOW).is_some() {
        shown.push('…');
    }
    let shown = shown.trim_end();
    let gap = if shown.is_empty() { "" } else { " " };
    format!("\n     --> {line}:{column}\n      |\n {line:4} |{gap}{shown}\n      | {:indent$}^", "")
}

/// A character as it can safely be shown in one column, or a tab's four.
fn show(c: char, out: &mut String) {
    match c {
        '\t' => out.push_str("    "),
        // These would change how the text around them is shown.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => out.push('\u{fffd}'),
        c if c.is_control() => out.push('\u{fffd}'),
        c => out.push(c),
    }
}

/// Where the line of an offset starts, and the offset moved to the start of a
/// character.
fn line_of(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    (text[..offset].rfind('\n').map_or(0, |i| i + 1), offset)
}
