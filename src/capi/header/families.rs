//! The regular families of the C API, written as plain Rust by `build.rs`: the
//! functions for `src/capi/families.rs`, types for the files that they belong to.
//! These include them; the header's generator reads them.

use std::fmt::Write as _;

/// Names, and what each is, for sentences such as "Deletes an engine".
const PLAIN: [(&str, &str); 8] = [
    ("config", "a configuration"),
    ("engine", "an engine"),
    ("store", "a store"),
    ("valtype", "a value type"),
    ("importtype", "an import type"),
    ("exporttype", "an export type"),
    ("frame", "a frame"),
    ("shared_module", "a shared module"),
];

/// Name, what it is, the variant of `TypeObj` or `_` for any, and a sentence.
const EXTERN_TYPES: [(&str, &str, &str, &str); 6] = [
    ("functype", "a function type", "Func", "Parameters and results of a function."),
    ("globaltype", "a global type", "Global", "What a global holds, and whether it can be set."),
    ("tabletype", "a table type", "Table", "What a table holds, and how much of it."),
    ("memorytype", "a memory type", "Memory", "How large a memory is and may become."),
    ("tagtype", "a tag type", "Tag", "What an exception of this tag carries."),
    ("externtype", "an extern type", "_", "The type of any import or export."),
];

/// Name, what it is, the variants of `Body` or `_` for any, and a sentence.
const REFERENCES: [(&str, &str, &str, &str); 10] = [
    ("ref", "a reference", "_", "A reference to an object of any kind."),
    ("trap", "a trap", "Body::Trap(_)", "Why execution stopped."),
    ("foreign", "a foreign object", "Body::Foreign", "An object of the host's own."),
    ("module", "a module", "Body::Module(_)", "A compiled module."),
    ("func", "a function", "Body::Func(_)", "A function: of a guest, its interface, or the host."),
    ("global", "a global", "Body::Global(_)", "A global of a guest or the host."),
    ("table", "a table", "Body::Table(_)", "A table of a guest or the host."),
    ("memory", "a memory", "Body::Memory(_)", "A linear memory of a guest or the host."),
    (
        "extern",
        "an extern",
        "Body::Func(_) | Body::Global(_) | Body::Table(_) | Body::Memory(_) | Body::Tag(_)",
        "Anything that can be imported and exported.",
    ),
    ("instance", "an instance", "Body::Instance(_)", "A module with its imports supplied."),
];

/// Name, element, and the piece that the type stands in, beside its element's.
const VECTORS: [(&str, &str, &str); 13] = [
    ("byte", "wasm_byte_t", "names"),
    ("val", "wasm_val_t", "values"),
    ("valtype", "*mut wasm_valtype_t", "types"),
    ("functype", "*mut wasm_functype_t", "types"),
    ("globaltype", "*mut wasm_globaltype_t", "types"),
    ("tabletype", "*mut wasm_tabletype_t", "types"),
    ("memorytype", "*mut wasm_memorytype_t", "types"),
    ("tagtype", "*mut wasm_tagtype_t", "types"),
    ("externtype", "*mut wasm_externtype_t", "types"),
    ("importtype", "*mut wasm_importtype_t", "importtypes"),
    ("exporttype", "*mut wasm_exporttype_t", "importtypes"),
    ("frame", "*mut wasm_frame_t", "frames"),
    ("extern", "*mut wasm_extern_t", "handles"),
];

/// What types alone have: a copy function of this shape.
const COPIED_TYPES: [&str; 3] = ["valtype", "importtype", "exporttype"];

/// The pieces, each by the name of its file, in the order of the header; `errors` is
/// the text of `src/error.rs`.
pub fn pieces(errors: &str) -> Vec<(&'static str, String)> {
    let pieces = ["numbers", "names", "handles", "values", "types", "importtypes", "frames"];
    let mut pieces: Vec<_> = pieces.iter().map(|name| (*name, types(name, errors))).collect();
    pieces.push(("families", functions()));
    pieces
}

/// The types of a piece.
fn types(piece: &str, errors: &str) -> String {
    let mut text = String::new();
    match piece {
        "numbers" => numbers(&mut text, errors),
        "handles" => {
            REFERENCES.iter().for_each(|(name, _, bodies, about)| {
                reference_type(&mut text, name, bodies, about)
            });
        }
        "types" => {
            EXTERN_TYPES
                .iter()
                .for_each(|(name, _, variant, about)| extern_type(&mut text, name, variant, about));
        }
        _ => {}
    }
    for (name, element, _) in VECTORS.iter().filter(|(.., home)| *home == piece) {
        vector_type(&mut text, name, element);
    }
    if piece == "names" {
        text += "
/// A byte: of a name, a message or a module.
pub type wasm_byte_t = std::ffi::c_char;

/// A name: bytes of UTF-8, not NUL-terminated unless its size counts the NUL.
pub type wasm_name_t = wasm_byte_vec_t;

/// A message: UTF-8 with a NUL at its end, which its size counts.
pub type wasm_message_t = wasm_byte_vec_t;
";
    }
    text
}

