//! Values as `tests/cases.txt` writes them.

use witrt::wit::{Cases, Type};
use witrt::{List, Store, Val};

/// Reads a value as the table has it: variants and their kin by what they
/// hold.
pub fn parse(ty: &Type, text: &mut &str) -> Option<Val<'static>> {
    let eat = |text: &mut &str, word: &str| {
        *text = text.strip_prefix(word)?;
        Some(())
    };
    let word = |text: &mut &str| {
        let end = text.find([',', ')', ']', '}']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        *text = rest;
        word.to_owned()
    };
    let list = |text: &mut &str,
                open,
                close,
                item: &mut dyn FnMut(&mut &str, usize) -> Option<Val<'static>>| {
        eat(text, open)?;
        let mut all = Vec::new();
        while eat(text, close).is_none() {
            if !all.is_empty() {
                eat(text, ", ")?;
            }
            all.push(item(text, all.len())?);
        }
        Some(all)
    };
    match ty {
        Type::String => quoted(text).map(Val::from),
        Type::Scalar(_) => match ty.to_string().as_str() {
            "char" => quoted(text)?.chars().next().map(Val::Char),
            "bool" => word(text).parse().ok().map(Val::Bool),
            "s8" => word(text).parse().ok().map(Val::S8),
            "u8" => word(text).parse().ok().map(Val::U8),
            "s16" => word(text).parse().ok().map(Val::S16),
            "u16" => word(text).parse().ok().map(Val::U16),
            "s32" => word(text).parse().ok().map(Val::S32),
            "u32" => word(text).parse().ok().map(Val::U32),
            "s64" => word(text).parse().ok().map(Val::S64),
            "u64" => word(text).parse().ok().map(Val::U64),
            "f32" => word(text).parse().ok().map(Val::F32),
            "f64" => word(text).parse().ok().map(Val::F64),
            other => panic!("{other}"),
        },
        Type::List(of) => {
            let bytes = of.element.to_string() == "u8";
            let open = if bytes { "bytes[" } else { "[" };
            let items = list(text, open, "]", &mut |text, _| parse(&of.element, text))?;
            if !bytes {
                return Some(Val::List(List::Val(items)));
            }
            let bytes = items.iter().map(|v| if let Val::U8(v) = v { *v } else { 0 });
            Some(Val::List(List::U8(bytes.collect())))
        }
        Type::Record(of) => {
            let fields = list(text, "{", "}", &mut |text, i| {
                eat(text, &of.fields[i].name)?;
                eat(text, ": ")?;
                parse(&of.fields[i].ty, text)
            })?;
            (fields.len() == of.fields.len()).then_some(Val::Record(fields))
        }
        Type::Tuple(of) => {
            let fields = list(text, "(", ")", &mut |text, i| parse(&of.fields.get(i)?.ty, text))?;
            (fields.len() == of.fields.len()).then_some(Val::Tuple(fields))
        }
        Type::Variant(of) => {
            let (i, val) = payload(of, text)?;
            Some(Val::Variant(i as u32, val.map(Box::new)))
        }
        Type::Option(of) if matches!(ty.at(1), Some(Type::Option(_))) => {
            let some = |val| Val::Option(Some(Box::new(Val::Option(val))));
            if eat(text, "none").is_some() {
                return Some(Val::Option(None));
            }
            eat(text, "some")?;
            if eat(text, "(").is_none() {
                return Some(some(None));
            }
            let (Type::Option(inner), _) = (ty.at(1)?, of) else { return None };
            let (_, val) = payload(inner, text)?;
            eat(text, ")")?;
            Some(some(val.map(Box::new)))
        }
        Type::Option(of) => {
            let (_, val) = payload(of, text)?;
            Some(Val::Option(val.map(Box::new)))
        }
        Type::Result(of) => {
            let (i, val) = payload(of, text)?;
            let val = val.map(Box::new);
            Some(Val::Result(if i == 0 { Ok(val) } else { Err(val) }))
        }
        Type::Enum(_) => {
            let name = quoted(text)?;
            (0..ty.len()).find(|i| ty.name(*i) == Some(&name)).map(|i| Val::Enum(i as u32))
        }
        Type::Flags(_) => {
            eat(text, "flags{")?;
            let mut bits = 0;
            for name in word(text).split(", ").chain([""]) {
                bits |= (0..ty.len())
                    .filter(|i| ty.name(*i) == Some(name))
                    .map(|i| 1 << i)
                    .sum::<u32>();
            }
            while eat(text, "}").is_none() {
                eat(text, ", ")?;
                let name = word(text);
                bits |= (0..ty.len())
                    .filter(|i| ty.name(*i) == Some(&name))
                    .map(|i| 1 << i)
                    .sum::<u32>();
            }
            Some(Val::Flags(bits))
        }
        other => panic!("{other}"),
    }
}

pub fn payload(of: &Cases, text: &mut &str) -> Option<(usize, Option<Val<'static>>)> {
    for (i, case) in of.cases.iter().enumerate() {
        let mut rest = *text;
        let val = match &case.ty {
            None => rest.strip_prefix("()").map(|after| {
                rest = after;
                None
            }),
            Some(ty) => parse(ty, &mut rest).map(Some),
        };
        if let Some(val) = val {
            *text = rest;
            return Some((i, val));
        }
    }
    None
}

