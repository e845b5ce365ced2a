//! Types of values with parts, looked into.
//!
//! Not here: making types.

use super::base::boundary::{enter, need, write};
use super::base::vec::{self, from_bytes, wasm_name_t};
use super::types::wasm_valtype_t;

/// How many parts a type has: fields, cases, names of an enum or of flags; 1 for a
/// list, which is the type of its elements. 0 for a type without parts.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_valtype_size(ty: Option<&wasm_valtype_t>) -> usize {
    enter(|| Ok(need(ty, "type")?.tree().map_or(0, |tree| tree.len())))
}

/// Writes the name of a part to `out`: of a record's field, of a case, of a flag;
/// of a resource, at 0, its own. Empty where it has none, and where there is no such
/// part. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_valtype_name(
    ty: Option<&wasm_valtype_t>,
    index: usize,
    out: *mut wasm_name_t,
) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let name = need(ty, "type")?.tree().and_then(|tree| tree.name(index)).unwrap_or_default();
        // SAFETY: as above.
        unsafe { write(out, "out", from_bytes(name.as_bytes())?) }
    })
}

/// The type of a part: of a field, of what a case holds, of a list's elements. NULL
/// for a case that holds nothing, and where there is no such part. Owned by the
/// caller.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_valtype_at(
    ty: Option<&wasm_valtype_t>,
    index: usize,
) -> Option<Box<wasm_valtype_t>> {
    enter(|| {
        let part = need(ty, "type")?.tree().and_then(|tree| tree.at(index));
        Ok(part.map(|part| Box::new(wasm_valtype_t::of_tree(part.clone()))))
    })
}

/// Whether both are the same type, with all their parts and names.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_valtype_equal(
    ty: Option<&wasm_valtype_t>,
    other: Option<&wasm_valtype_t>,
) -> bool {
    enter(|| {
        let (ty, other) = (need(ty, "type")?, need(other, "other")?);
        Ok(ty.get() == other.get() && (!ty.get().is_composite() || ty.tree() == other.tree()))
    })
}

/// Writes a type to `out` as WIT has it, with all parts in place of names of types:
/// `list<record { name: string, qty: u32 }>`. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_valtype_print(ty: Option<&wasm_valtype_t>, out: *mut wasm_name_t) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let ty = need(ty, "type")?;
        let text = ty.tree().map_or_else(|| ty.get().to_string(), |tree| tree.to_string());
        // SAFETY: as above.
        unsafe { write(out, "out", from_bytes(text.as_bytes())?) }
    })
}
