//! What is told of imports that nobody supplies.
//!
//! Not here: who may supply them.

use crate::error::{Error, ErrorKind};
use crate::types::ImportType;

/// The error for imports that nobody supplies.
pub(super) fn missing_imports<'a>(missing: impl Iterator<Item = &'a ImportType>) -> Error {
    Error::new(ErrorKind::MissingImport, told(&missing.collect::<Vec<_>>()))
}

/// So many missing imports are told, and so much of each: modules may have very
/// many, of very large types.
const TOLD: usize = 20;
const TOLD_CHARS: usize = 400;
/// And about so much of all.
const TOLD_BYTES: usize = 2000;

fn told(missing: &[&ImportType]) -> String {
    let mut message = String::from("missing imports: ");
    let mut told = 0;
    for (i, import) in missing.iter().take(TOLD).enumerate() {
        if message.len() > TOLD_BYTES {
            break;
        }
        let mut text = format!("{:?} {:?} {}", import.module, import.name, import.ty);
        if let Some((end, _)) = text.char_indices().nth(TOLD_CHARS) {
            text.truncate(end);
            text.push('…');
        }
        message += if i > 0 { "; " } else { "" };
        message += &text;
        told += 1;
    }
    match missing.len() - told {
        0 => message,
        more => format!("{message}; and {more} more"),
    }
}
