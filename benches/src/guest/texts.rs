//! What is passed: text of some scripts, in sizes of bytes of UTF-8.

use std::fmt;

/// Sizes in bytes, as a guest has them. Each is a kind of text that programs pass:
/// a word, a name, lines, a page, a file, a large file.
pub const SIZES: [usize; 8] = [8, 64, 128, 256, 512, 1024, 64 * 1024, 1024 * 1024];

/// A script.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// One byte a character.
    Ascii,
    /// Western European: mostly one byte, some two.
    Latin,
    /// Three bytes a character.
    Cjk,
    /// The same among ASCII.
    Mixed,
    /// Four bytes and two units a character.
    Emoji,
}

impl Script {
    /// All of them.
    pub const ALL: [Script; 5] =
        [Script::Ascii, Script::Latin, Script::Cjk, Script::Mixed, Script::Emoji];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Script::Ascii => "ascii",
            Script::Latin => "latin",
            Script::Cjk => "cjk",
            Script::Mixed => "mixed",
            Script::Emoji => "emoji",
        }
    }

    /// Text of so many bytes, or a few less, in UTF-16 and in UTF-8.
    pub fn text(self, bytes: usize) -> (Vec<u16>, Vec<u8>) {
        let pattern = match self {
            Script::Ascii => "The quick brown fox jumps over it. ",
            Script::Latin => "Où êtes-vous né, Zoë? Übergröße là-bas. ",
            Script::Cjk => "色は匂へど散りぬるを我が世誰ぞ常ならむ",
            Script::Mixed => {
                "{\"題\": \"いろは歌\", \"文\": \"有為の奥山けふ越えて\", \"年\": 1079}, "
            }
            Script::Emoji => "🦀🚀🎉🌍🔥🐧",
        };
        let mut text = String::with_capacity(bytes);
        for c in pattern.chars().cycle() {
            if text.len() + c.len_utf8() > bytes {
                break;
            }
            text.push(c);
        }
        (text.encode_utf16().collect(), text.into_bytes())
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
