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

use super::call::Call;
use super::hook::{Back, Hook};
use super::make::Maker;
use super::rules::Rules;
use super::wit::Function;
use crate::error::Result;
use crate::frontend::core::Core;
use crate::plan::AdapterPlan;
use crate::plan::Slot;
use crate::types::tree::Type;
use crate::types::{FuncType, ImportType};

/// A convention.
pub(super) struct Known {
    /// What a face calls it.
    pub name: &'static str,
    /// The rules that a face begins with, for this core.
    pub rules: fn(&Core) -> Rules,
    /// The same for imports.
    pub import_rules: fn(&Core) -> Rules,
    /// Core functions of which the first that the core has is called when an instance has
    /// been made.
    pub init: &'static [&'static str],
    /// Settings of a face that this convention has beside the rules: see
    /// [`Face::extra`](super::text::Face::extra).
    pub extras: &'static [&'static str],
    /// Reads these settings, of a face with these exports and imports.
    pub begin: fn(&mut Maker<'_>, &[Function], &[Function]) -> Result<()>,
    /// Whether a module is of this convention, told by what it imports and exports: so
    /// many points, none where it is not.
    pub guess: fn(&Core) -> u32,
    /// What a core import is called where a tool has made its name up.
    pub plain_name: fn(module: &str, name: &str) -> Option<String>,
    /// Which core imports the convention answers.
    pub supplied: fn(&Core) -> Vec<bool>,
    /// The plan of what answers a core import that the host need not supply.
    pub supplies: fn(&mut Maker<'_>, &ImportType) -> Result<Option<AdapterPlan>>,
    /// Passes an argument whose leaves are in slots from this one on, and tells whether
    /// it did; the rules say how the others travel.
    pub param: fn(&mut Call<'_, '_>, &Type, &mut Slot) -> Result<bool>,
    /// Takes a result.
    pub result: fn(&mut Call<'_, '_>, &Type) -> Result<bool>,
    /// Takes an argument of an import.
    pub import_param: fn(&mut Hook<'_, '_>, &Type) -> Result<bool>,
    /// Of the result of an import that is an object: what gives room for so many bytes,
    /// and what makes what the core gets of address and length, where these are not it.
    pub import_result: fn(&mut Hook<'_, '_>) -> Result<Makers>,
    /// What gives room for texts in such a result, where the rules do not say.
    pub import_alloc: fn(&mut Hook<'_, '_>) -> Result<Option<u32>>,
    /// How the core gets a result of an import, where the convention has its own way.
    pub import_back: fn(&Hook<'_, '_>, &Type) -> Option<Back>,
    /// Whether the address of nothing may be outside of the memory.
    pub dangling: bool,
    /// Adds what is beside arguments and result to a call of a function of this type.
    pub end: fn(&mut Call<'_, '_>, &FuncType) -> Result<()>,
}

/// Core functions: what gives room, and what makes an object of it, where there are such.
pub(super) type Makers = (Option<u32>, Option<u32>);

/// All of them. The first one that a module is of is guessed.
pub(super) const ALL: &[&Known] =
    &[&wasm_bindgen::WASM_BINDGEN, &canonical::CANONICAL, &assemblyscript::ASSEMBLYSCRIPT, &C];

/// What a convention has that says no more than the rules.
const PLAIN: Known = Known {
    name: "",
    rules: |_| unreachable!("each convention has rules"),
    import_rules: |_| unreachable!("each convention has rules"),
    init: &[],
    extras: &[],
    begin: |_, _, _| Ok(()),
    guess: |_| 0,
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
};

/// The convention of a name.
pub(super) fn find(name: &str) -> Option<&'static Known> {
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
