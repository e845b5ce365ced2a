//! Core modules with the names of the canonical ABI, without the section that tells
//! their types: address and length, `cabi_realloc`; a result of more than one word lies
//! where the core says.

use super::super::making::Call;
use super::super::rules::{CallArg, CallRule, Owner, ResultForm, Rules, TextForm};
use super::{Known, PLAIN, c, exports};
use crate::error::Result;
use crate::frontend::core::Core;
use crate::types::FuncType;

pub(super) const CANONICAL: Known = Known {
    name: "canonical",
    rules,
    init: &["_initialize"],
    import_rules: |core| Rules {
        result: ResultForm::AreaLast,
        owner: Owner::Caller,
        ..rules(core)
    },
    end,
    guess: |core| if exports(core, "cabi_realloc") { 10 } else { 0 },
    ..PLAIN
};

fn rules(core: &Core) -> Rules {
    let args = [CallArg::Const(0), CallArg::Const(0), CallArg::Align, CallArg::Size];
    Rules {
        text: TextForm::PointerLength,
        result: ResultForm::Pair,
        within: TextForm::PointerLength,
        error: TextForm::PointerLength,
        null_options: false,
        flat_records: true,
        small_enums: true,
        owner: Owner::Callee,
        result_owner: Owner::Callee,
        alloc: Some(CallRule { name: "cabi_realloc".into(), args: Some(args.into()) }),
        free: None,
        post: Some("cabi_post_"),
        ..c::rules(core)
    }
}

/// More parameters than these lie in memory.
const MOST_WORDS: usize = 16;

fn end(call: &mut Call<'_, '_>, _: &FuncType) -> Result<()> {
    let words = call.args.types.len();
    if words <= MOST_WORDS {
        return Ok(());
    }
    let message = format!(
        "{}: its parameters are {words} words; the convention canonical passes up to {MOST_WORDS} \
         here",
        call.name
    );
    Err(call.maker.wrong(call.at, message))
}
