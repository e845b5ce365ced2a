//! The text of a face: TOML becomes a [`Face`], with the place of everything in it.
//!
//! Not here: what the types are; which core it is for.

use super::expression::Expression;
use super::rules::{AreaRule, CallRule, Named, Rules, Sizes, TextForm};
use crate::error::{Error, ErrorKind, Result};
use crate::frontend::text::error_at;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A face as it is written.
pub(super) struct Face<'a> {
    pub text: &'a str,
    pub convention: Place<String>,
    /// The types of exports and of imports.
    pub wit: Option<Wit>,
    pub imports: Option<Wit>,
    /// What is set for all functions.
    pub all: Settings<'a>,
    pub export: Vec<(Place<String>, Settings<'a>)>,
    pub import: Vec<(Place<String>, Settings<'a>)>,
    /// What is called when an instance has been made; else the convention says.
    pub init: Option<Vec<Place<String>>>,
    /// What is for the convention alone.
    pub extra: Vec<(Place<String>, Spanned<DeValue<'a>>)>,
}

/// Something, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Place<T> {
    pub value: T,
    pub at: usize,
}

/// WIT, and how its offsets are found in the face.
pub(super) struct Wit {
    pub text: String,
    /// Where its first character is.
    pub at: usize,
    /// Whether it stands there as it is.
    pub plain: bool,
}

impl Wit {
    /// The place in the face of an offset in the text.
    pub fn place(&self, offset: usize) -> usize {
        if self.plain { self.at + offset } else { self.at }
    }
}

/// What a table of settings says, in its order.
#[derive(Default)]
pub(super) struct Settings<'a> {
    pub core: Option<Place<String>>,
    pub name: Option<Place<String>>,
    rules: Vec<(Place<String>, Spanned<DeValue<'a>>)>,
}

/// An error at a place in a face.
pub(super) fn wrong(text: &str, at: usize, message: impl AsRef<str>) -> Error {
    error_at(text, ErrorKind::MalformedInterface, message.as_ref(), at)
}

impl<'a> Face<'a> {
    /// Reads a face; `extras` are the settings that its convention has beside the
    /// rules.
    pub fn read(
        text: &'a str,
        extras: impl Fn(&str) -> &'static [&'static str],
    ) -> Result<Face<'a>> {
        let table = DeTable::parse(text).map_err(|e| {
            let at = e.span().map_or(0, |span| span.start);
            wrong(text, at, format!("the face is no TOML: {}", e.message()))
        })?;
        let mut face = Face {
            text,
            convention: Place { value: String::new(), at: 0 },
            wit: None,
            imports: None,
            all: Settings::default(),
            export: Vec::new(),
            import: Vec::new(),
            init: None,
            extra: Vec::new(),
        };
        let mut named = false;
        let mut entries: Vec<_> = table.into_inner().into_iter().collect();
        entries.sort_by_key(|(key, _)| (key.get_ref() != "convention", key.span().start));
        for (key, value) in entries {
            let at = key.span().start;
            let key = Place { value: key.into_inner().into_owned(), at };
            match &*key.value {
                "convention" => {
                    face.convention = string(text, &key, &value)?;
                    named = true;
                }
                "wit" => face.wit = Some(wit(text, &key, &value)?),
                "imports" => face.imports = Some(wit(text, &key, &value)?),
                "export" => face.export = functions(text, &key, value)?,
                "import" => face.import = functions(text, &key, value)?,
                "init" => face.init = Some(strings(text, &key, &value)?),
                "core" | "name" => {
                    let message = format!("`{}` is said of one function", key.value);
                    return Err(wrong(text, at, message));
                }
                other if extras(&face.convention.value).contains(&other) => {
                    face.extra.push((key, value));
                }
                _ => face.all.add(text, key, value)?,
            }
        }
        if !named {
            let message = "a face names its convention: `convention = \"c\"`";
            return Err(wrong(text, 0, message));
        }
        Ok(face)
    }
}

impl<'a> Settings<'a> {
    fn add(&mut self, text: &str, key: Place<String>, value: Spanned<DeValue<'a>>) -> Result<()> {
        match &*key.value {
            "core" => self.core = Some(string(text, &key, &value)?),
            "name" => self.name = Some(string(text, &key, &value)?),
            _ => self.rules.push((key, value)),
        }
        Ok(())
    }

