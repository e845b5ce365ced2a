//! Preparing calls with values that are described.
//!
//! Not here: the calls.

use super::base::boundary::need;
use super::base::failure::report;
use super::base::handle::{Reference, wasm_func_t};
use super::base::report::witrt_error_t;
use super::described::{Described, typed};
use super::field::{fields, witrt_field_t};
use super::prepared::{Values, give, of_kinds, witrt_prepared_t};
use super::slot::SlotKind;
use super::types::check_count;
use crate::{Prepared, Result, ValType};

/// Prepares a function for calls with values that are described: numbers, text, and a
/// host's own structs and arrays, for which a component has lists, records, and all
/// others. See `witrt_field_t`. What a slot then holds is
///
/// ```text
/// a number, text, a string    as for witrt_func_prepare
/// WASM_BOOL, WASM_CHAR        u8, u32
/// WASM_ENUM, WASM_FLAGS       u32
/// WASM_OWN, WASM_BORROW       resource: lent, or given away; of a result, owned
/// WITRT_SLOT_VAL              val
/// WASM_LIST as argument       span
/// any other as argument       value
/// described, as result        buffer before the call, span after it
/// WITRT_SLOT_GROWN            grow before the call, span after it
/// ```
///
/// The room for a result, `buffer`, has the struct first, or the elements of the list,
/// and behind them what these point to: text, lists. Resources in it are handles which
/// the caller owns, each. Nothing in it is allocated by the library.
///
/// Values go straight from the host's structs into the component's memory, and back, and
/// a call allocates nothing, but for a result that is a resource its handle. Not where
/// there is a `WITRT_SLOT_VAL`, which as a result is a tree that the caller owns, or a string
/// to be read later, or where resources are in a result: they can be taken from the
/// component once only, and a value that there is no room for is looked at twice. Such a call
/// makes a tree of its values first, which takes one allocation or more.
///
/// Owned by the caller; NULL where the description does not fit the function's type, and
/// where sizes and offsets cannot be; the message tells which way leads there:
/// `parameter 1 ("items"), element, field "qty": expected u32, found string`. `error` may be NULL;
/// what is written there is owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_func_prepare_fields(
    func: Option<&wasm_func_t>,
    params: *const witrt_field_t,
    param_count: usize,
    results: *const witrt_field_t,
    result_count: usize,
    error: *mut *mut witrt_error_t,
) -> *mut witrt_prepared_t {
    let body = || -> Result<*mut witrt_prepared_t> {
        let cell = need(func, "func")?.handle().cell()?;
        let func = super::func::get(func)?;
        // SAFETY: the header demands so many.
        let (params, results) = unsafe {
            (fields(params, param_count, "params")?, fields(results, result_count, "results")?)
        };
        check_count(params.len(), "params")?;
        check_count(results.len(), "results")?;
        if let (Some(params), Some(results)) = (plain(params), plain(results)) {
            let made = of_kinds(func, params, results);
            // Where there is more to be told, that tells it.
            if made.is_ok() || func.ty().signature().is_none() {
                return Ok(give(made?, cell));
            }
        }
        let signature = typed(func.ty())?;
        let call = Prepared::new(func, func.ty().params(), func.ty().results())?;
        // SAFETY: the header demands descriptions.
        let described = unsafe { Described::new(signature, call, params, results)? };
        Ok(give(Values::Described(Box::new(described)), cell))
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// The kinds, where all are of plain slots, and the types of their values.
pub(super) fn plain(fields: &[witrt_field_t]) -> Option<(Box<[SlotKind]>, Vec<ValType>)> {
    let kinds = fields.iter().map(|field| match field.access.is_null() && field.count == 0 {
        true => SlotKind::new(field.kind).ok(),
        false => None,
    });
    let kinds = kinds.collect::<Option<Vec<_>>>()?;
    let (kinds, types): (Vec<_>, Vec<_>) = kinds.into_iter().unzip();
    Some((kinds.into(), types))
}
