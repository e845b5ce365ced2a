//! The C API, driven by a fuzzer's bytes: each asks for one function, with
//! whatever objects there are. What the header permits is done: NULL, objects
//! of another kind or store, deletion in any order, calls from callbacks. What
//! it forbids is not: nothing is used after it was deleted.

use super::Bytes;
use super::api::*;
use super::prepared;
use std::collections::HashMap;
use std::ptr::{null, null_mut};
use std::sync::{LazyLock, Mutex};

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

/// Modules that were compiled for an earlier input.
static SHARED: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

const SAMPLES: [&str; 6] = ["", "a", "plain text", "café", "漢字", "🦀 and \0 more"];

/// A module of core exports, of every kind.
const PLAIN: &str = r#"(module
  (func (export "f") (param i32) (result i32) local.get 0)
  (func (export "trap") unreachable)
  (func (export "same") (param externref) (result externref) local.get 0)
  (global (export "g") (mut externref) (ref.null extern))
  (global (export "n") (mut i32) (i32.const 7))
  (table (export "t") 2 10 funcref)
  (table (export "e") 2 10 externref)
  (memory (export "m") 1 4))"#;

/// Everything that is held. Pools never hold NULL.
#[derive(Default)]
pub struct World {
    bytes: Vec<u8>,
    /// How many of them are used up.
    at: usize,
    stores: Vec<Ptr>,
    /// Handles of every kind, by their common base.
    refs: Vec<Ptr>,
    /// Owned strings, with what they read as when they were first read.
    pub(super) strings: Vec<(Ptr, Option<Option<String>>)>,
    /// Strings that running callbacks were given.
    pub(super) lent: Vec<Ptr>,
    pub(super) values: Vec<Value>,
    pub(super) depth: usize,
    pub(super) attached: usize,
    finalized: usize,
    /// Functions that are prepared, and how many ever were.
    pub(super) ready: Vec<prepared::Ready>,
    pub(super) made: usize,
}

/// Does what the bytes say; then deletes all, in an order that they choose.
///
/// # Panics
///
/// Where an answer is wrong.
pub fn play(data: &[u8]) {
    let mut world = Box::new(World { bytes: data.to_vec(), ..World::default() });
    let world: *mut World = &raw mut *world;
    // SAFETY: the world lives in its box until the end of this function; a
    // callback runs only while `step` is in the library, without a reference
    // to it: fields are reached through the pointer, for a moment each.
    unsafe {
        (*world).new_store();
        while !(*world).used_up() {
            step(world);
        }
        clear(world);
        assert_eq!((*world).attached, (*world).finalized, "finalizers run once");
    }
}

impl World {
    fn used_up(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn byte(&mut self) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte.into()
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        self.byte() % n.max(1)
    }

