//! What is passed: text of some scripts, in sizes of UTF-16 units.

use std::fmt;

/// Sizes in UTF-16 units. Each is a kind of text that programs pass: a name, a
/// line, a page, a file, a large file.
pub const SIZES: [usize; 5] = [8, 64, 1024, 64 * 1024, 1024 * 1024];

/// A script.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// One byte a character.
    Ascii,
    /// Western European: mostly one byte, some two.
    Latin,
    /// Three bytes a character.
    Cjk,
    /// Four bytes and two units a character.
    Emoji,
}

impl Script {
    /// All of them.
    pub const ALL: [Script; 4] = [Script::Ascii, Script::Latin, Script::Cjk, Script::Emoji];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Script::Ascii => "ascii",
            Script::Latin => "latin",
            Script::Cjk => "cjk",
            Script::Emoji => "emoji",
        }
    }

    /// Text of so many units, in UTF-16 and in UTF-8.
    pub fn text(self, units: usize) -> (Vec<u16>, Vec<u8>) {
        let pattern = match self {
            Script::Ascii => "The quick brown fox jumps over it. ",
            Script::Latin => "Où êtes-vous né, Zoë? Übergröße là-bas. ",
            Script::Cjk => "色は匂へど散りぬるを我が世誰ぞ常ならむ",
            Script::Emoji => "🦀🚀🎉🌍🔥🐧",
        };
        let wide: Vec<u16> = pattern.encode_utf16().cycle().take(units).collect();
        let narrow = String::from_utf16(&wide).expect("sizes are even").into_bytes();
        (wide, narrow)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