    /// Changes the rules that these name.
    pub fn apply(&self, text: &str, rules: &mut Rules) -> Result<()> {
        for (key, value) in &self.rules {
            let word = |rest: &[&str]| one_of(text, key, value, rest);
            rules.said.insert(key.value.clone(), begins(text, value));
            match &*key.value {
                "encoding" => rules.encoding = named(text, key, value)?,
                "text" => {
                    rules.text = named(text, key, value)?;
                    rules.within = rules.text;
                }
                "within" => {
                    let forms = [TextForm::PointerLength, TextForm::Nul];
                    rules.within = forms[word(&["pointer-length", "nul"])?];
                }
                "error" => rules.error = named(text, key, value)?,
                "result" => rules.result = named(text, key, value)?,
                "records" => rules.flat_records = word(&["pointer", "flat"])? == 1,
                "enums" => rules.small_enums = word(&["word", "small"])? == 1,
                "owner" => rules.owner = named(text, key, value)?,
                "result-owner" => rules.result_owner = named(text, key, value)?,
                "alloc" => rules.alloc = Some(call(text, key, value)?),
                "free" => rules.free = Some(call(text, key, value)?),
                "free-result" => rules.free_result = Some(call(text, key, value)?),
                "free-pair" => rules.free_pair = Some(call(text, key, value)?),
                "free-empty" => rules.free_empty = Some(truth(text, key, value)?),
                "stack" => {
                    rules.area = AreaRule::Stack(named_func(string(text, key, value)?));
                }
                "last" => {
                    let names = strings(text, key, value)?;
                    let Ok([pointer, length]) = <[_; 2]>::try_from(names) else {
                        let message = "`last` names two functions: [\"last_ptr\", \"last_len\"]";
                        return Err(wrong(text, value.span().start, message));
                    };
                    rules.last = Some((named_func(pointer), named_func(length)));
                }
                "args" => {
                    let DeValue::Array(all) = value.get_ref() else {
                        let message = "`args` is an array of what the core takes";
                        return Err(wrong(text, value.span().start, message));
                    };
                    let all = all.iter().map(|one| computed(text, key, one));
                    rules.spelled.args = Some(all.collect::<Result<_>>()?);
                }
                "address" => rules.spelled.address = Some(computed(text, key, value)?),
                "ok" => rules.spelled.ok = Some(computed(text, key, value)?),
                "err" => rules.spelled.err = Some(computed(text, key, value)?),
                "length" => rules.spelled.length = sizes(text, key, value)?,
                "room" => rules.spelled.room = sizes(text, key, value)?,
                "before" => rules.before = Some(named_func(string(text, key, value)?)),
                "after" => rules.after = Some(named_func(string(text, key, value)?)),
                other => {
                    return Err(wrong(text, key.at, format!("a face has no setting `{other}`")));
                }
            }
        }
        Ok(())
    }
}

fn functions<'a>(
    text: &str,
    key: &Place<String>,
    value: Spanned<DeValue<'a>>,
) -> Result<Vec<(Place<String>, Settings<'a>)>> {
    let at = value.span().start;
    let DeValue::Table(table) = value.into_inner() else {
        let message = format!("`{0}` is a table for each function: `[{0}.name]`", key.value);
        return Err(wrong(text, at, message));
    };
    let mut all = Vec::new();
    for (name, value) in table {
        let at = name.span().start;
        let name = Place { value: name.into_inner().into_owned(), at };
        let DeValue::Table(table) = value.into_inner() else {
            let message = format!("`{}` is a table: `[{}.{0}]`", name.value, key.value);
            return Err(wrong(text, at, message));
        };
        let mut settings = Settings::default();
        for (key, value) in table {
            let at = key.span().start;
            settings.add(text, Place { value: key.into_inner().into_owned(), at }, value)?;
        }
        all.push((name, settings));
    }
    all.sort_by_key(|(name, _)| name.at);
    Ok(all)
}

/// A string, without its quotes: where its first character is.
pub(super) fn string(
    text: &str,
    key: &Place<String>,
    value: &Spanned<DeValue<'_>>,
) -> Result<Place<String>> {
    match value.get_ref() {
        DeValue::String(string) => {
            Ok(Place { value: string.clone().into_owned(), at: inside(text, value.span()) })
        }
        _ => Err(wrong(text, value.span().start, format!("`{}` is a string", key.value))),
    }
}