    fn new_store(&mut self) {
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
    fn of_kind(&mut self, cast: unsafe extern "C" fn(Ptr) -> Ptr) -> Ptr {
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
    /// the host's own go to `texts`.
    fn value(&mut self, kind: u8, texts: &mut Vec<Box<(Text, Vec<u16>)>>) -> Value {
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
        if how % 2 == 0 {
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
    // SAFETY: the world outlives what is in it.
    unsafe { (*world.cast::<World>()).finalized += 1 };
}

/// A host function of whatever type: uses what it is given, calls back in, and
/// answers with anything.
extern "C" fn call_back(env: Ptr, args: *const Vector, results: *mut Vector) -> Ptr {
    let world = env.cast::<World>();
    // SAFETY: as in `play`; the vectors are the library's, for this call.
    unsafe {
        let args = std::slice::from_raw_parts((*args).data.cast::<Value>(), (*args).size);
        let before = (*world).lent.len();
        for arg in args.iter().filter(|arg| arg.kind == STRING) {
            assert!(wasm_string_is_handle(arg.of as Ptr));
            read(arg.of as Ptr, None);
            (*world).lent.push(arg.of as Ptr);
        }
        (*world).depth += 1;
        if (*world).depth < 4 {
            for _ in 0..(*world).below(4) {
                step(world);
            }
        }
        (*world).depth -= 1;
        // Strings are good until the end, whatever was called in between.
        for arg in args.iter().filter(|arg| arg.kind == STRING) {
            read(arg.of as Ptr, None);
        }
        let trap = match (*world).below(16) {
            0 => {
                let store = (*world).store();
                wasm_trap_new(store, null())
            }
            _ => null_mut(),
        };
        if trap.is_null() {
            let results = &*results;
            for i in 0..results.size {
                let result = results.data.cast::<Value>().add(i);
                let mut texts = Vec::new();
                let kind = (*result).kind;
                let value = (*world).value(kind, &mut texts);
                // It is given up: so a copy. The library copies the host's own
                // texts only after this returns, so that they become handles.
                let mut copy = NO_VALUE;
                wasm_val_copy(&mut copy, &value);
                *result = copy;
            }
        }
        (*world).lent.truncate(before);
        trap
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
            wasm_string_copy(string, 0, narrow.as_mut_ptr().cast(), lengths[0], &mut written[0]),
            wasm_string_copy(string, 1, wide.as_mut_ptr().cast(), lengths[1], &mut written[1]),
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

/// One function of the API.
///
/// # Safety
///
/// As in [`play`].
pub(super) unsafe fn step(world: *mut World) {
    // SAFETY: objects are alive; the header permits the rest.
    unsafe {
        let w = &raw mut *world;
        match (*w).below(40) {
            0 if (*w).stores.len() < 3 => (*w).new_store(),
            1 if (*w).stores.len() > 1 => {
                let i = (*w).below((*w).stores.len());
                let store = (*w).stores.swap_remove(i);
                wasm_store_delete(store);
            }
            2 => module(w),
            3 | 4 => instantiate(w),
            5 => {
                let instance = (*w).of_kind(wasm_ref_as_instance);
                exports(w, instance);
            }
            6 => func(w),
            7..=13 => call(w),
            14 => {
                let store = (*w).store();
                (*w).keep(wasm_foreign_new(store));
            }
            15 => {
                let object = (*w).any();
                (*w).keep(wasm_ref_copy(object));
            }
            16 | 17 if !(*w).refs.is_empty() => {
                let i = (*w).below((*w).refs.len());
                let object = (*w).refs.swap_remove(i);
                wasm_ref_delete(object);
            }
            18 => {
                let (a, b) = ((*w).any(), (*w).any());
                assert_eq!(wasm_ref_same(a, b), wasm_ref_same(b, a));
                assert!(wasm_ref_same(a, a));
            }
            19 => {
                let object = (*w).any();
                if !object.is_null() {
                    (*w).attached += 1;
                    wasm_ref_set_host_info_with_finalizer(object, w.cast(), Some(finalized));
                    assert_eq!(wasm_ref_get_host_info(object), w.cast());
                }
            }
            20 => {
                let text = (*w).text();
                let string = wasm_string_new(text.0.encoding, text.0.data, text.0.size);
                if !string.is_null() {
                    (*w).strings.push((string, None));
                }
            }
            21 => {
                let string = (*w).string();
                let clone = wasm_string_clone(string);
                if !clone.is_null() {
                    (*w).strings.push((clone, None));
                }
            }
            22 | 23 if !(*w).strings.is_empty() => {
                let i = (*w).below((*w).strings.len());
                let (string, _) = (*w).strings.swap_remove(i);
                wasm_string_delete(string);
            }
            24 | 25 if !(*w).strings.is_empty() => {
                let i = (*w).below((*w).strings.len());
                let (string, before) = (&(*w).strings)[i].clone();
                let text = read(string, before.as_ref());
                (&mut (*w).strings)[i].1 = Some(text);
            }
            26 => {
                let store = (*w).store();
                let mut error = null_mut();
                if !witrt_store_settle(store, &mut error) {
                    assert!(!error.is_null());
                    witrt_error_delete(error);
                }
            }
            27 => {
                let trap = (*w).of_kind(wasm_ref_as_trap);
                look_at(trap);
            }
            28 => {
                let memory = (*w).of_kind(wasm_ref_as_memory);
                let delta = (*w).below(3) as u32;
                wasm_memory_grow(memory, delta);
                let (data, size) = (wasm_memory_data(memory), wasm_memory_data_size(memory));
                if size > 0 {
                    *data.add((*w).byte()) ^= 0x80;
                }
            }
            29 => {
                let table = (*w).of_kind(wasm_ref_as_table);
                let (value, index) = ((*w).any(), (*w).below(4) as u32);
                match (*w).below(3) {
                    0 => drop(wasm_table_set(table, index, value)),
                    1 => drop(wasm_table_grow(table, index, value)),
                    _ => (*w).keep(wasm_table_get(table, index)),
                }
            }
            30 => {
                let global = (*w).of_kind(wasm_ref_as_global);
                let mut value = NO_VALUE;
                wasm_global_get(global, &mut value);
                (*w).values.push(value);
                let mut texts = Vec::new();
                let kind = value.kind;
                let value = (*w).value(kind, &mut texts);
                wasm_global_set(global, &value);
            }
            31 if !(*w).values.is_empty() => {
                let i = (*w).below((*w).values.len());
                let mut value = (*w).values.swap_remove(i);
                let mut copy = NO_VALUE;
                wasm_val_copy(&mut copy, &value);
                wasm_val_delete(&mut value);
                if copy.kind == STRING && copy.of != 0 {
                    (*w).strings.push((copy.of as Ptr, None));
                } else {
                    (*w).values.push(copy);
                }
            }
            32 | 33 => prepared::prepare(w),
            34 => prepared::delete(w),
            35..=37 => prepared::call(w),
            38 => prepared::func(w),
            _ => {}
        }
        assert_ne!(witrt_error_kind(witrt_last_error()), 699, "a panic");
    }
}

/// A trap has a message and may have frames.
unsafe fn look_at(trap: Ptr) {
    // SAFETY: the trap is alive or NULL.
    unsafe {
        let (mut message, mut trace) = (Vector::EMPTY, Vector::EMPTY);
        wasm_trap_message(trap, &mut message);
        assert!(trap.is_null() || message.size > 0);
        wasm_byte_vec_delete(&mut message);
        wasm_trap_trace(trap, &mut trace);
        wasm_frame_vec_delete(&mut trace);
    }
}

fn shared() -> std::sync::MutexGuard<'static, HashMap<String, usize>> {
    SHARED.lock().expect("no panic while it is locked")
}

/// A new module: made of the bytes, or one of core exports, or none at all.
unsafe fn module(w: *mut World) {
    // SAFETY: as in `step`.
    unsafe {
        let text = match (*w).below(4) {
            0 => PLAIN.to_owned(),
            1 => "(module (memory 1) (@interface func (export \"x\") call-core 0))".to_owned(),
            _ => {
                let from = (*w).at.min((*w).bytes.len());
                let to = (from + 40).min((*w).bytes.len());
                let mut bytes = Bytes(&(&(*w).bytes)[from..to]);
                let text = super::module(&mut bytes);
                (*w).at = to - bytes.0.len();
                text
            }
        };
        let store = (*w).store();
        let known = shared().get(&text).copied();
        let module = match known {
            Some(known) => wasm_module_obtain(store, known as Ptr),
            None => {
                let mut bytes = Vector::EMPTY;
                wasm_byte_vec_new(&mut bytes, text.len(), text.as_ptr());
                let module = wasm_module_new(store, &bytes);
                wasm_byte_vec_delete(&mut bytes);
                let room = shared().len() < 200;
                if !module.is_null() && room {
                    shared().insert(text, wasm_module_share(module) as usize);
                }
                module
            }
        };
        (*w).keep(module);
    }
}

/// An instance, with imports that fit the generated modules or with none.
unsafe fn instantiate(w: *mut World) {
    // SAFETY: as in `step`.
    unsafe {
        let (store, module) = ((*w).store(), (*w).of_kind(wasm_ref_as_module));
        let mut imports: Vec<Ptr> = Vec::new();
        if (*w).below(8) != 7 {
            for (params, results) in [(&[24][..], &[][..]), (&[24], &[24]), (&[21], &[21])] {
                let ty = functype(params, results);
                let func = wasm_func_new_with_env(store, ty, Some(call_back), w.cast(), None);
                wasm_functype_delete(ty);
                imports.push(func);
            }
        }
        let mut trap = null_mut();
        let mut instance = wasm_instance_new(store, module, &Vector::of(&mut imports), &mut trap);
        if instance.is_null() && !trap.is_null() {
            // A module without imports, perhaps.
            wasm_ref_delete(trap);
            trap = null_mut();
            instance = wasm_instance_new(store, module, &Vector::EMPTY, &mut trap);
        }
        for import in imports {
            (*w).keep(import);
        }
        (*w).keep(trap);
        (*w).keep(instance);
        exports(w, instance);
        let mut types = Vector::EMPTY;
        wasm_module_exports(module, &mut types);
        wasm_exporttype_vec_delete(&mut types);
    }
}

unsafe fn exports(w: *mut World, instance: Ptr) {
    // SAFETY: as in `step`; copies are kept, the vector's own are deleted.
    unsafe {
        let mut exports = Vector::EMPTY;
        wasm_instance_exports(instance, &mut exports);
        for i in 0..exports.size {
            let export = *exports.data.cast::<Ptr>().add(i);
            (*w).keep(wasm_ref_copy(export));
        }
        wasm_extern_vec_delete(&mut exports);
    }
}

unsafe fn functype(params: &[u8], results: &[u8]) -> Ptr {
    // SAFETY: the vectors' elements are consumed with them.
    unsafe {
        let mut lists = [Vector::EMPTY, Vector::EMPTY];
        for (list, kinds) in lists.iter_mut().zip([params, results]) {
            let types: Vec<Ptr> = kinds.iter().map(|kind| wasm_valtype_new(*kind)).collect();
            wasm_valtype_vec_new(list, types.len(), types.as_ptr());
        }
        let [params, results] = &mut lists;
        wasm_functype_new(params, results)
    }
}

/// A host function of any type.
unsafe fn func(w: *mut World) {
    // SAFETY: as in `step`.
    unsafe {
        let (store, params, results) = ((*w).store(), (*w).kinds(), (*w).kinds());
        let ty = functype(&params, &results);
        let callback = if (*w).below(16) == 15 { None } else { Some(call_back as Callback) };
        let func = wasm_func_new_with_env(store, ty, callback, w.cast(), Some(finalized));
        wasm_functype_delete(ty);
        if !func.is_null() {
            (*w).attached += 1;
        }
        (*w).keep(func);
    }
}

/// Calls a function, mostly with what it wants.
unsafe fn call(w: *mut World) {
    // SAFETY: as in `step`. No reference to the world is held during the call.
    unsafe {
        let (func, mut kinds, _) = (*w).func_and_kinds();
        if (*w).below(32) == 31 {
            kinds.push(16);
        }
        let mut texts = Vec::new();
        let mut args: Vec<Value> = Vec::new();
        for kind in kinds {
            let value = (*w).value(kind, &mut texts);
            args.push(value);
        }
        // Nothing that is lent to the call may be deleted from its callbacks:
        // so the call gets owners of its own.
        let mut owned: Vec<Value> = Vec::new();
        for arg in &mut args {
            let own_text = texts.iter().any(|t| std::ptr::eq(&t.0, (arg.of as Ptr).cast()));
            if arg.kind >= EXTERNREF || arg.kind == STRING && !own_text {
                let mut copy = NO_VALUE;
                wasm_val_copy(&mut copy, arg);
                *arg = copy;
                owned.push(copy);
            }
        }
        let own_func = wasm_ref_copy(func);
        let mut results = vec![NO_VALUE; wasm_func_result_arity(func)];
        let args = Vector::of(&mut args);
        let mut places = Vector::of(&mut results);
        let trap = wasm_func_call(own_func, &args, &mut places);
        wasm_ref_delete(own_func);
        for mut value in owned {
            wasm_val_delete(&mut value);
        }
        if trap.is_null() {
            for result in results {
                if result.kind == STRING {
                    (*w).strings.push((result.of as Ptr, None));
                } else {
                    (*w).values.push(result);
                }
            }
        } else {
            assert!(results.iter().all(|r| r.kind == EXTERNREF && r.of == 0), "written on failure");
            look_at(trap);
            (*w).keep(trap);
        }
    }
}

unsafe fn clear(w: *mut World) {
    // SAFETY: as in `step`; each object is deleted once.
    unsafe {
        prepared::clear(w);
        let stores = std::mem::take(&mut (*w).stores);
        let last = if (*w).below(2) == 0 { 0 } else { stores.len() };
        for store in &stores[last..] {
            wasm_store_delete(*store);
        }
        for (string, before) in std::mem::take(&mut (*w).strings) {
            read(string, before.as_ref());
            wasm_string_delete(string);
        }
        for mut value in std::mem::take(&mut (*w).values) {
            wasm_val_delete(&mut value);
        }
        for object in std::mem::take(&mut (*w).refs) {
            wasm_ref_delete(object);
        }
        for store in &stores[..last] {
            wasm_store_delete(*store);
        }
    }
}
