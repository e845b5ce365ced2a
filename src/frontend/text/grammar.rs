//! The grammar of a text module: core fields and `(@interface ...)` forms.
//!
//! Not here: what names stand for.

use wast::core::{Module, ModuleField, ModuleKind};
use wast::parser::{Parse, Parser, Result};
use wast::token::{Id, Index, LParen, NameAnnotation, RParen, Span};

use crate::frontend::model::{Imm, InstrDef, by_name};
use crate::types::{FuncType, ValType};

mod annotation {
    wast::annotation!(interface);
}

mod kw {
    wast::custom_keyword!(implement);
    pub(super) use wast::kw::{binary, export, func, import, module, param, result, r#type};
}

/// The annotations that core fields may hold; others are skipped like comments.
const CORE_ANNOTATIONS: [&str; 5] =
    ["custom", "dylink.0", "metadata.code.branch_hint", "name", "producers"];

/// A whole file.
pub(super) struct File<'a> {
    pub module: Module<'a>,
    pub forms: Vec<Form<'a>>,
}

/// What stands in one `(@interface ...)`. Sugar is kept but for imports, which
/// are all functions with an import here.
pub(super) enum Form<'a> {
    Type(Type<'a>),
    Func(Func<'a>),
    Export(Export<'a>),
    Implement(Implement<'a>),
}

/// `type $id (func (param ..)* (result ..)*)`
pub(super) struct Type<'a> {
    pub at: Span,
    pub id: Option<Id<'a>>,
    pub sig: Signature<'a>,
}

/// `func $id (export ..) typeuse instr*`, or with an import instead of a body.
pub(super) struct Func<'a> {
    pub at: Span,
    pub id: Option<Id<'a>>,
    /// Its name, and where the inline form stands.
    pub export: Option<(String, Span)>,
    pub import: Option<(String, String)>,
    pub ty: TypeUse<'a>,
    pub body: Vec<Instr<'a>>,
    pub end: Span,
}

/// `export "name" (func index)`
pub(super) struct Export<'a> {
    pub at: Span,
    pub name: String,
    pub func: Index<'a>,
}

/// `implement target body`
pub(super) struct Implement<'a> {
    pub at: Span,
    pub target: Target<'a>,
    pub body: Body<'a>,
}

/// Which core function is implemented.
pub(super) enum Target<'a> {
    Func(Index<'a>),
    Import { module: String, name: String, at: Span },
}

/// What a core function is implemented by.
pub(super) enum Body<'a> {
    Func(Index<'a>),
    Inline(Box<Func<'a>>),
}

/// `(type index)? (param ..)* (result ..)*`
pub(super) struct TypeUse<'a> {
    pub index: Option<Index<'a>>,
    pub sig: Signature<'a>,
}

/// `(param ..)* (result ..)*`
pub(super) struct Signature<'a> {
    pub params: Vec<(Option<Id<'a>>, ValType)>,
    pub results: Vec<ValType>,
}

/// An instruction; an index that was left out is 0.
pub(super) struct Instr<'a> {
    pub at: Span,
    pub def: &'static InstrDef,
    pub imms: [Index<'a>; 2],
}

impl<'a> Parse<'a> for File<'a> {
    fn parse(parser: Parser<'a>) -> Result<File<'a>> {
        let _core = CORE_ANNOTATIONS.map(|name| parser.register_annotation(name));
        let _ours = parser.register_annotation("interface");
        let wrapped = parser.peek::<LParen>()? && parser.peek2::<kw::module>()?;
        let file = if wrapped { parser.parens(File::module)? } else { File::bare(parser)? };
        if parser.peek::<RParen>()? {
            return Err(parser.error("unexpected `)`"));
        }
        if !parser.is_empty() {
            return Err(parser.error("expected the end of the file after `(module ...)`"));
        }
        Ok(file)
    }
}

