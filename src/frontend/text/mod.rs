//! Text becomes core bytes and a model.
//!
//! The core fields are the `wast` crate's; the `(@interface ...)` forms among
//! them are ours, and names in both are looked up once all is read.
//!
//! Not here: type checking.

mod grammar;
mod names;
mod place;
mod resolve;

use wast::core::ModuleKind;
use wast::lexer::{Lexer, TokenKind};
use wast::parser::ParseBuffer;

use self::grammar::File;
use self::names::CoreNames;
pub(crate) use self::place::{error_at, locate};
use super::model::Model;
use crate::error::{ErrorKind, Result};

/// What a text module says.
pub(crate) struct Parsed {
    /// The core module with its name section; whatever the strings hold for
    /// `(module binary ...)`.
    pub core: Vec<u8>,
    /// `None` if there is no `@interface` form.
    pub model: Option<Model>,
    /// Whether `core` comes from `(module binary ...)`, and is to be read like
    /// any binary file.
    pub binary: bool,
}

/// Reads a text module. Its offsets, in errors and in the model, are bytes
/// from the start of `text`.
pub(crate) fn parse(text: &str) -> Result<Parsed> {
    // The lexer counts a token's length in 32 bits.
    if u32::try_from(text.len()).is_err() {
        let message = "a text module cannot be 4 GiB or larger";
        return Err(crate::Error::new(ErrorKind::MalformedText, message));
    }
    if let Some((what, offset)) = other_format(text) {
        let message = format!("{what} is not supported: expected one core module");
        return Err(error_at(text, ErrorKind::UnsupportedFormat, &message, offset));
    }
    read(text)
        .map_err(|e| error_at(text, ErrorKind::MalformedText, &e.message(), e.span().offset()))
}

fn read(text: &str) -> Result<Parsed, wast::Error> {
    let buffer = ParseBuffer::new(text)?;
    let File { mut module, forms } = wast::parser::parse(&buffer)?;
    let core = module.encode()?;
    let (binary, fields) = match &module.kind {
        ModuleKind::Text(fields) => (false, &fields[..]),
        ModuleKind::Binary(_) => (true, &[][..]),
    };
    let model = match &forms[..] {
        [] => None,
        forms => Some(resolve::resolve(forms, &CoreNames::new(fields)?)?),
    };
    Ok(Parsed { core, model, binary })
}

/// What a text is if not a module, going by its first words, and where it says
/// so.
fn other_format(text: &str) -> Option<(&'static str, usize)> {
    // As many tokens as `(module $id quote` has, annotations left out.
    let mut tokens = Vec::with_capacity(4);
    let lexer = Lexer::new(text);
    let mut annotation_depth = 0usize;
    for token in lexer.iter(0).map_while(|token| token.ok()) {
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment => {}
            TokenKind::LParen if annotation_depth > 0 => annotation_depth += 1,
            TokenKind::RParen if annotation_depth > 0 => annotation_depth -= 1,
            _ if annotation_depth > 0 => {}
            TokenKind::LParen if matches!(lexer.annotation(token.offset + 1), Ok(Some(_))) => {
                annotation_depth = 1;
            }
            _ => tokens.push(token),
        }
        if tokens.len() == 4 {
            break;
        }
    }
    let [paren, word, rest @ ..] = &tokens[..] else { return None };
    if paren.kind != TokenKind::LParen {
        return None;
    }
    match word.src(text) {
        "component" => Some(("a component", word.offset)),
        "module" => {
            let kind = rest.iter().find(|token| token.kind != TokenKind::Id)?;
            match kind.src(text) {
                "quote" => Some(("a quoted module", kind.offset)),
                "definition" | "instance" => Some(("a script", kind.offset)),
                _ => None,
            }
        }
        "invoke" | "get" | "register" | "thread" | "wait" => Some(("a script", word.offset)),
        other if other.starts_with("assert_") => Some(("a script", word.offset)),
        _ => None,
    }
}
