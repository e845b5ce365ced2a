//! C and its relatives: clang, Emscripten, Zig, Rust by hand. Text ends with a zero,
//! the caller frees what it gets and what it gave, with `malloc` and `free`; everything
//! else is for a face to say.

use super::super::rules::{AreaRule, CallRule, Owner, ResultForm, Rules, Spelled, TextForm};
use super::{NamedConvention, PLAIN, emscripten, exports};
use crate::abi::GuestEncoding;
use crate::frontend::core::Core;
use std::collections::HashMap;

pub(in super::super) const C: NamedConvention = NamedConvention {
    name: "c",
    rules,
    import_rules: rules,
    init: &["_initialize", "__wasm_call_ctors"],
    supplied: |core| core.imports.iter().map(emscripten::is_supplied).collect(),
    supplies: emscripten::supplies,
    extras: &[emscripten::SUPPLY],
    dangling: true,
    spelled: true,
    guess: |core| if exports(core, "memory") { 1 } else { 0 },
    ..PLAIN
};

pub(super) fn rules(core: &Core) -> Rules {
    let first = |names: &[&str]| {
        names.iter().find(|name| exports(core, name)).map(|name| CallRule::named(name))
    };
    Rules {
        encoding: GuestEncoding::default(),
        text: TextForm::Nul,
        result: ResultForm::Nul,
        null_options: true,
        within: TextForm::Nul,
        error: TextForm::Nul,
        flat_records: false,
        small_enums: false,
        owner: Owner::Caller,
        result_owner: Owner::Caller,
        alloc: first(&["malloc", "alloc", "_malloc"]),
        free: first(&["free", "dealloc", "_free"]),
        free_result: None,
        free_pair: None,
        free_empty: None,
        area: AreaRule::Alloc,
        post: None,
        last: None,
        before: None,
        after: None,
        spelled: Spelled::default(),
        said: HashMap::new(),
    }
}
