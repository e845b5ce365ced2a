//! Values with parts as C has them: made of a fuzzer's bytes, and told as text.

use super::Bytes;
use super::api::*;
use super::components::some_bits;
use std::fmt::Write;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};
use witrt::wit::Type;

const F32: u8 = 2;
const F64: u8 = 3;
const BOOL: u8 = 25;
const CHAR: u8 = 26;
const ENUM: u8 = 27;
const FLAGS: u8 = 28;
const LIST: u8 = 29;
const RECORD: u8 = 30;
const TUPLE: u8 = 31;
const VARIANT: u8 = 32;
const RESULT: u8 = 33;
const OPTION: u8 = 34;
pub const OWN: u8 = 35;
const NONE: u8 = 37;
/// Of the elements of a list: values with a kind each.
const VAL: u8 = 38;

/// `wasm_list_t`.
#[repr(C)]
struct List {
    data: Ptr,
    size: usize,
    element: u8,
}

/// `wasm_variant_t`.
#[repr(C)]
struct Variant {
    index: u32,
    val: Value,
}

/// How many resources were finalized, in all inputs.
pub static FINALIZED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn finalize(data: Ptr) {
    // SAFETY: it is called once with what the resource was made with.
    let _ = unsafe { Box::from_raw(data.cast::<usize>()) };
    FINALIZED.fetch_add(1, Ordering::SeqCst);
}

/// What trees are made of; it stays where it is.
#[derive(Default)]
#[allow(clippy::vec_box)] // values point to them
pub struct Wood {
    texts: Vec<Box<[Text]>>,
    bytes: Vec<Box<[u64]>>,
    lists: Vec<Box<List>>,
    vals: Vec<Box<[Value]>>,
    vectors: Vec<Box<Vector>>,
    variants: Vec<Box<Variant>>,
    resources: Vec<Ptr>,
    /// How many resources were made.
    pub made: usize,
    /// A value that is not of its type.
    pub wrong: bool,
    /// A text is ill-formed.
    pub ill: bool,
}

impl Drop for Wood {
    fn drop(&mut self) {
        // Who has not copied it, and reads it still, finds something else.
        self.bytes.iter_mut().for_each(|words| words.fill(0x5a5a_5a5a_5a5a_5a5a));
        // SAFETY: they are this one's, and the trees are used no more.
        self.resources.drain(..).for_each(|resource| unsafe { wasm_resource_delete(resource) });
    }
}

impl Wood {
    /// A value of a type, or at times of another.
    pub fn value(&mut self, bytes: &mut Bytes<'_>, ty: &Type, depth: usize) -> Value {
        let mut value = self.right(bytes, ty, depth);
        if bytes.below(128) == 127 {
            self.wrong = true;
            value.kind = [STRING, LIST, RECORD, VARIANT, OPTION, OWN, NONE, 0, 99][bytes.below(9)];
            // One that it might be after all.
            if value.kind == kind(ty) {
                value.kind = 200;
            }
        }
        value
    }