pub(super) fn strings(
    text: &str,
    key: &Place<String>,
    value: &Spanned<DeValue<'_>>,
) -> Result<Vec<Place<String>>> {
    match value.get_ref() {
        DeValue::Array(all) => all.iter().map(|value| string(text, key, value)).collect(),
        _ => Ok(vec![string(text, key, value)?]),
    }
}

fn wit(text: &str, key: &Place<String>, value: &Spanned<DeValue<'_>>) -> Result<Wit> {
    let Place { value: found, at } = string(text, key, value)?;
    let plain = text.get(at..at + found.len()) == Some(&*found);
    Ok(Wit { text: found, at, plain })
}

/// Where a value begins, of a string its contents.
fn begins(text: &str, value: &Spanned<DeValue<'_>>) -> usize {
    match value.get_ref() {
        DeValue::String(_) => inside(text, value.span()),
        _ => value.span().start,
    }
}

/// Where the contents of a string begin.
fn inside(text: &str, span: Range<usize>) -> usize {
    let written = &text[span.clone()];
    let quotes = match written {
        _ if written.starts_with("\"\"\"") || written.starts_with("'''") => 3,
        _ => 1,
    };
    let rest = &written[quotes.min(written.len())..];
    let newline = if quotes < 3 || !rest.starts_with(['\r', '\n']) {
        0
    } else if rest.starts_with("\r\n") {
        2
    } else {
        1
    };
    span.start + quotes + newline
}

/// An expression, or a number as TOML has it, and where it is.
fn computed(
    text: &str,
    key: &Place<String>,
    value: &Spanned<DeValue<'_>>,
) -> Result<(usize, Expression)> {
    let found = match value.get_ref() {
        DeValue::Integer(_) => {
            let span = value.span();
            Place { value: text[span.clone()].replace('_', ""), at: span.start }
        }
        _ => string(text, key, value)?,
    };
    Ok((found.at, expression(text, &found)?))
}

fn expression(text: &str, found: &Place<String>) -> Result<Expression> {
    Expression::parse(&found.value).map_err(|(offset, why)| {
        wrong(text, found.at + offset, format!("`{}`: {why}", found.value))
    })
}

/// One size, or a table of one for each field.
fn sizes(text: &str, key: &Place<String>, value: &Spanned<DeValue<'_>>) -> Result<Sizes> {
    let DeValue::Table(table) = value.get_ref() else {
        let (at, one) = computed(text, key, value)?;
        return Ok(Sizes(vec![(String::new(), at, one)]));
    };
    let all = table.iter().map(|(name, value)| {
        let (at, one) = computed(text, key, value)?;
        Ok((name.get_ref().to_string(), at, one))
    });
    Ok(Sizes(all.collect::<Result<_>>()?))
}

fn truth(text: &str, key: &Place<String>, value: &Spanned<DeValue<'_>>) -> Result<bool> {
    match value.get_ref() {
        DeValue::Boolean(truth) => Ok(*truth),
        _ => Err(wrong(text, value.span().start, format!("`{}` is true or false", key.value))),
    }
}

/// A core function by its name alone.
fn named_func(name: Place<String>) -> CallRule {
    CallRule { name: name.value, args: None, at: Some(name.at) }
}

fn call(text: &str, key: &Place<String>, value: &Spanned<DeValue<'_>>) -> Result<CallRule> {
    let found = string(text, key, value)?;
    let rule = CallRule::parse(&found.value);
    rule.map(|rule| CallRule { at: Some(found.at), ..rule }).ok_or_else(|| {
        let message = format!(
            "`{}` is a core function and what it takes, of `pointer`, `size`, `align` and \
             numbers: \"dealloc(pointer, size)\"",
            key.value
        );
        wrong(text, found.at, message)
    })
}

fn one_of(
    text: &str,
    key: &Place<String>,
    value: &Spanned<DeValue<'_>>,
    names: &[&str],
) -> Result<usize> {
    let found = string(text, key, value)?;
    names.iter().position(|name| *name == found.value).ok_or_else(|| {
        let message = format!("`{}` is one of {}", key.value, names.join(", "));
        wrong(text, found.at, message)
    })
}

fn named<T: Named>(text: &str, key: &Place<String>, value: &Spanned<DeValue<'_>>) -> Result<T> {
    let found = string(text, key, value)?;
    T::named(&found.value).ok_or_else(|| {
        let names: Vec<_> = T::NAMES.iter().map(|(name, _)| *name).collect();
        let message = format!("`{}` is one of {}", key.value, names.join(", "));
        wrong(text, found.at, message)
    })
}