fn functions() -> String {
    let mut text = String::new();
    for (name, what) in PLAIN {
        delete(&mut text, name, what, "Any thread.");
    }
    for name in COPIED_TYPES {
        copy_type(&mut text, name);
    }
    for (name, what, ..) in EXTERN_TYPES {
        delete(&mut text, name, what, "Any thread.");
        copy_type(&mut text, name);
    }
    for (name, _, variant, _) in EXTERN_TYPES {
        if variant != "_" {
            casts(&mut text, &Cast { module: "types", base: "externtype", name });
        }
    }
    for (name, what, ..) in REFERENCES {
        reference(&mut text, name, what);
    }
    for (name, ..) in REFERENCES {
        if name != "ref" {
            casts(&mut text, &Cast { module: "handle", base: "ref", name });
        }
    }
    for name in ["func", "global", "table", "memory"] {
        casts(&mut text, &Cast { module: "handle", base: "extern", name });
    }
    for (name, element, _) in VECTORS {
        vector(&mut text, name, element);
    }
    text
}

/// Appends a piece of text in which `{X}` stands for a name.
fn push(text: &mut String, template: &str, replaced: &[(&str, &str)]) {
    let mut piece = template.to_owned();
    for (from, to) in replaced {
        piece = piece.replace(from, to);
    }
    text.push_str(&piece);
}

fn delete(text: &mut String, name: &str, what: &str, more: &str) {
    let template = "
/// Deletes {WHAT}. NULL is accepted. {MORE}
#[unsafe(no_mangle)]
pub extern \"C\" fn wasm_{X}_delete(object: Option<Box<wasm_{X}_t>>) {
    quietly(|| drop(object))
}
";
    push(text, template, &[("{X}", name), ("{WHAT}", what), ("{MORE}", more)]);
}

fn copy_type(text: &mut String, name: &str) {
    let template = "
/// A copy, owned by the caller. NULL for NULL.
#[unsafe(no_mangle)]
pub extern \"C\" fn wasm_{X}_copy(object: Option<&wasm_{X}_t>) -> Option<Box<wasm_{X}_t>> {
    enter(|| vec::copied(object))
}
";
    push(text, template, &[("{X}", name)]);
}

fn extern_type(text: &mut String, name: &str, variant: &str, about: &str) {
    let template = "
/// {ABOUT} A value.
#[cfg_attr(not(cbindgen), repr(transparent))]
pub struct wasm_{X}_t(TypeObj);

// SAFETY: it is a transparent wrapper.
unsafe impl TypeReference for wasm_{X}_t {
    fn fits(ty: &TypeObj) -> bool {
        matches!(ty, {PATTERN})
    }
}

impl Duplicate for wasm_{X}_t {
    fn duplicate(&self) -> Result<wasm_{X}_t> {
        Ok(wasm_{X}_t(self.0.duplicate()))
    }
}
";
    let pattern = match variant {
        "_" => "_".to_owned(),
        variant => format!("TypeObj::{variant} {{ .. }}"),
    };
    push(text, template, &[("{X}", name), ("{ABOUT}", about), ("{PATTERN}", &pattern)]);
}

fn reference_type(text: &mut String, name: &str, bodies: &str, about: &str) {
    let template = "
/// {ABOUT} A handle.
#[cfg_attr(not(cbindgen), repr(transparent))]
pub struct wasm_{X}_t(Handle);

// SAFETY: it is a transparent wrapper.
unsafe impl Reference for wasm_{X}_t {
    const NAME: &'static str = \"{X}\";

    fn fits(body: &Body) -> bool {
        matches!(body, {BODIES})
    }
}

impl Duplicate for wasm_{X}_t {
    fn duplicate(&self) -> Result<wasm_{X}_t> {
        Ok(wasm_{X}_t(self.0.clone()))
    }
}
";
    push(text, template, &[("{X}", name), ("{BODIES}", bodies), ("{ABOUT}", about)]);
}