    fn right(&mut self, bytes: &mut Bytes<'_>, ty: &Type, depth: usize) -> Value {
        let bits = some_bits(bytes);
        let of = match ty {
            Type::String => {
                let text = self.text(bytes);
                self.texts.push([text].into());
                pointer(self.texts.last().and_then(|texts| texts.first()))
            }
            Type::Scalar(_) => scalar(bytes, bits, kind(ty)),
            Type::List(_) => self.list(bytes, ty, depth),
            Type::Record(_) | Type::Tuple(_) => {
                let parts = (0..ty.len()).filter_map(|i| ty.at(i));
                let parts = parts.map(|ty| self.value(bytes, ty, depth)).collect::<Vec<_>>();
                let (data, size) = self.keep(parts);
                self.vectors.push(Box::new(Vector { size, data }));
                pointer(self.vectors.last().map(|vector| &**vector))
            }
            Type::Variant(_) | Type::Result(_) => {
                let index = bytes.below(ty.len().max(1));
                let val = match ty.at(index) {
                    Some(ty) => self.value(bytes, ty, depth),
                    None => Value { kind: NONE, of: 0 },
                };
                self.variants.push(Box::new(Variant { index: index as u32, val }));
                pointer(self.variants.last().map(|variant| &**variant))
            }
            Type::Option(_) if bytes.below(2) == 0 => 0,
            Type::Option(_) => {
                let some = ty.at(1).map(|ty| self.value(bytes, ty, depth));
                self.keep(some.into_iter().collect()).0 as u64
            }
            Type::Enum(_) => (bytes.below(256) % ty.len()) as u64,
            Type::Flags(flags) => bits & u64::from(flags.mask()),
            Type::Own(_) | Type::Borrow(_) => {
                self.made += 1;
                let data = Box::into_raw(Box::new(self.made)).cast();
                // SAFETY: what it is given goes with it.
                let resource = unsafe { wasm_resource_new(data, Some(finalize), null_mut()) };
                self.resources.push(resource);
                resource as u64
            }
        };
        Value { kind: kind(ty), of }
    }

    /// A list as an array of what it holds, or of values.
    fn list(&mut self, bytes: &mut Bytes<'_>, ty: &Type, depth: usize) -> u64 {
        let element = ty.at(0).expect("a list has one");
        let count = [0, 1, 2, 3, 17][bytes.below(if depth == 0 { 2 } else { 5 })];
        let is_plain = bytes.below(2) == 0;
        let (data, size, of) = match element {
            Type::Scalar(_) if is_plain => {
                let kind = kind(element);
                let size = width(kind);
                let mut all = vec![0_u64; (count * size).div_ceil(8)].into_boxed_slice();
                let data: *mut u8 = all.as_mut_ptr().cast();
                for i in 0..count {
                    let bits = some_bits(bytes);
                    let word = scalar(bytes, bits, kind).to_le_bytes();
                    // SAFETY: there is room for so many.
                    unsafe { std::ptr::copy(word.as_ptr(), data.add(i * size), size) };
                }
                self.bytes.push(all);
                (data.cast(), count, kind)
            }
            Type::String if is_plain => {
                let mut all = (0..count).map(|_| self.text(bytes)).collect::<Box<[Text]>>();
                let data = all.as_mut_ptr().cast();
                self.texts.push(all);
                (data, count, STRING)
            }
            _ => {
                let depth = depth.saturating_sub(1);
                let all = (0..count).map(|_| self.value(bytes, element, depth)).collect();
                let (data, size) = self.keep(all);
                (data, size, VAL)
            }
        };
        self.lists.push(Box::new(List { data, size, element: of }));
        pointer(self.lists.last().map(|list| &**list))
    }

    fn keep(&mut self, vals: Vec<Value>) -> (Ptr, usize) {
        let mut vals = vals.into_boxed_slice();
        let found = (vals.as_mut_ptr().cast(), vals.len());
        self.vals.push(vals);
        found
    }

    /// A text in any encoding of hosts, mostly well-formed.
    fn text(&mut self, bytes: &mut Bytes<'_>) -> Text {
        let sample = ["", "a", "plain", "café", "Ā", "漢字", "🦀 and \0 more"][bytes.below(7)];
        let text = sample.repeat([0, 1, 2, 40][bytes.below(4)]);
        let mut encoding = bytes.below(4) as u32;
        let mut units = match encoding {
            1 => text.encode_utf16().map(u32::from).collect::<Vec<_>>(),
            2 if text.chars().all(|c| c < '\u{100}') => text.chars().map(u32::from).collect(),
            3 => text.chars().map(u32::from).collect(),
            _ => {
                encoding = 0;
                text.bytes().map(u32::from).collect()
            }
        };
        if bytes.below(32) == 31 && encoding != 2 {
            units.push([0xff, 0xd800, 0, 0x11_0000][encoding as usize]);
            self.ill = true;
        }
        let size = [1, 2, 1, 4][encoding as usize];
        let mut all = vec![0_u64; (units.len() * size).div_ceil(8)].into_boxed_slice();
        let data: *mut u8 = all.as_mut_ptr().cast();
        for (i, unit) in units.iter().enumerate() {
            // SAFETY: there is room for so many.
            unsafe { std::ptr::copy(unit.to_le_bytes().as_ptr(), data.add(i * size), size) };
        }
        self.bytes.push(all);
        let data = if units.is_empty() { null() } else { data.cast_const().cast() };
        Text { data, size: units.len(), encoding, flags: 0, reserved: 0 }
    }
}

