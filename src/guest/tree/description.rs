//! What a host says of its own structs, checked against a type, once.
//!
//! Not here: how they are read and written.

#![allow(unsafe_code)] // it follows the pointers of a description

use super::layout::{Access, For, Form, Node, Run, Span, null, step, wrong};
use super::slot::{kind, width};
use super::walk::Fault;
use crate::error::{ErrorKind, Result};
use crate::string::{Encoding, encodings};
use crate::types::kind::{Meaning, meaning};
use crate::types::tree::{Cases, Fields, Type};

/// A value in the host's memory, as it describes it: C's `witrt_field_t`.
#[repr(C)]
pub struct HostField {
    /// A kind of value, or how text lies.
    pub kind: u8,
    /// How many bytes tell the case.
    pub tag_size: u8,
    /// Where in the struct around it.
    pub offset: usize,
    /// How many bytes.
    pub size: usize,
    /// Where in it the case is told.
    pub tag_offset: usize,
    /// How many parts.
    pub count: usize,
    /// Fields, cases, the element, or what is meant.
    pub parts: *const HostField,
    /// How to get at it, if it is no C struct.
    pub access: *const Access,
}

macro_rules! texts {
    ($($name:ident: $unit:ident ($text:literal $lazy:literal $grow:literal),)+) => {
        /// The encoding of text in memory, if this says so.
        fn encoding_of(kind: u8) -> Option<Encoding> {
            match kind {
                $($text => Some(Encoding::$name),)+
                _ => None,
            }
        }

        /// Whether a slot of this kind has text of any form.
        fn is_text(kind: u8) -> bool {
            [$($text, $lazy, $grow),+].contains(&kind)
        }
    };
}

encodings!(texts);

/// What a description says in place of a kind.
pub mod means {
    /// What its only part says.
    pub const SAME: u8 = 80;
    /// An enum or flags.
    pub const NAMES: u8 = 83;
    /// A list of as many elements as there is room for, in place.
    pub const ARRAY: u8 = 84;
}

impl Node {
    /// Checks a description of values of this type. `what` says where they are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKind`] for another type, [`ErrorKind::WrongCount`] for another
    /// number of parts, [`ErrorKind::OutOfRange`] for sizes and places that cannot be,
    /// [`ErrorKind::NullPointer`] for parts that are not there. The message names the way
    /// to what is at fault.
    ///
    /// # Safety
    ///
    /// The pointers in the description must be NULL or what they should be.
    pub unsafe fn new(field: &HostField, ty: &Type, what: &str, goal: For) -> Result<Node> {
        // SAFETY: the caller vouches for it.
        unsafe { node(field, ty, goal) }.map_err(|fault| fault.into_error(what.into()))
    }
}