pub fn quoted(text: &mut &str) -> Option<String> {
    let mut found = String::new();
    let mut chars = text.strip_prefix('"')?.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => {
                *text = &text[at + 2..];
                let Some(after) = text.strip_prefix('*') else { return Some(found) };
                let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
                found = found.repeat(after[..digits].parse().ok()?);
                *text = &after[digits..];
                return Some(found + &quoted(text).unwrap_or_default());
            }
            '\\' => match chars.next()?.1 {
                'n' => found.push('\n'),
                'u' => {
                    let hex: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    found.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?);
                }
                other => found.push(other),
            },
            other => found.push(other),
        }
    }
    None
}

pub fn show(store: &Store, ty: &Type, val: &Val<'_>) -> String {
    let all = |vals: &mut dyn Iterator<Item = String>| vals.collect::<Vec<_>>().join(", ");
    let part = |at: usize, val: &Option<Box<Val<'_>>>| match (ty.at(at), val) {
        (Some(ty), Some(val)) => show(store, ty, val),
        _ => "()".into(),
    };
    match val {
        Val::Bool(v) => v.to_string(),
        Val::Char(v) => quote(&v.to_string()),
        Val::S8(v) => v.to_string(),
        Val::U8(v) => v.to_string(),
        Val::S16(v) => v.to_string(),
        Val::U16(v) => v.to_string(),
        Val::S32(v) => v.to_string(),
        Val::U32(v) => v.to_string(),
        Val::S64(v) => v.to_string(),
        Val::U64(v) => v.to_string(),
        Val::F32(v) => format!("{v:?}"),
        Val::F64(v) => format!("{v:?}"),
        Val::String(text) => quote(&text.to_string(store).unwrap()),
        Val::List(List::U8(bytes)) => format!("bytes{bytes:?}"),
        Val::List(list) => {
            let items =
                (0..list.len()).map(|i| show(store, ty.at(0).unwrap(), &list.get(i).unwrap()));
            format!("[{}]", all(&mut items.into_iter()))
        }
        Val::Record(vals) => {
            let fields = vals.iter().enumerate().map(|(i, val)| {
                format!("{}: {}", ty.name(i).unwrap(), show(store, ty.at(i).unwrap(), val))
            });
            format!("{{{}}}", all(&mut fields.into_iter()))
        }
        Val::Tuple(vals) => {
            let fields = vals.iter().enumerate().map(|(i, v)| show(store, ty.at(i).unwrap(), v));
            format!("({})", all(&mut fields.into_iter()))
        }
        Val::Variant(index, val) => part(*index as usize, val),
        Val::Option(val) if matches!(ty.at(1), Some(Type::Option(_))) => match val.as_deref() {
            None => "none".into(),
            Some(Val::Option(None)) => "some".into(),
            Some(inner) => format!("some({})", show(store, ty.at(1).unwrap(), inner)),
        },
        Val::Option(val) => part(1, val),
        Val::Result(Ok(val)) => part(0, val),
        Val::Result(Err(val)) => part(1, val),
        Val::Enum(v) => quote(ty.name(*v as usize).unwrap()),
        Val::Flags(bits) => {
            let mut names: Vec<_> =
                (0..ty.len()).filter(|i| bits & 1 << i != 0).filter_map(|i| ty.name(i)).collect();
            names.sort();
            format!("flags{{{}}}", names.join(", "))
        }
        other => format!("{other:?}"),
    }
}

pub fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for char in text.chars() {
        match char {
            '\n' => quoted += "\\n",
            '\0' => quoted += "\\u0000",
            '"' | '\\' => quoted.extend(['\\', char]),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// A value as the command writes it, and reads it: WAVE.
pub fn wave(ty: &Type, val: &Val<'_>) -> String {
    let all = |vals: &mut dyn Iterator<Item = String>| vals.collect::<Vec<_>>().join(", ");
    let name = |at: u32| ty.name(at as usize).unwrap().to_owned();
    let case = |name: String, at: u32, val: &Option<Box<Val<'_>>>| match (ty.at(at as usize), val) {
        (Some(ty), Some(val)) => format!("{name}({})", wave(ty, val)),
        _ => name,
    };
    match val {
        Val::Char(v) => format!("{v:?}"),
        Val::F32(v) => v.to_string(),
        Val::F64(v) => v.to_string(),
        Val::String(text) => {
            let text = text.with_copy(|text| match text {
                witrt::string::Text::Utf8(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
                _ => unreachable!(),
            });
            quote(&text.unwrap())
        }
        Val::List(list) => {
            let mut items = (0..list.len()).map(|i| wave(ty.at(0).unwrap(), &list.get(i).unwrap()));
            format!("[{}]", all(&mut items))
        }
        Val::Record(vals) => {
            let fields = vals.iter().enumerate().filter(|(_, v)| !matches!(v, Val::Option(None)));
            let mut fields =
                fields.map(|(i, v)| format!("{}: {}", name(i as u32), wave(ty.at(i).unwrap(), v)));
            format!("{{{}}}", all(&mut fields))
        }
        Val::Tuple(vals) => {
            let mut fields = vals.iter().enumerate().map(|(i, v)| wave(ty.at(i).unwrap(), v));
            format!("({})", all(&mut fields))
        }
        Val::Variant(at, val) => case(name(*at), *at, val),
        Val::Option(None) => "none".into(),
        Val::Option(val) => case("some".into(), 1, val),
        Val::Result(Ok(val)) => case("ok".into(), 0, val),
        Val::Result(Err(val)) => case("err".into(), 1, val),
        Val::Enum(at) => name(*at),
        Val::Flags(bits) => {
            let names = (0..ty.len() as u32).filter(|i| bits & 1 << i != 0).map(name);
            format!("{{{}}}", all(&mut names.into_iter()))
        }
        plain => {
            let told = format!("{plain:?}");
            told[told.find('(').unwrap() + 1..told.len() - 1].to_owned()
        }
    }
}