fn reference(text: &mut String, name: &str, what: &str) {
    let template = "
/// Another handle of the same object, owned by the caller. NULL for NULL.
#[unsafe(no_mangle)]
pub extern \"C\" fn wasm_{X}_copy(object: Option<&wasm_{X}_t>) -> Option<Box<wasm_{X}_t>> {
    quietly(|| handle::copy(object))
}

/// Whether both are handles of the same object. NULL is the same as NULL.
#[unsafe(no_mangle)]
pub extern \"C\" fn wasm_{X}_same(a: Option<&wasm_{X}_t>, b: Option<&wasm_{X}_t>) -> bool {
    quietly(|| handle::same(a, b))
}

/// What was last attached to the object, through whichever handle; else NULL.
#[unsafe(no_mangle)]
pub extern \"C\" fn wasm_{X}_get_host_info(object: Option<&wasm_{X}_t>) -> *mut c_void {
    quietly(|| handle::host_info(object))
}

/// Attaches something of the host's to the object. What was attached before is
/// finalized.
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{X}_set_host_info(object: *mut wasm_{X}_t, info: *mut c_void) {
    // SAFETY: the header demands {WHAT} or NULL.
    let object = unsafe { object.as_ref() };
    enter(|| handle::set_host_info(object, Foreign::new(info, None)))
}

/// Attaches something of the host's to the object. What was attached before is
/// finalized. The finalizer, which may be NULL, is called once with `info`:
/// when something else is attached, or the object is gone, at the latest with
/// its store. It may run on any thread that deletes something, and while the
/// store is in use, which it must not enter; deleting is permitted. An object
/// that a guest made lives as long as something is attached to it.
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{X}_set_host_info_with_finalizer(
    object: *mut wasm_{X}_t,
    info: *mut c_void,
    finalizer: Option<unsafe extern \"C\" fn(*mut c_void)>,
) {
    // SAFETY: the header demands {WHAT} or NULL.
    let object = unsafe { object.as_ref() };
    enter(|| handle::set_host_info(object, Foreign::new(info, finalizer)))
}
";
    push(text, template, &[("{X}", name), ("{WHAT}", what)]);
    let delete_note =
        "The object lives on while its store or\n/// another handle does. Any thread.";
    delete(text, name, &format!("a handle of {what}"), delete_note);
}

struct Cast<'a> {
    module: &'a str,
    base: &'a str,
    name: &'a str,
}

/// Up: `x_as_base`. Down: `base_as_x`. Each with a form for `const`.
fn casts(text: &mut String, cast: &Cast<'_>) {
    let directions = [(cast.name, cast.base, false), (cast.base, cast.name, true)];
    for (from, to, is_down) in directions {
        let about = if is_down {
            format!("The same, as {to}: NULL where it is of another kind. Borrowed, not a copy.")
        } else {
            format!("The same, as {to}. Borrowed, not a copy.")
        };
        let template = "
/// {ABOUT}
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{F}_as_{T}(object: *mut wasm_{F}_t) -> *mut wasm_{T}_t {
    // SAFETY: the header demands an object or NULL.
    quietly(|| unsafe { {MODULE}::cast::<_, wasm_{T}_t>(object) }).cast_mut()
}

/// {ABOUT}
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{F}_as_{T}_const(object: *const wasm_{F}_t) -> *const wasm_{T}_t {
    // SAFETY: the header demands an object or NULL.
    quietly(|| unsafe { {MODULE}::cast(object) })
}
";
        let replaced =
            [("{ABOUT}", &*about), ("{F}", from), ("{T}", to), ("{MODULE}", cast.module)];
        push(text, template, &replaced);
    }
}

fn vector_type(text: &mut String, name: &str, element: &str) {
    let template = "
/// A vector.
#[repr(C)]
pub struct wasm_{X}_vec_t {
    /// The number of elements.
    pub size: usize,
    /// The first element; not looked at where the size is zero.
    pub data: *mut {E},
}

// SAFETY: both functions pass the same two parts.
unsafe impl Vector for wasm_{X}_vec_t {
    type Item = {E};

    fn from_parts(size: usize, data: *mut {E}) -> wasm_{X}_vec_t {
        wasm_{X}_vec_t { size, data }
    }

    fn parts(&self) -> (usize, *mut {E}) {
        (self.size, self.data)
    }
}
";
    push(text, template, &[("{X}", name), ("{E}", element)]);
}