unsafe fn node(field: &HostField, ty: &Type, goal: For) -> Result<Node, Fault> {
    if field.kind == means::SAME {
        // SAFETY: the caller vouches for the parts.
        let [part] = (unsafe { parts(field, 1) })? else { return Err(null("parts")) };
        if part.kind == means::SAME {
            return Err(wrong(ErrorKind::WrongKind, "a description that means another one's"));
        }
        // SAFETY: as above.
        let node = unsafe { node(part, ty, goal) }?;
        if field.size != 0 && node.size != field.size {
            return Err(sized(field.size, ty, node.size));
        }
        let node = Node { offset: field.offset, ..node };
        return Ok(node);
    }
    // SAFETY: the caller vouches for it.
    let access = unsafe { access(field, goal) }?;
    // SAFETY: as above.
    let (form, align) = unsafe { form(field, ty, goal, access.is_some()) }?;
    let array = match &form {
        Form::List(element) if field.kind == means::ARRAY => Some(field.size / element.size),
        _ => None,
    };
    let below = |is: fn(&Node) -> bool| match &form {
        Form::List(element) => is(element),
        Form::Fields(fields) => fields.iter().any(is),
        Form::Cases { cases, .. } => cases.iter().flatten().any(is),
        Form::Number(_) | Form::Text(_) | Form::Resource => false,
    };
    if access.is_some()
        && (array.is_some() || matches!(form, Form::Number(_) | Form::Fields(_) | Form::Resource))
    {
        let message = "only text, lists and what has cases is looked at by functions";
        return Err(wrong(ErrorKind::Unsupported, message));
    }
    let has_resources = matches!(form, Form::Resource) || below(Node::has_resources);
    let has_access = access.is_some() || below(Node::has_access);
    if let (Form::List(element), For::Writing, None) = (&form, goal, &access)
        && element.has_access
        && array.is_none()
    {
        let message = "elements that functions make are in a list that no function makes room for";
        return Err(wrong(ErrorKind::Unsupported, message).within(|| "element".into()));
    }
    let behind = match &form {
        Form::Text(encoding) if access.is_none() => encoding.unit_size(),
        Form::List(element) if access.is_none() && array.is_none() => {
            element.align.max(element.behind)
        }
        Form::List(element) => element.behind,
        Form::Fields(fields) => fields.iter().map(|node| node.behind).max().unwrap_or(0),
        Form::Cases { cases, .. } => cases.iter().flatten().map(|n| n.behind).max().unwrap_or(0),
        Form::Number(_) | Form::Text(_) | Form::Resource => 0,
    };
    let (look, make) = access.map_or((None, None), |access| (access.look, access.make));
    let assign = match &form {
        Form::List(element) if element.is_same && make.is_some() => access.and_then(|a| a.assign),
        _ => None,
    };
    let (offset, size) = (field.offset, field.size);
    let (runs, rest) = runs(&form, ty, size);
    let is_bits = !runs.is_empty() && rest.is_empty();
    let is_same = is_bits
        && ty.size() == size
        && matches!(*runs, [Run { host: 0, guest: 0, size: all }] if all == size);
    Ok(Node {
        offset,
        size,
        align,
        form,
        array,
        look,
        make,
        assign,
        runs,
        rest,
        is_bits,
        is_same,
        has_resources,
        has_access,
        behind,
    })
}

/// The runs that a value is made of, and of a record the fields that are none.
fn runs(form: &Form, ty: &Type, size: usize) -> (Box<[Run]>, Box<[usize]>) {
    let mut runs = Vec::<Run>::new();
    let mut rest = Vec::new();
    match (form, ty) {
        (Form::Number(kind), Type::Scalar(_)) if meaning(*kind) == Meaning::Number => {
            runs.push(Run { host: 0, guest: 0, size });
        }
        (Form::Fields(nodes), Type::Record(fields) | Type::Tuple(fields)) => {
            for (i, (node, field)) in nodes.iter().zip(&fields.fields).enumerate() {
                if !node.is_bits {
                    rest.push(i);
                    continue;
                }
                for run in &node.runs {
                    let run = Run {
                        host: node.offset + run.host,
                        guest: field.offset as usize + run.guest,
                        size: run.size,
                    };
                    match runs.last_mut() {
                        Some(last)
                            if last.host + last.size == run.host
                                && last.guest + last.size == run.guest =>
                        {
                            last.size += run.size;
                        }
                        _ => runs.push(run),
                    }
                }
            }
        }
        (Form::Number(_) | Form::Text(_) | Form::List(_), _) => {}
        (Form::Fields(_) | Form::Cases { .. } | Form::Resource, _) => {}
    }
    (runs.into(), rest.into())
}

/// The functions that a description has, if it has any.
unsafe fn access(field: &HostField, goal: For) -> Result<Option<Access>, Fault> {
    // SAFETY: the caller vouches for it.
    let Some(access) = (unsafe { field.access.as_ref() }) else { return Ok(None) };
    let (missing, name) = match goal {
        For::Reading => (access.look.is_none(), "look"),
        For::Writing => (access.make.is_none(), "make"),
    };
    if missing { Err(null(name)) } else { Ok(Some(*access)) }
}

