//! Core modules with the names of the canonical ABI, without the section that tells their
//! types: address and length; a result of more than one word lies where the core says.

use super::super::rules::{CallArg, CallRule, Owner, ResultForm, Rules, TextForm};
use super::{NamedConvention, PLAIN, c, exports};
use crate::frontend::core::Core;

pub(super) const CANONICAL: NamedConvention = NamedConvention {
    name: "canonical",
    rules,
    import_rules: |core| Rules {
        result: ResultForm::AreaLast,
        owner: Owner::Caller,
        ..rules(core)
    },
    init: &["_initialize"],
    // More lie in memory.
    most_words: 16,
    guess: |core| if exports(core, "cabi_realloc") { 10 } else { 0 },
    ..PLAIN
};

fn rules(core: &Core) -> Rules {
    let args = vec![CallArg::Const(0), CallArg::Const(0), CallArg::Align, CallArg::Size];
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
        alloc: Some(CallRule { args: Some(args), ..CallRule::named("cabi_realloc") }),
        free: None,
        post: Some("cabi_post_"),
        ..c::rules(core)
    }
}
