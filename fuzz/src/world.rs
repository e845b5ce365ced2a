//! What a fuzzer that plays with the C API holds: objects of every kind, in
//! pools, and how it picks from them.

use super::Bytes;
use super::api::*;
use super::prepared;
use super::second::{Second, delete_one};
use std::ptr::{null, null_mut};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One engine for all inputs; its modules are compiled quickly.
static ENGINE: LazyLock<usize> = LazyLock::new(|| {
    // SAFETY: as the header says.
    unsafe {
        let config = wasm_config_new();
        assert!(witrt_config_set_opt_level(config, 0));
        assert!(witrt_config_set_parallel_compilation(config, false));
        // What callbacks need of the stack under a sanitizer is on top.
        assert!(witrt_config_set_max_stack_bytes(config, 256 << 10));
        wasm_engine_new_with_config(config) as usize
    }
});

const SAMPLES: [&str; 6] = ["", "a", "plain text", "café", "漢字", "🦀 and \0 more"];

/// Everything that is held. Pools never hold NULL.
#[derive(Default)]
pub struct World {
    bytes: Vec<u8>,
    /// How many of them are used up.
    at: usize,
    pub(super) stores: Vec<Ptr>,
    /// Handles of every kind, by their common base.
    pub(super) refs: Vec<Ptr>,
    /// Owned strings, with what they read as when they were first read.
    pub(super) strings: Vec<(Ptr, Option<Option<String>>)>,
    /// Strings that running callbacks were given.
    pub(super) lent: Vec<Ptr>,
    pub(super) values: Vec<Value>,
    pub(super) depth: usize,
    pub(super) attached: usize,
    pub(super) finalized: AtomicUsize,
    /// How many finalizers are running.
    pub(super) finalizing: usize,
    /// How many steps need their store more than once.
    pub(super) pinned: usize,
    /// Whether another thread makes steps while this one is in a callback.
    pub(super) is_elsewhere: bool,
    /// A thread that runs beside this one.
    pub(super) second: Option<Second>,
    /// Functions of guests that give back what they are given, and that make
    /// garbage: handles of their own.
    pub(super) mirrors: Vec<Ptr>,
    pub(super) burners: Vec<Ptr>,
    /// Functions that are prepared, and how many ever were.
    pub(super) ready: Vec<prepared::Ready>,
    pub(super) made: usize,
}

impl World {
    pub(super) fn new(data: &[u8]) -> World {
        World { bytes: data.to_vec(), second: Second::new(), ..World::default() }
    }

    pub(super) fn used_up(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn byte(&mut self) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte.into()
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        self.byte() % n.max(1)
    }

    /// The text of a module that the next bytes describe.
    pub(super) fn module_text(&mut self) -> String {
        let from = self.at.min(self.bytes.len());
        let to = (from + 40).min(self.bytes.len());
        let mut bytes = Bytes(&self.bytes[from..to]);
        let text = super::module(&mut bytes);
        self.at = to - bytes.0.len();
        text
    }

    pub(super) fn new_store(&mut self) {
        // SAFETY: the engine lives on.
        let store = unsafe { wasm_store_new(*ENGINE as Ptr) };
        self.stores.push(store);
    }

    /// One of a pool; now and then, or where there is none, NULL.
    pub(super) fn store(&mut self) -> Ptr {
        let i = self.below(8);
        if i == 7 {
            null_mut()
        } else {
            self.stores.get(i).or(self.stores.last()).copied().unwrap_or(null_mut())
        }
    }

    pub(super) fn any(&mut self) -> Ptr {
        let i = self.byte();
        if i == 255 || self.refs.is_empty() { null_mut() } else { self.refs[i % self.refs.len()] }
    }

    /// The first of this kind from a random place on: most calls need it.
    pub(super) fn of_kind(&mut self, cast: unsafe extern "C" fn(Ptr) -> Ptr) -> Ptr {
        let start = self.byte();
        let n = self.refs.len();
        let from = (0..n).map(|i| self.refs[(start + i) % n]);
        // SAFETY: pools hold what is alive.
        from.map(|r| unsafe { cast(r) }).find(|r| !r.is_null()).unwrap_or(null_mut())
    }

    pub(super) fn string(&mut self) -> Ptr {
        let i = self.byte();
        let (own, lent) = (self.strings.len(), self.lent.len());
        match i % (own + lent + 1) {
            i if i < own => self.strings[i].0,
            i if i < own + lent => self.lent[i - own],
            _ => null_mut(),
        }
    }

    pub(super) fn keep(&mut self, object: Ptr) {
        if !object.is_null() {
            self.refs.push(object);
        }
    }

    pub(super) fn kinds(&mut self) -> Vec<u8> {
        let count = self.below(4);
        (0..count).map(|_| KINDS[self.below(KINDS.len())]).collect()
    }