/// What a description says, and its alignment.
unsafe fn form(
    field: &HostField,
    ty: &Type,
    goal: For,
    has_access: bool,
) -> Result<(Form, usize), Fault> {
    let pointer = align_of::<usize>();
    let numbers = |bytes: usize| match field.size == bytes {
        true => Ok((Form::Number(field.kind), bytes)),
        false => Err(sized(field.size, ty, bytes)),
    };
    let sized_or_accessed = |form: Form, bytes: usize| match (has_access, field.size == bytes) {
        // Nothing is known of where it stands but that.
        (true, _) => Ok((form, 1)),
        (false, true) => Ok((form, pointer)),
        (false, false) => Err(sized(field.size, ty, bytes)),
    };
    // SAFETY: the caller vouches for the parts.
    unsafe {
        match ty {
            Type::Scalar(kind) if field.kind == *kind => numbers(width(*kind)),
            Type::Enum(cases) if matches!(field.kind, kind::ENUM | means::NAMES) => {
                integer(field.size, cases.cases.len() as u64 - 1, ty)?;
                Ok((Form::Number(kind::ENUM), field.size))
            }
            Type::Flags(flags) if matches!(field.kind, kind::FLAGS | means::NAMES) => {
                integer(field.size, flags.mask().into(), ty)?;
                Ok((Form::Number(kind::FLAGS), field.size))
            }
            Type::String => match encoding_of(field.kind) {
                Some(encoding) => sized_or_accessed(Form::Text(encoding), size_of::<Span>()),
                None => Err(unexpected(ty, field.kind)),
            },
            Type::List(list) if matches!(field.kind, kind::LIST | means::ARRAY) => {
                let [part] = parts(field, 1)? else { return Err(null("parts")) };
                let element =
                    node(part, &list.element, goal).map_err(|f| f.within(|| step(ty, 0)))?;
                stride(&element).map_err(|fault| fault.within(|| step(ty, 0)))?;
                if field.kind == means::ARRAY {
                    return array(field.size, element);
                }
                sized_or_accessed(Form::List(Box::new(element)), size_of::<Span>())
            }
            Type::Record(fields) | Type::Tuple(fields)
                if matches!(field.kind, kind::RECORD | kind::TUPLE) =>
            {
                fields_of(field, ty, fields, goal)
            }
            Type::Variant(cases) if field.kind == kind::VARIANT => {
                case_nodes(field, ty, cases, goal, has_access)
            }
            Type::Result(cases) if field.kind == kind::RESULT => {
                case_nodes(field, ty, cases, goal, has_access)
            }
            Type::Option(cases) if field.kind == kind::OPTION => {
                case_nodes(field, ty, cases, goal, has_access)
            }
            Type::Own(_) | Type::Borrow(_) if field.kind == ty.kind() => {
                match field.size == size_of::<usize>() {
                    true => Ok((Form::Resource, pointer)),
                    false => Err(sized(field.size, ty, size_of::<usize>())),
                }
            }
            _ => Err(unexpected(ty, field.kind)),
        }
    }
}

unsafe fn fields_of(
    field: &HostField,
    ty: &Type,
    fields: &Fields,
    goal: For,
) -> Result<(Form, usize), Fault> {
    // SAFETY: the caller vouches for the parts.
    let parts = unsafe { parts(field, fields.fields.len()) }?;
    let (mut nodes, mut align, mut taken) = (Vec::with_capacity(parts.len()), 1, Vec::new());
    for (i, (part, inner)) in parts.iter().zip(&fields.fields).enumerate() {
        // SAFETY: as above.
        let made = unsafe { node(part, &inner.ty, goal) };
        let made = made.and_then(|node| placed(node, field.size));
        let made = made.map_err(|fault| fault.within(|| step(ty, i)))?;
        let from = taken.len();
        made.take(0, i, &mut taken);
        for (start, end, _) in &taken[from..] {
            let mut others = taken[..from].iter();
            if let Some((.., other)) = others.find(|(s, e, _)| s < end && start < e) {
                let message = format!("it lies where {} does", step(ty, *other));
                return Err(wrong(ErrorKind::OutOfRange, message).within(|| step(ty, i)));
            }
        }
        align = align.max(made.align);
        nodes.push(made);
    }
    Ok((Form::Fields(nodes.into()), align))
}