impl<'a> File<'a> {
    fn module(parser: Parser<'a>) -> Result<File<'a>> {
        let span = parser.parse::<kw::module>()?.0;
        let id = parser.parse()?;
        let name: Option<NameAnnotation<'a>> = parser.parse()?;
        let mut forms = Vec::new();
        let kind = if parser.parse::<Option<kw::binary>>()?.is_some() {
            ModuleKind::Binary(strings(parser)?)
        } else {
            let mut fields = Vec::new();
            while !parser.is_empty() {
                item(parser, &mut fields, &mut forms)?;
            }
            ModuleKind::Text(fields)
        };
        Ok(File { module: Module { span, id, name, kind }, forms })
    }

    /// Fields with no `(module ...)` around them.
    fn bare(parser: Parser<'a>) -> Result<File<'a>> {
        let span = Span::from_offset(0);
        let (mut fields, mut forms) = (Vec::new(), Vec::new());
        while !parser.is_empty() {
            if !forms.is_empty() && parser.peek2::<kw::module>()? {
                return Err(parser.error("`@interface` forms belong inside `(module ...)`"));
            }
            item(parser, &mut fields, &mut forms)?;
        }
        let kind = ModuleKind::Text(fields);
        Ok(File { module: Module { span, id: None, name: None, kind }, forms })
    }
}

fn item<'a>(
    parser: Parser<'a>,
    fields: &mut Vec<ModuleField<'a>>,
    forms: &mut Vec<Form<'a>>,
) -> Result<()> {
    if parser.peek2::<annotation::interface>()? {
        forms.push(parser.parens(Form::parse)?);
    } else {
        fields.push(parser.parens(ModuleField::parse)?);
    }
    Ok(())
}

/// What follows `(module binary`.
fn strings<'a>(parser: Parser<'a>) -> Result<Vec<&'a [u8]>> {
    let mut strings = Vec::new();
    while !parser.is_empty() {
        if parser.peek2::<annotation::interface>()? {
            let message = "`(module binary ...)` takes no `@interface` forms beside its strings";
            return Err(parser.error(message));
        }
        strings.push(parser.parse()?);
    }
    Ok(strings)
}

impl<'a> Parse<'a> for Form<'a> {
    fn parse(parser: Parser<'a>) -> Result<Form<'a>> {
        parser.parse::<annotation::interface>()?;
        let at = parser.cur_span();
        if parser.parse::<Option<kw::r#type>>()?.is_some() {
            let id = parser.parse()?;
            let sig = parser.parens(|parser| {
                parser.parse::<kw::func>()?;
                parser.parse()
            })?;
            Ok(Form::Type(Type { at, id, sig }))
        } else if parser.parse::<Option<kw::import>>()?.is_some() {
            let import = Some((string(parser)?, string(parser)?));
            parser.parens(|parser| {
                parser.parse::<kw::func>()?;
                let (id, ty) = (parser.parse()?, parser.parse()?);
                let end = parser.cur_span();
                Ok(Form::Func(Func { at, id, export: None, import, ty, body: Vec::new(), end }))
            })
        } else if parser.parse::<Option<kw::export>>()?.is_some() {
            Ok(Form::Export(Export { at, name: string(parser)?, func: func_ref(parser)? }))
        } else if parser.parse::<Option<kw::func>>()?.is_some() {
            Ok(Form::Func(Func::parse(parser, at)?))
        } else if parser.parse::<Option<kw::implement>>()?.is_some() {
            Ok(Form::Implement(Implement::parse(parser, at)?))
        } else {
            let message = "expected `type`, `import`, `export`, `func` or `implement`";
            Err(parser.error(message))
        }
    }
}