fn vector(text: &mut String, name: &str, element: &str) {
    let template = "
/// Makes an empty vector.
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{X}_vec_new_empty(out: *mut wasm_{X}_vec_t) {
    // SAFETY: the header demands a writable pointer or NULL.
    enter(|| unsafe { vec::new_empty(out) })
}

/// Makes a vector for the caller to fill; its elements are zero until then. An
/// empty one where there is no memory.
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{X}_vec_new_uninitialized(out: *mut wasm_{X}_vec_t, size: usize) {
    // SAFETY: the header demands a writable pointer or NULL.
    enter(|| unsafe { vec::new_uninitialized(out, size) })
}

/// Makes a vector that owns these elements from now on; they are moved, not
/// copied. An empty one where there is no memory; the elements are deleted then.
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{X}_vec_new(
    out: *mut wasm_{X}_vec_t,
    size: usize,
    data: *const {E},
) {
    // SAFETY: the header demands a writable pointer or NULL, and `size`
    // elements.
    enter(|| unsafe { vec::new(out, size, data) })
}

/// Makes a vector of copies. An empty one where that fails.
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{X}_vec_copy(
    out: *mut wasm_{X}_vec_t,
    from: *const wasm_{X}_vec_t,
) {
    // SAFETY: the header demands a writable pointer and a vector, or NULL.
    enter(|| unsafe { vec::copy(out, from) })
}

/// Deletes the elements and the vector's memory, and leaves it empty, so that
/// doing it again does no harm. The struct is the caller's. NULL is accepted.
#[unsafe(no_mangle)]
pub unsafe extern \"C\" fn wasm_{X}_vec_delete(vec: *mut wasm_{X}_vec_t) {
    // SAFETY: the header demands a vector of the library's, or NULL.
    quietly(|| unsafe { vec::delete(vec) })
}
";
    push(text, template, &[("{X}", name), ("{E}", element)]);
}

// ----------------------------------------------------- numbers of the crate

/// The kinds of errors and traps, read from where they are listed.
fn numbers(text: &mut String, source: &str) {
    let kinds = variants(source, "\nkinds! {\n");
    let codes = variants(source, "pub enum TrapCode {\n");
    enumeration(text, "error_kind", "What went wrong. Numbers are never reused.", &kinds);
    enumeration(text, "trap_code", "The traps that have a number.", &codes);
    *text += "
/// The name of a kind of error.
pub fn kind_name(kind: witrt_error_kind_t) -> Option<&'static CStr> {
    Some(match kind {
";
    for variant in &kinds {
        let _ = writeln!(text, "        {} => c\"{}\",", variant.number, variant.name);
    }
    *text += "        _ => return None,\n    })\n}\n\nconst _: () = {\n";
    for (ty, list) in [("ErrorKind", &kinds), ("TrapCode", &codes)] {
        for Variant { name, number, .. } in list {
            let _ = writeln!(text, "    assert!({ty}::{name} as u32 == {number});");
        }
    }
    let _ = writeln!(text, "    assert!(ErrorKind::ALL.len() == {});\n}};", kinds.len());
}

struct Variant {
    doc: Vec<String>,
    name: String,
    number: u32,
}

/// Reads `/// doc` and `Name = 1,` lines up to the closing brace.
fn variants(source: &str, start: &str) -> Vec<Variant> {
    let at = source.find(start).expect("src/error.rs lists the kinds") + start.len();
    let mut list = Vec::new();
    let mut doc = Vec::new();
    for line in source[at..].lines().take_while(|line| *line != "}") {
        let line = line.trim();
        if let Some(words) = line.strip_prefix("/// ") {
            doc.push(for_c(words));
        } else if let Some((name, number)) = line.trim_end_matches(',').split_once(" = ") {
            let number = number.parse().expect("kinds have literal numbers");
            list.push(Variant { doc: std::mem::take(&mut doc), name: name.to_owned(), number });
        }
    }
    list
}

/// References to the Rust API become references to the C API.
fn for_c(words: &str) -> String {
    words.replace("[`Error::", "`witrt_error_").replace("`]", "`")
}

fn enumeration(text: &mut String, name: &str, about: &str, list: &[Variant]) {
    let prefix = match name {
        "error_kind" => "WITRT_ERROR_",
        _ => "WITRT_TRAP_",
    };
    let _ = write!(
        text,
        "
/// One of `witrt_{name}_enum`, or a number that a later version has added.
pub type witrt_{name}_t = u32;

/// {about}
#[repr(C)]
pub enum witrt_{name}_enum {{
    /// None.
    {prefix}NONE = 0,
"
    );
    for Variant { doc, name, number } in list {
        for line in doc {
            let _ = writeln!(text, "    /// {line}");
        }
        let _ = writeln!(text, "    {prefix}{} = {number},", upper_snake(name));
    }
    *text += "}\n";
}

fn upper_snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}