fn pointer<T>(to: Option<&T>) -> u64 {
    to.map_or(0, |to| &raw const *to as u64)
}

fn kind(ty: &Type) -> u8 {
    match ty {
        Type::Scalar(_) => match &*ty.to_string() {
            "f32" => F32,
            "f64" => F64,
            "s8" => 16,
            "u8" => 17,
            "s16" => 18,
            "u16" => 19,
            "s32" => 20,
            "u32" => 21,
            "s64" => 22,
            "u64" => 23,
            "bool" => BOOL,
            "char" => CHAR,
            other => panic!("{other}"),
        },
        Type::String => STRING,
        Type::List(_) => LIST,
        Type::Record(_) => RECORD,
        Type::Tuple(_) => TUPLE,
        Type::Variant(_) => VARIANT,
        Type::Enum(_) => ENUM,
        Type::Option(_) => OPTION,
        Type::Result(_) => RESULT,
        Type::Flags(_) => FLAGS,
        Type::Own(_) => OWN,
        Type::Borrow(_) => 36,
    }
}

fn scalar(bytes: &mut Bytes<'_>, bits: u64, kind: u8) -> u64 {
    match kind {
        BOOL => bits & 1,
        CHAR => [0, 0x61, 0xe9, 0xd7ff, 0x1_f980, 0x10_ffff][bytes.below(6)],
        _ => bits,
    }
}

/// Bytes of an element of this kind.
fn width(kind: u8) -> usize {
    match kind {
        16 | 17 | BOOL => 1,
        18 | 19 => 2,
        F32 | 20 | 21 | CHAR | ENUM | FLAGS => 4,
        _ => 8,
    }
}

/// Looks whether what came out is a value of a type, with all its bits.
///
/// # Panics
///
/// Where it is none.
///
/// # Safety
///
/// It is a value, alive with all its parts.
pub unsafe fn check(value: &Value, ty: &Type) {
    assert_eq!(value.kind, kind(ty), "{ty}");
    let payload = |value: &Value, ty: Option<&Type>| match ty {
        // SAFETY: a part of the value, alive as that.
        Some(ty) => unsafe { check(value, ty) },
        None => assert_eq!(value.kind, NONE),
    };
    // SAFETY: each pointer is that of the kind.
    unsafe {
        match ty {
            Type::Scalar(_) => assert!(is_number(value.kind, value.of), "{ty}: {:x}", value.of),
            Type::Enum(_) => assert!(value.of < ty.len() as u64),
            Type::Flags(flags) => assert_eq!(value.of & !u64::from(flags.mask()), 0),
            Type::List(_) => {
                let list = &*(value.of as *const List);
                let element = ty.at(0).expect("a list has one");
                for i in 0..list.size {
                    match list.element {
                        VAL => check(&*list.data.cast::<Value>().add(i), element),
                        of => {
                            assert_eq!(of, kind(element));
                            let of = list.data.cast::<u8>().add(i * width(of));
                            match element.to_string().as_str() {
                                "bool" => assert!(*of < 2),
                                "char" => assert!(char::from_u32(*of.cast::<u32>()).is_some()),
                                _ => {}
                            }
                        }
                    }
                }
            }
            Type::Record(_) | Type::Tuple(_) => {
                let fields = &*(value.of as *const Vector);
                assert_eq!(fields.size, ty.len());
                for i in 0..fields.size {
                    payload(&*fields.data.cast::<Value>().add(i), ty.at(i));
                }
            }
            Type::Variant(_) | Type::Result(_) => {
                let variant = &*(value.of as *const Variant);
                assert!((variant.index as usize) < ty.len());
                payload(&variant.val, ty.at(variant.index as usize));
            }
            Type::Option(_) => {
                if let Some(some) = (value.of as *const Value).as_ref() {
                    payload(some, ty.at(1));
                }
            }
            Type::String | Type::Own(_) | Type::Borrow(_) => assert_ne!(value.of, 0),
        }
    }
}