    /// A value, mostly of this kind; what it refers to is borrowed. Texts of
    /// the host's own go to `texts`, boxed: the value points to them.
    #[allow(clippy::vec_box)]
    pub(super) fn value(&mut self, kind: u8, texts: &mut Vec<Box<(Text, Vec<u16>)>>) -> Value {
        let kind = if self.below(32) == 31 { KINDS[self.below(KINDS.len())] } else { kind };
        let of = match kind {
            STRING if self.below(2) == 0 => self.string() as u64,
            STRING => {
                let mut text = self.text();
                let pointer = &raw mut text.0;
                texts.push(text);
                pointer as u64
            }
            EXTERNREF.. => self.any() as u64,
            _ => [0, 1, 20, 255, u64::MAX, 0x8000_0000][self.below(6)],
        };
        Value { kind, of }
    }

    /// A function, and the kinds of its parameters and results.
    pub(super) fn func_and_kinds(&mut self) -> (Ptr, Vec<u8>, Vec<u8>) {
        let func = self.of_kind(wasm_ref_as_func);
        // SAFETY: the function is alive or NULL, and so is its type.
        unsafe {
            let ty = wasm_func_type(func);
            let kinds = |list: *const Vector| -> Vec<u8> {
                let Some(list) = list.as_ref() else { return Vec::new() };
                let types = (0..list.size).map(|i| *list.data.cast::<Ptr>().add(i));
                types.map(|ty| wasm_valtype_kind(ty)).collect()
            };
            let both = (kinds(wasm_functype_params(ty)), kinds(wasm_functype_results(ty)));
            wasm_functype_delete(ty);
            (func, both.0, both.1)
        }
    }

    /// A struct around text of the host's own, sometimes impossible.
    pub(super) fn text(&mut self) -> Box<(Text, Vec<u16>)> {
        let sample = SAMPLES[self.below(SAMPLES.len())];
        let mut text = Text { data: null(), size: 0, encoding: 0, flags: 0, reserved: 0 };
        let how = self.below(16);
        let wide: Vec<u16> = sample.encode_utf16().collect();
        if how.is_multiple_of(2) {
            (text.data, text.size) = (sample.as_ptr().cast(), sample.len());
        } else {
            (text.data, text.size, text.encoding) = (wide.as_ptr().cast(), wide.len(), 1);
        }
        match how {
            9 => text.encoding = 7,
            10 => text.size = text.size.min(sample.len().saturating_sub(1)),
            11 => text.data = null(),
            12 => text.flags = 1,
            13 => text.flags = 2,
            14 => text.flags = 99,
            _ => {}
        }
        Box::new((text, wide))
    }
}

pub(super) extern "C" fn finalized(world: Ptr) {
    let w = world.cast::<World>();
    // SAFETY: the world outlives what is in it. It may be used by another thread
    // where one runs beside: then only the count is.
    unsafe {
        (*w).finalized.fetch_add(1, Ordering::SeqCst);
        if (*w).second.is_none() && (*w).finalizing < 3 {
            (*w).finalizing += 1;
            delete_one(w);
            (*w).finalizing -= 1;
        }
    }
}

/// [`read`], where another thread may be in the string's store: nothing then.
pub(super) unsafe fn read_again(
    w: *mut World,
    string: Ptr,
    before: Option<&Option<String>>,
) -> Option<Option<String>> {
    // SAFETY: as for `read`.
    unsafe {
        let may_be_busy = (*w).is_elsewhere || (*w).second.is_some();
        if may_be_busy {
            // Whether it can be read is asked in one entry, and so the first to be told.
            witrt_error_clear_last();
            if !wasm_string_is_valid(string) && witrt_error_kind(witrt_error_last()) == BUSY {
                return None;
            }
            if (*w).second.is_some() {
                return None;
            }
        }
        Some(read(string, before))
    }
}

/// A value of what C gave.
pub(super) fn value_of(kind: u8, of: u64) -> Value {
    Value { kind, of }
}

/// Reads a string in both encodings: both work or neither, and both are the
/// same text, and what it was before.
pub(super) unsafe fn read(string: Ptr, before: Option<&Option<String>>) -> Option<String> {
    let mut written = [usize::MAX; 2];
    // SAFETY: the string is alive or NULL; the buffers are as large as said.
    let (narrow, wide, copied) = unsafe {
        let lengths = [wasm_string_length(string, 0), wasm_string_length(string, 1)];
        let (mut narrow, mut wide) = (vec![0u8; lengths[0]], vec![0u16; lengths[1]]);
        let copied = [
            wasm_string_read(string, 0, narrow.as_mut_ptr().cast(), lengths[0], &mut written[0]),
            wasm_string_read(string, 1, wide.as_mut_ptr().cast(), lengths[1], &mut written[1]),
        ];
        (narrow, wide, copied)
    };
    assert_eq!(copied[0], copied[1]);
    let text = copied[0].then(|| {
        assert_eq!(written, [narrow.len(), wide.len()]);
        let text = String::from_utf8(narrow).expect("well-formed");
        assert_eq!(String::from_utf16(&wide).ok().as_ref(), Some(&text));
        text
    });
    if let Some(before) = before {
        assert_eq!(before, &text, "a string has changed");
    }
    text
}
