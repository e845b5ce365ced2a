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

use wast::core::{ModuleField, ModuleKind};
use wast::lexer::{Lexer, TokenKind};
use wast::parser::ParseBuffer;

use self::grammar::File;
use self::names::CoreNames;
pub(super) use self::place::error_at;
use super::model::Model;
use crate::error::{ErrorKind, Result};

/// What a text module says.
pub(crate) struct Parsed {
    /// The core module with its name section; whatever the strings hold for
    /// `(module binary ...)`.
    pub core: Vec<u8>,
    /// Where the functions with bodies are written, in their order.
    pub bodies: Vec<usize>,
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
    read(text).map_err(|e| {
        let offset = match e.span().offset() {
            offset if offset >= text.len() => end_of_tokens(text),
            offset => offset,
        };
        error_at(text, ErrorKind::MalformedText, &e.message(), offset)
    })
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
    let mut bodies = Vec::new();
    for field in fields {
        if let ModuleField::Func(func) = field {
            bodies.push(func.span.offset());
        }
    }
    Ok(Parsed { core, bodies, model, binary })
}

/// Where something is missing at the end of a text: before the comments and
/// blanks that end it.
fn end_of_tokens(text: &str) -> usize {
    let end: Result<_, wast::Error> = Lexer::new(text).iter(0).try_fold(0, |end, token| {
        let token = token?;
        Ok(match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment => end,
            _ => token.offset + token.len as usize,
        })
    });
    end.unwrap_or(text.len())
}

/// Whether a text is that of a component, going by its first words.
#[cfg(feature = "component")]
pub(super) fn is_component(text: &str) -> bool {
    u32::try_from(text.len()).is_ok()
        && other_format(text).is_some_and(|(what, _)| what == "a component")
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Errors know their place in all three ways.
    #[test]
    fn places() {
        let place = |text| {
            let error = parse(text).err().expect(text);
            (error.kind(), error.offset(), error.line_column())
        };
        let malformed = |offset, place| (ErrorKind::MalformedText, Some(offset), Some(place));
        assert_eq!(place("(module\n\té"), malformed(9, (2, 2)));
        assert_eq!(place("(module\n  (func) x"), malformed(17, (2, 10)));
        assert_eq!(place("(module (; é ;) x"), malformed(17, (1, 17)));
        assert_eq!(place("(module\n ;; x\n"), malformed(7, (1, 8)));
        assert_eq!(place("(component)"), { (ErrorKind::UnsupportedFormat, Some(1), Some((1, 2))) });
    }

    /// What is implied stands where the form that implies it does.
    #[test]
    fn positions() {
        let text = "(import \"m\" \"n\" (func))
            (@interface implement (func 0)
                (param i32) call-adapter 0)
            (@interface func (export \"e\") (import \"a\" \"b\"))";
        let model = parse(text).unwrap().model.unwrap();
        let at = |word| text.find(word).unwrap();
        assert_eq!(model.types[0].at, at("implement"));
        assert_eq!(model.funcs[0].at, at("implement"));
        assert_eq!(model.funcs[0].body[0].at, at("call-adapter"));
        assert_eq!(model.funcs[0].end, at("0)\n            (@interface func") + 1);
        assert_eq!(model.implements[0].at, at("implement"));
        assert_eq!(model.imports[0].at, at("func (export"));
        assert_eq!(model.types[1].at, at("func (export"));
        assert_eq!(model.exports[0].at, at("export"));
    }

    /// Neither depth nor size costs more than its share.
    #[test]
    fn hostile() {
        let deep = 200_000;
        assert!(parse(&"(".repeat(deep)).is_err());
        assert!(parse(&"(@interface ".repeat(deep)).is_err());
        assert!(parse(&"(module (func ".repeat(deep)).is_err());
        assert!(parse(&format!("(@a {}{})", "(".repeat(deep), ")".repeat(deep))).is_ok());
        assert!(parse(&format!("{}{}", "(;".repeat(deep), ";)".repeat(deep))).is_ok());
        let blocks = format!("(func {}{})", "(block ".repeat(deep), ")".repeat(deep));
        assert!(parse(&blocks).is_ok());
        // A quadratic step anywhere would take minutes.
        let many = 50_000;
        let numbered = |form: fn(usize) -> String| (0..many).map(form).collect::<String>();
        let text = numbered(|i| format!("(import \"m\" \"{i}\" (func $c{i}))"))
            + "(@interface type $t (func"
            + &numbered(|i| format!("(param $p{i} s8)"))
            + "))"
            + &numbered(|i| format!("(@interface type $t{i} (func (param $a s8)))"))
            + &numbered(|i| format!("(@interface func $f{i} (type $t) arg.get $p{i})"))
            + &numbered(|i| {
                format!("(@interface implement (import \"m\" \"{i}\") call-core $c{i})")
            });
        let model = parse(&text).unwrap().model.unwrap();
        assert_eq!((model.types.len(), model.funcs.len()), (many + 2, 2 * many));
    }
}