impl<'a> Func<'a> {
    /// What follows the word `func`.
    fn parse(parser: Parser<'a>, at: Span) -> Result<Func<'a>> {
        let id = parser.parse()?;
        let export = if next_is::<kw::export>(parser)? {
            Some(parser.parens(|parser| {
                let span = parser.parse::<kw::export>()?.0;
                Ok((string(parser)?, span))
            })?)
        } else {
            None
        };
        let import = if next_is::<kw::import>(parser)? { Some(import(parser)?) } else { None };
        let ty = parser.parse()?;
        let body = if import.is_none() { body(parser)? } else { Vec::new() };
        Ok(Func { at, id, export, import, ty, body, end: parser.cur_span() })
    }
}

impl<'a> Implement<'a> {
    /// What follows the word `implement`.
    fn parse(parser: Parser<'a>, at: Span) -> Result<Implement<'a>> {
        let target = if next_is::<kw::func>(parser)? {
            Target::Func(func_ref(parser)?)
        } else if next_is::<kw::import>(parser)? {
            let at = parser.cur_span();
            let (module, name) = import(parser)?;
            Target::Import { module, name, at }
        } else {
            return Err(parser.error("expected `(func ...)` or `(import ...)`"));
        };
        let body = if next_is::<kw::func>(parser)? {
            Body::Func(func_ref(parser)?)
        } else {
            let (ty, body) = (parser.parse()?, body(parser)?);
            let end = parser.cur_span();
            let (id, export, import) = (None, None, None);
            Body::Inline(Box::new(Func { at, id, export, import, ty, body, end }))
        };
        Ok(Implement { at, target, body })
    }
}

impl<'a> Parse<'a> for TypeUse<'a> {
    fn parse(parser: Parser<'a>) -> Result<TypeUse<'a>> {
        let index = if next_is::<kw::r#type>(parser)? {
            Some(parser.parens(|parser| {
                parser.parse::<kw::r#type>()?;
                parser.parse()
            })?)
        } else {
            None
        };
        Ok(TypeUse { index, sig: parser.parse()? })
    }
}

impl<'a> Parse<'a> for Signature<'a> {
    fn parse(parser: Parser<'a>) -> Result<Signature<'a>> {
        let mut sig = Signature { params: Vec::new(), results: Vec::new() };
        while next_is::<kw::param>(parser)? {
            parser.parens(|parser| {
                parser.parse::<kw::param>()?;
                let id: Option<Id<'a>> = parser.parse()?;
                if id.is_some() {
                    sig.params.push((id, valtype(parser)?));
                }
                while id.is_none() && !parser.is_empty() {
                    sig.params.push((None, valtype(parser)?));
                }
                Ok(())
            })?;
        }
        while next_is::<kw::result>(parser)? {
            parser.parens(|parser| {
                parser.parse::<kw::result>()?;
                while !parser.is_empty() {
                    sig.results.push(valtype(parser)?);
                }
                Ok(())
            })?;
        }
        Ok(sig)
    }
}

impl Signature<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.params.is_empty() && self.results.is_empty()
    }

    pub(super) fn func_type(&self) -> FuncType {
        FuncType::new(self.params.iter().map(|(_, ty)| *ty), self.results.iter().copied())
            .with_param_names(self.params.iter().map(|(id, _)| id.map(|id| id.name())))
    }
}

impl<'a> Parse<'a> for Instr<'a> {
    fn parse(parser: Parser<'a>) -> Result<Instr<'a>> {
        let at = parser.cur_span();
        let def = parser.step(|cursor| match cursor.keyword()? {
            Some((word, rest)) => match by_name(word) {
                Some(def) => Ok((def, rest)),
                None => Err(cursor.error(format!("unknown instruction `{word}`"))),
            },
            None => Err(cursor.error("expected an instruction")),
        })?;
        let mut imms = [Index::Num(0, at); 2];
        for (imm, slot) in def.imms.iter().zip(&mut imms) {
            if *imm != Imm::CoreMemory || parser.peek::<Index<'_>>()? {
                *slot = parser.parse()?;
            }
        }
        Ok(Instr { at, def, imms })
    }
}

fn body<'a>(parser: Parser<'a>) -> Result<Vec<Instr<'a>>> {
    let mut body = Vec::new();
    while !parser.is_empty() {
        body.push(parser.parse()?);
    }
    Ok(body)
}

/// `(func index)`
fn func_ref<'a>(parser: Parser<'a>) -> Result<Index<'a>> {
    parser.parens(|parser| {
        parser.parse::<kw::func>()?;
        parser.parse()
    })
}

/// `(import "module" "name")`
fn import(parser: Parser<'_>) -> Result<(String, String)> {
    parser.parens(|parser| {
        parser.parse::<kw::import>()?;
        Ok((string(parser)?, string(parser)?))
    })
}

fn string(parser: Parser<'_>) -> Result<String> {
    let at = parser.cur_span();
    let bytes: &[u8] = parser.parse()?;
    match std::str::from_utf8(bytes) {
        Ok(string) => Ok(string.to_owned()),
        Err(_) => Err(parser.error_at(at, "malformed UTF-8 encoding")),
    }
}

fn valtype(parser: Parser<'_>) -> Result<ValType> {
    parser.step(|cursor| {
        if let Some((word, rest)) = cursor.keyword()? {
            // The second spelling is the older one.
            let word = if word == "anyref" { ValType::ExternRef.name() } else { word };
            if let Some(&ty) = ValType::BY_BYTE.iter().find(|ty| ty.name() == word) {
                return Ok((ty, rest));
            }
        }
        let names = ValType::BY_BYTE.map(ValType::name).join(", ");
        Err(cursor.error(format!("expected a value type: {names}")))
    })
}

/// Whether a parenthesis with this word in it comes next.
fn next_is<T: wast::parser::Peek>(parser: Parser<'_>) -> Result<bool> {
    Ok(parser.peek::<LParen>()? && parser.peek2::<T>()?)
}
