//! The conventions that are known, each in a file of its own: data, and functions for
//! what the rules cannot say.
//!
//! `docs/adding-a-convention.md` explains one.

mod assemblyscript;
mod c;
mod canonical;
mod emscripten;
mod wasm_bindgen;

pub(super) use c::C;

use super::making::NamedConvention;
use crate::frontend::core::Core;
use crate::types::ImportType;

/// All of them. The first one that a module is of is guessed.
pub(super) const ALL: &[&NamedConvention] =
    &[&wasm_bindgen::WASM_BINDGEN, &canonical::CANONICAL, &assemblyscript::ASSEMBLYSCRIPT, &C];

/// What a convention has that says no more than the rules.
const PLAIN: NamedConvention = NamedConvention {
    name: "",
    rules: |_| unreachable!("each convention has rules"),
    import_rules: |_| unreachable!("each convention has rules"),
    init: &[],
    extras: &[],
    begin: |_, _, _| Ok(()),
    guess: |_| 0,
    lacks: |_| None,
    plain_name: |_, _| None,
    supplied: |core| vec![false; core.imports.len()],
    supplies: |_, _| Ok(None),
    param: |_, _, _| Ok(false),
    result: |_, _| Ok(false),
    import_param: |_, _| Ok(false),
    import_result: |_| Ok((None, None)),
    end: |_, _| Ok(()),
    import_back: |_, _| None,
    import_alloc: |_| Ok(None),
    dangling: false,
    most_words: usize::MAX,
    spelled: false,
};

/// The convention of a name.
pub(super) fn find(name: &str) -> Option<&'static NamedConvention> {
    ALL.iter().find(|known| known.name == name).copied()
}

/// Whether the core exports a function of this name.
fn exports(core: &Core, name: &str) -> bool {
    core.exports.iter().any(|export| export.ty.name == name)
}

/// Functions that tools export for their own use.
pub(super) fn is_own(name: &str) -> bool {
    const OWN: &[&str] = &[
        "malloc",
        "free",
        "calloc",
        "realloc",
        "alloc",
        "dealloc",
        "_initialize",
        "_start",
        "cabi_realloc",
        "stackSave",
        "stackAlloc",
        "stackRestore",
    ];
    // What compilers and tools name for themselves: with a hash, and what closures are
    // called by.
    let mangled = name
        .rsplit_once("__h")
        .is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()));
    let closure = name.starts_with("closure") && name.ends_with("_shim");
    // A struct's fields and what frees it are the author's.
    let named = name.starts_with("__") && !name.starts_with("__wbg_")
        || name.starts_with("cabi_post_")
        || OWN.contains(&name);
    named || mangled || closure
}

/// Why a module is none that a face can be attached to, if that is known.
pub(super) fn other(core: &Core) -> Option<String> {
    let extism = |import: &ImportType| import.module.starts_with("extism:host");
    core.imports.iter().any(extism).then(|| {
        "this is a plug-in for Extism: its functions take and give nothing, and bytes go \
         through the imports of `extism:host/env`, which an Extism host has to supply"
            .to_owned()
    })
}
