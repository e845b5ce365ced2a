//! A script's text, taken apart into what stands in parentheses at its top.
//!
//! Each form is read by itself, so that one that is not understood spoils no other.
//!
//! Not here: what a form means.

use wast::WastDirective;
use wast::lexer::Lexer;
use wast::parser::{Parse, ParseBuffer, Parser, parse};

/// The annotations that core text may hold; others are passed over.
const ANNOTATIONS: [&str; 5] =
    ["custom", "dylink.0", "metadata.code.branch_hint", "name", "producers"];

/// What begins a directive. A file that begins otherwise is one module.
const DIRECTIVES: [&str; 6] = ["module", "component", "register", "invoke", "thread", "wait"];

const DEFINITION: &str = "definition";

/// A form, and where it begins.
pub type Form<'a> = (usize, &'a str);

/// The forms of a script; nothing where the file is the text
/// of one module.
///
/// # Errors
///
/// Where, and what is wrong there.
pub fn forms(text: &str) -> Result<Option<Vec<Form<'_>>>, (usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next(text, at) {
        if !text[start..].starts_with('(') {
            return Err((start, "a script consists of what stands in parentheses".into()));
        }
        let Some(end) = close(text, start) else {
            return Err((start, "nothing closes this".into()));
        };
        if !text[start..].starts_with("(@") {
            found.push((start, &text[start..end]));
        }
        at = end;
    }
    let is_directive = |form: &str| {
        let word = next(form, 1).map_or("", |at| &form[at..]);
        let end = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
        DIRECTIVES.contains(&&word[..end]) || word.starts_with("assert_")
    };
    match found.first() {
        Some((_, form)) if !is_directive(form) => Ok(None),
        _ => Ok(Some(found)),
    }
}

/// Does something with the directive that a form is.
pub fn directive<R>(
    form: &str,
    work: impl FnOnce(WastDirective<'_>) -> R,
) -> Result<R, wast::Error> {
    let buffer = buffer(form)?;
    let One(directive) = parse::<One<'_>>(&buffer)?;
    Ok(work(directive))
}

/// Text to be parsed. Names may look confusing: some scripts are about that.
pub fn buffer(text: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

struct One<'a>(WastDirective<'a>);

impl<'a> Parse<'a> for One<'a> {
    fn parse(parser: Parser<'a>) -> wast::parser::Result<One<'a>> {
        let _known = ANNOTATIONS.map(|name| parser.register_annotation(name));
        parser.parens(|parser| parser.parse()).map(One)
    }
}

/// The module or component around a place, which is that of its keyword, as its
/// text by itself.
pub fn source(form: &str, keyword: usize) -> Option<String> {
    let start = innermost(form, keyword)?;
    let end = close(form, start)?;
    let after = next(form, keyword + form[keyword..].find(|c: char| !c.is_alphabetic())?)?;
    // That word is one of scripts.
    let rest = after + if form[after..].starts_with(DEFINITION) { DEFINITION.len() } else { 0 };
    Some(format!("{}{}", &form[start..after], &form[rest..end]))
}

/// Where the next token begins.
fn next(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        at = match c {
            ' ' | '\t' | '\n' | '\r' => at + 1,
            _ if rest.starts_with(";;") => at + line(rest),
            _ if rest.starts_with("(;") => comment(text, at)?,
            _ => return Some(at),
        };
    }
}

/// How long the rest of a line is.
fn line(rest: &str) -> usize {
    rest.find(['\n', '\r']).map_or(rest.len(), |end| end + 1)
}

/// Where a block comment ends; they may be nested.
fn comment(text: &str, start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0, start);
    loop {
        let rest = text.get(at..)?;
        match rest.find(['(', ';']).map(|found| (found, &rest[found..]))? {
            (found, rest) if rest.starts_with("(;") => {
                depth += 1;
                at += found + 2;
            }
            (found, rest) if rest.starts_with(";)") => {
                depth -= 1;
                at += found + 2;
            }
            (found, _) => at += found + 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Where the parenthesis that opens at `start` is closed.
fn close(text: &str, start: usize) -> Option<usize> {
    let (mut depth, mut at) = (0, start);
    loop {
        at = next(text, at)?;
        match text.as_bytes()[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += token(&text[at..])?;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The innermost parenthesis that is open at a place.
fn innermost(text: &str, place: usize) -> Option<usize> {
    let (mut open, mut at) = (Vec::new(), 0);
    loop {
        at = next(text, at)?;
        if at >= place {
            return open.pop();
        }
        match text.as_bytes()[at] {
            b'(' => open.push(at),
            b')' => drop(open.pop()),
            _ => {}
        }
        at += token(&text[at..])?;
    }
}

/// How long the token is that a text begins with.
fn token(text: &str) -> Option<usize> {
    match text.as_bytes()[0] {
        b'(' | b')' => Some(1),
        b'"' => string(text),
        _ => {
            let end = text.char_indices().skip(1);
            let mut end =
                end.filter(|(_, c)| matches!(c, '(' | ')' | '"' | ';') || c.is_whitespace());
            Some(end.next().map_or(text.len(), |(end, _)| end))
        }
    }
}

/// How long the string is that a text begins with.
fn string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(i + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_apart() {
        let text = ";; (a\n(module (; ) (; ;) ;) $x \")\\\"\") (@note (x))\n(invoke \"f;;\")";
        let found = forms(text).unwrap().unwrap();
        assert_eq!(found[0], (6, "(module (; ) (; ;) ;) $x \")\\\"\")"));
        assert_eq!(found[1], (50, "(invoke \"f;;\")"));
        assert_eq!(forms("(func) (func)").unwrap(), None);
        assert_eq!(forms("(invoke \"f\"").unwrap_err().0, 0);
        assert_eq!(forms("(invoke) x").unwrap_err().0, 9);
        let form = "(assert_invalid (module definition $m (func)) \"no\")";
        assert_eq!(source(form, 17).unwrap(), "(module  $m (func))");
        assert_eq!(source("((@a) module (@b) $m)", 6).unwrap(), "((@a) module (@b) $m)");
    }
}
