//! Arguments of any type, for calls of generated functions.

use super::Bytes;
use std::sync::Arc;
use witrt::{ExternRef, Func, Str, Val, ValType};

/// A text in both encodings, sometimes ill-formed.
pub struct Text {
    /// UTF-8.
    pub narrow: Vec<u8>,
    /// UTF-16.
    pub wide: Vec<u16>,
}

/// One of a few texts: empty, short, of characters of each length.
pub fn text(bytes: &mut Bytes<'_>) -> Text {
    let sample = ["", "a", "plain", "café", "漢字", "🦀 and \0 more"][bytes.below(6)];
    let mut narrow = sample.as_bytes().repeat(1 + bytes.below(3));
    let mut wide: Vec<u16> = sample.encode_utf16().collect();
    if bytes.below(16) == 1 {
        narrow.push(0xff);
        wide.push(0xd800 | bytes.byte() as u16);
    }
    Text { narrow, wide }
}

/// A text for each parameter, whether it is a string or not.
pub fn texts(bytes: &mut Bytes<'_>, func: &Func) -> Vec<Text> {
    func.ty().params().iter().map(|_| text(bytes)).collect()
}

/// Arguments for a function; for a string it may be one that a guest gave.
pub fn args<'a>(
    bytes: &mut Bytes<'_>,
    func: &Func,
    texts: &'a [Text],
    kept: &[Val<'static>],
) -> Vec<Val<'a>> {
    let types = func.ty().params().iter();
    types.zip(texts).map(|(ty, text)| arg(bytes, *ty, text, kept)).collect()
}

fn arg<'a>(bytes: &mut Bytes<'_>, ty: ValType, text: &'a Text, kept: &[Val<'static>]) -> Val<'a> {
    let bits = [0, 1, 20, 127, 128, 255, 256, 0x7fff_ffff, 0x8000_0000, u64::MAX][bytes.below(10)];
    match ty {
        ValType::String => {
            let given: Vec<_> = kept.iter().filter(|val| val.as_str().is_some()).collect();
            match bytes.below(3) {
                0 if !given.is_empty() => given[bytes.below(given.len())].clone(),
                1 => Val::String(Str::from_utf8(&text.narrow)),
                _ => Val::String(Str::from_utf16(&text.wide)),
            }
        }
        ValType::S8 => Val::S8(bits as i8),
        ValType::U8 => Val::U8(bits as u8),
        ValType::S16 => Val::S16(bits as i16),
        ValType::U16 => Val::U16(bits as u16),
        ValType::S32 => Val::S32(bits as i32),
        ValType::U32 => Val::U32(bits as u32),
        ValType::S64 => Val::S64(bits as i64),
        ValType::U64 => Val::U64(bits),
        ValType::I32 => Val::I32(bits as i32),
        ValType::I64 => Val::I64(bits as i64),
        ValType::F32 => Val::F32(f32::from_bits(bits as u32)),
        ValType::F64 => Val::F64(f64::from_bits(bits)),
        _ if bytes.below(2) == 0 => Val::ExternRef(None),
        _ => Val::ExternRef(Some(ExternRef::new(Arc::new(bits)))),
    }
}

/// Room for a function's results.
pub fn room(types: &[ValType]) -> Vec<Val<'static>> {
    types.iter().filter_map(|ty| Val::default_of(*ty)).collect()
}