unsafe fn case_nodes(
    field: &HostField,
    ty: &Type,
    cases: &Cases,
    goal: For,
    has_access: bool,
) -> Result<(Form, usize), Fault> {
    let is_option = matches!(ty, Type::Option(_));
    let count = if is_option { 1 } else { cases.cases.len() };
    // SAFETY: the caller vouches for the parts.
    let parts = unsafe { parts(field, count) }?;
    let mut nodes = Vec::with_capacity(cases.cases.len());
    if is_option {
        nodes.push(None);
    }
    let (tag, tag_size) = (field.tag_offset, usize::from(field.tag_size));
    let mut align = 1;
    if !has_access {
        integer(tag_size, cases.cases.len() as u64 - 1, ty)
            .map_err(|f| f.within(|| "tag".into()))?;
        let fits = tag.checked_add(tag_size).is_some_and(|end| end <= field.size);
        if !fits || !tag.is_multiple_of(tag_size) {
            return Err(misplaced(tag, tag_size, field.size).within(|| "tag".into()));
        }
        align = tag_size;
    }
    for part in parts {
        let i = nodes.len();
        let made = match &cases.cases[i].ty {
            Some(inner) => {
                // SAFETY: as above.
                let made = unsafe { node(part, inner, goal) };
                let made = match has_access {
                    true => made.map(|node| Node { offset: 0, ..node }),
                    false => made.and_then(|node| placed(node, field.size)),
                };
                let made = made.map_err(|fault| fault.within(|| step(ty, i)))?;
                let (start, end) = (made.offset, made.offset + made.size);
                if !has_access && start < tag + tag_size && tag < end {
                    let message = "it lies where the tag does";
                    return Err(wrong(ErrorKind::OutOfRange, message).within(|| step(ty, i)));
                }
                align = align.max(made.align);
                Some(made)
            }
            None if part.kind == kind::NONE => None,
            None => {
                let found = told(part.kind);
                let message = format!("expected no value, found {found}");
                return Err(wrong(ErrorKind::WrongKind, message).within(|| step(ty, i)));
            }
        };
        nodes.push(made);
    }
    if !has_access && goal == For::Writing && nodes.iter().flatten().any(Node::has_access) {
        let message = "a payload that functions make is in a struct that no function makes";
        return Err(wrong(ErrorKind::Unsupported, message));
    }
    if has_access {
        align = 1;
    }
    Ok((Form::Cases { tag, tag_size, cases: nodes.into() }, align))
}

/// # Safety
///
/// The pointer must be NULL or one to so many.
unsafe fn parts<'a>(field: &HostField, count: usize) -> Result<&'a [HostField], Fault> {
    if field.count != count {
        let message = format!("expected {count} parts, found {}", field.count);
        return Err(wrong(ErrorKind::WrongCount, message));
    }
    if field.parts.is_null() || !field.parts.is_aligned() {
        return Err(null("parts"));
    }
    // SAFETY: the caller vouches for so many.
    Ok(unsafe { std::slice::from_raw_parts(field.parts, count) })
}

/// Looks whether it is within what is around it, and aligned.
fn placed(node: Node, around: usize) -> Result<Node, Fault> {
    let fits = node.offset.checked_add(node.size).is_some_and(|end| end <= around);
    match fits && node.offset.is_multiple_of(node.align) {
        true => Ok(node),
        false => Err(misplaced(node.offset, node.size, around)),
    }
}

/// Looks whether elements may follow each other.
fn stride(element: &Node) -> Result<(), Fault> {
    if element.offset != 0 {
        let message = format!("an element begins at 0, not at {}", element.offset);
        return Err(wrong(ErrorKind::OutOfRange, message));
    }
    if element.size == 0 || !element.size.is_multiple_of(element.align) {
        let message = format!(
            "elements of {} bytes do not follow each other where they have to be aligned to {}",
            element.size, element.align
        );
        return Err(wrong(ErrorKind::OutOfRange, message));
    }
    Ok(())
}