/// Whether eight bytes are a number of this kind, and the rest filled by its sign.
fn is_number(kind: u8, of: u64) -> bool {
    match kind {
        16 => of as i8 as u64 == of,
        17 => u64::from(of as u8) == of,
        18 => of as i16 as u64 == of,
        19 => u64::from(of as u16) == of,
        20 => of as i32 as u64 == of,
        21 => u64::from(of as u32) == of,
        BOOL => of < 2,
        CHAR => u32::try_from(of).is_ok_and(|of| char::from_u32(of).is_some()),
        _ => true,
    }
}

/// What a value says, whoever made it.
///
/// # Safety
///
/// It is a value, alive with all its parts.
pub unsafe fn told(value: &Value) -> String {
    let mut text = String::new();
    // SAFETY: as said.
    unsafe { tell(value, &mut text) };
    text
}

unsafe fn tell(value: &Value, to: &mut String) {
    // SAFETY: each pointer is that of the kind.
    unsafe {
        match value.kind {
            STRING => tell_text(value.of as Ptr, to),
            LIST => {
                let list = &*(value.of as *const List);
                to.push('[');
                for i in 0..list.size {
                    match list.element {
                        VAL => tell(&*list.data.cast::<Value>().add(i), to),
                        STRING => tell_text(list.data.cast::<Text>().add(i).cast(), to),
                        kind => {
                            let (mut word, width) = ([0; 8], width(kind));
                            let from = list.data.cast::<u8>().add(i * width);
                            std::ptr::copy(from, word.as_mut_ptr(), width);
                            tell(&Value { kind, of: u64::from_le_bytes(word) }, to);
                        }
                    }
                    to.push(',');
                }
                to.push(']');
            }
            RECORD | TUPLE => {
                let fields = &*(value.of as *const Vector);
                to.push('(');
                for i in 0..fields.size {
                    tell(&*fields.data.cast::<Value>().add(i), to);
                    to.push(',');
                }
                to.push(')');
            }
            VARIANT | RESULT => {
                let variant = &*(value.of as *const Variant);
                let _ = write!(to, "case {} ", variant.index);
                tell(&variant.val, to);
            }
            OPTION => match (value.of as *const Value).as_ref() {
                Some(some) => tell(some, to),
                None => to.push_str("none"),
            },
            OWN => {
                let data = wasm_resource_data(value.of as Ptr).cast::<usize>();
                let _ = write!(to, "own {}", *data);
            }
            NONE => to.push('-'),
            // Which of them does not matter.
            F32 if f32::from_bits(value.of as u32).is_nan() => to.push_str("nan"),
            F64 if f64::from_bits(value.of).is_nan() => to.push_str("nan"),
            kind => {
                let bits = value.of & u64::MAX >> (64 - 8 * width(kind));
                let _ = write!(to, "{kind}:{bits:x}");
            }
        }
    }
}

unsafe fn tell_text(text: Ptr, to: &mut String) {
    // SAFETY: the buffer is as large as it is said to be.
    unsafe {
        let len = wasm_string_length(text, 0);
        let (mut units, mut written) = (vec![0_u8; len], 0);
        let read = wasm_string_read(text, 0, units.as_mut_ptr().cast(), len, &mut written);
        let units = read.then(|| String::from_utf8(units).expect("well-formed"));
        let _ = write!(to, "{units:?}");
    }
}
