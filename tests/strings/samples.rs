//! Texts of every mix and length, the same on every machine.

use witrt::string::Text;

/// All that are short, and around every width that a kernel works in.
pub fn lengths() -> impl Iterator<Item = usize> {
    (0..=70).chain(LENGTHS.iter().copied())
}

pub const LENGTHS: &[usize] = &[
    80, 127, 128, 129, 191, 192, 255, 256, 257, 287, 288, 289, 511, 513, 1000, 2047, 2048, 2049,
    4095, 4096, 4097, 9001,
];

/// Texts of every mix and length, as they are and damaged.
pub fn each_sample(mut check: impl FnMut(Text<'_>)) {
    let mut random = Random(1);
    for units in lengths() {
        for mix in MIXES {
            let text = mix.text(units, units as u64 + 1);
            let mut utf8 = text.clone().into_bytes();
            let mut utf16: Vec<u16> = text.encode_utf16().collect();
            check(Text::Utf8(&utf8));
            check(Text::Utf16(&utf16));
            if units == 0 || units > 2100 {
                continue;
            }
            for _ in 0..3 {
                let at = random.below(utf8.len());
                utf8[at] = random.next() as u8 | 0x80;
                check(Text::Utf8(&utf8));
                let at = random.below(utf16.len());
                utf16[at] = 0xD800 | random.next() as u16 & 0x7FF;
                check(Text::Utf16(&utf16));
                utf8.truncate(utf8.len().max(2) - 1);
                check(Text::Utf8(&utf8));
            }
        }
    }
}

/// What a buffer of `units` units can hold at different times.
pub fn states<T: Copy>(
    units: usize,
    encode: impl Fn(String) -> Vec<T>,
    noise: impl Fn(u64) -> T,
) -> Vec<Vec<T>> {
    let mut states = Vec::new();
    for mix in MIXES {
        let mut text = encode(mix.text(units, 5));
        let tail = text.split_off(units);
        states.push(text.clone());
        // The end of a longer text: ill-formed where it was cut.
        if tail.len() >= units {
            states.push(tail[..units].to_vec());
        }
        let mut random = Random(9);
        text[units / 2] = noise(random.next());
        states.push(text);
        states.push((0..units).map(|_| noise(random.next())).collect());
    }
    states
}

/// What a text is made of.
#[derive(Clone, Copy)]
pub enum Mix {
    Ascii,
    Latin,
    Cjk,
    Emoji,
    MostlyAscii,
    All,
}

pub const MIXES: [Mix; 6] =
    [Mix::Ascii, Mix::Latin, Mix::Cjk, Mix::Emoji, Mix::MostlyAscii, Mix::All];

impl Mix {
    /// A text of exactly so many UTF-16 units; the same for the same seed.
    pub fn text(self, units: usize, seed: u64) -> String {
        let mut random = Random(seed);
        let (mut text, mut len) = (String::new(), 0);
        while len < units {
            let c = self.char(&mut random);
            let c = if len + c.len_utf16() > units { 'x' } else { c };
            text.push(c);
            len += c.len_utf16();
        }
        text
    }

    pub fn char(self, random: &mut Random) -> char {
        let (start, end) = match (self, random.below(40)) {
            (Mix::Ascii, _) => (0x00, 0x7F),
            (Mix::Latin, 0..20) => (0x20, 0x7F),
            (Mix::Latin, _) => (0x80, 0x7FF),
            (Mix::Cjk, _) => (0x4E00, 0x9FFF),
            (Mix::Emoji, _) => (0x1F300, 0x1F6FF),
            (Mix::MostlyAscii, 0) => (0x80, 0x10FFFF),
            (Mix::MostlyAscii, _) => (0x20, 0x7E),
            (Mix::All, 0..10) => (0x00, 0x7F),
            (Mix::All, 10..20) => (0x80, 0x7FF),
            (Mix::All, 20..30) => (0x800, 0xFFFF),
            (Mix::All, _) => (0x10000, 0x10FFFF),
        };
        char::from_u32((start + random.below(end - start + 1)) as u32).unwrap_or('\u{FFFF}')
    }
}

pub fn boundary(text: &str, at: usize) -> usize {
    (at..).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

/// A xorshift generator: the same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