/// A list in so many bytes.
fn array(size: usize, element: Node) -> Result<(Form, usize), Fault> {
    if size == 0 || !size.is_multiple_of(element.size) {
        let message = format!("an array of {size} bytes has no elements of {} bytes", element.size);
        return Err(wrong(ErrorKind::OutOfRange, message));
    }
    let align = element.align;
    Ok((Form::List(Box::new(element)), align))
}

/// Looks whether an integer of so many bytes holds this number.
fn integer(bytes: usize, most: u64, ty: &Type) -> Result<(), Fault> {
    let fits = match bytes {
        1 => most <= 0xff,
        2 => most <= 0xffff,
        4 | 8 => true,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let message = format!("an integer of {bytes} bytes does not hold every {ty}");
    Err(wrong(ErrorKind::OutOfRange, message))
}

/// The name of a kind in a description.
fn told(found: u8) -> &'static str {
    match found {
        text if is_text(text) => "string",
        means::SAME => "a description",
        means::NAMES => "enum or flags",
        means::ARRAY => "an array",
        found => kind::name(found),
    }
}

#[cold]
fn unexpected(ty: &Type, found: u8) -> Fault {
    let found = told(found);
    let what = match (ty, found) {
        (Type::String, "string") => "text that a struct cannot hold so",
        (_, found) => found,
    };
    wrong(ErrorKind::WrongKind, format!("expected {ty}, found {what}"))
}

#[cold]
fn sized(found: usize, ty: &Type, expected: usize) -> Fault {
    let message = format!("{ty} takes {expected} bytes here, and there are {found}");
    wrong(ErrorKind::OutOfRange, message)
}

#[cold]
fn misplaced(offset: usize, size: usize, around: usize) -> Fault {
    let message = match offset.checked_add(size) {
        Some(end) if end <= around => format!("at {offset} it is not aligned"),
        _ => format!("{size} bytes at {offset} are not within {around}"),
    };
    wrong(ErrorKind::OutOfRange, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null as nothing;
    use std::sync::Arc;

    fn number(kind: u8, offset: usize) -> HostField {
        let (parts, access) = (nothing(), nothing());
        let size = width(kind);
        HostField { kind, tag_size: 0, offset, size, tag_offset: 0, count: 0, parts, access }
    }

    fn node(parts: &[HostField], size: usize, types: &[u8]) -> Node {
        let types = types.iter().map(|kind| ("".into(), Type::Scalar(*kind)));
        let ty = Type::Tuple(Arc::new(Fields::new(types)));
        let (count, parts) = (parts.len(), parts.as_ptr());
        let record = HostField { size, count, parts, ..number(kind::TUPLE, 0) };
        // SAFETY: there are so many parts.
        unsafe { Node::new(&record, &ty, "it", For::Reading) }.unwrap()
    }

    /// What lies as in a guest is one run, without what is between two fields.
    #[test]
    fn runs_are_found() {
        use kind::{BOOL, F32, U8, U32};
        let run = |host, guest, size| Run { host, guest, size };
        let same = node(&[number(F32, 0), number(F32, 4), number(U32, 8)], 12, &[F32, F32, U32]);
        assert!(same.is_same && same.is_bits);
        assert_eq!(*same.runs, [run(0, 0, 12)]);
        let padded = node(&[number(U8, 0), number(U32, 4)], 8, &[U8, U32]);
        assert!(!padded.is_same && padded.is_bits);
        assert_eq!(*padded.runs, [run(0, 0, 1), run(4, 4, 4)]);
        let turned = node(&[number(U32, 4), number(U32, 0)], 8, &[U32, U32]);
        assert_eq!(*turned.runs, [run(4, 0, 4), run(0, 4, 4)]);
        let longer = node(&[number(U32, 0)], 8, &[U32]);
        assert!(!longer.is_same && longer.is_bits);
        let checked = node(&[number(U8, 0), number(BOOL, 1)], 2, &[U8, BOOL]);
        assert!(!checked.is_bits);
        assert_eq!((&*checked.runs, &*checked.rest), (&[run(0, 0, 1)][..], &[1][..]));
    }
}
