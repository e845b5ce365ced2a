//! Types as values: independent of engines and stores, and never changing.
//!
//! Limits are kept as they were given; who makes something of them checks.
//!
//! Not here: the casts between them, which are generated.

use super::base::boundary::{enter, need, write};
use super::base::value::{kind_of, type_of, value_kind_name, wasm_valkind_t};
use super::base::vec::{self, Duplicate, Owned, Vector, from_bytes, items, wasm_name_t};
use crate::wit::{Fields, Signature, Type};
use crate::{Error, ErrorKind, ExternType, FuncType, GlobalType, Limits, MemoryType, Result};
use crate::{TableType, ValType};
use std::ffi::{CStr, c_char};
use std::ptr::null;
use std::sync::{Arc, OnceLock};

include!(concat!(env!("OUT_DIR"), "/types.rs"));

/// The type of a value. Owned values of their own, as all types are: they
/// belong to no engine and no store, and any thread may use them.
#[derive(Clone)]
pub struct wasm_valtype_t {
    ty: ValType,
    /// Of a component's type: all of it.
    tree: Option<Type>,
}

/// Whether a global can be set: one of `wasm_mutability_enum`.
pub type wasm_mutability_t = u8;

/// Whether a global can be set.
#[repr(C)]
pub enum wasm_mutability_enum {
    /// It cannot.
    WASM_CONST = 0,
    /// It can.
    WASM_VAR = 1,
}

/// A smallest and a largest size: of a memory in pages of 64 KiB, of a table in
/// elements.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct wasm_limits_t {
    /// The size at the start.
    pub min: u32,
    /// The size never to be passed; `wasm_limits_max_default` for no bound.
    pub max: u32,
}

/// What an import or export is: one of `wasm_externkind_enum`.
pub type wasm_externkind_t = u8;

/// What an import or export is.
#[repr(C)]
pub enum wasm_externkind_enum {
    /// A function, also one of the interface.
    WASM_EXTERN_FUNC = 0,
    /// A global.
    WASM_EXTERN_GLOBAL = 1,
    /// A table.
    WASM_EXTERN_TABLE = 2,
    /// A linear memory.
    WASM_EXTERN_MEMORY = 3,
    /// An exception tag.
    WASM_EXTERN_TAG = 4,
}

/// What is behind all extern types.
pub enum TypeObj {
    /// Shared with its copies.
    Func(Arc<FuncObj>),
    /// The content is what C borrows.
    Global { content: wasm_valtype_t, mutable: bool },
    /// Element and limits are what C borrows.
    Table { element: wasm_valtype_t, limits: wasm_limits_t },
    /// `wide` and `shared` memories exist in modules only.
    Memory { limits: wasm_limits_t, wide: bool, shared: bool },
    /// The type of what is thrown.
    Tag { ty: Box<wasm_functype_t> },
}

/// A function type, and its lists for C, made when one is asked for: a module
/// may have a type of a thousand values for each of its exports.
pub struct FuncObj {
    ty: FuncType,
    lists: OnceLock<Lists>,
}

/// A name that is borrowed from the crate's type.
fn lent(name: &str) -> wasm_name_t {
    Vector::from_parts(name.len(), name.as_ptr().cast_mut().cast())
}

/// What C borrows.
struct Lists {
    params: wasm_valtype_vec_t,
    results: wasm_valtype_vec_t,
    /// Of each parameter; those without one are empty.
    names: Vec<wasm_name_t>,
    /// What the vectors consist of: pointers to `_types`.
    _items: Vec<*mut wasm_valtype_t>,
    _types: Vec<wasm_valtype_t>,
}

// SAFETY: the vectors point into what is owned beside them, and nothing of it
// is changed.
unsafe impl Send for Lists {}
// SAFETY: as above.
unsafe impl Sync for Lists {}

impl FuncObj {
    fn lists(&self) -> &Lists {
        self.lists.get_or_init(|| {
            let (params, results) = (self.ty.params(), self.ty.results());
            let trees = self.ty.signature().map(|signature| {
                let fields = [&signature.params, &signature.results];
                fields.map(|fields| fields.fields.iter().map(|field| field.ty.clone()))
            });
            let mut trees = trees.into_iter().flatten().flatten();
            let types = params
                .iter()
                .chain(results)
                .map(|ty| wasm_valtype_t { ty: *ty, tree: trees.next() });
            let types: Vec<_> = types.collect();
            let mut items: Vec<_> =
                types.iter().map(|ty| std::ptr::from_ref(ty).cast_mut()).collect();
            let (first, second) = items.split_at_mut(params.len());
            Lists {
                params: Vector::from_parts(first.len(), first.as_mut_ptr()),
                results: Vector::from_parts(second.len(), second.as_mut_ptr()),
                names: self.ty.param_names().map(|name| lent(name.unwrap_or_default())).collect(),
                _items: items,
                _types: types,
            }
        })
    }
}

/// The C types that are [`TypeObj`]s.
///
/// # Safety
///
/// The type must be a transparent wrapper of [`TypeObj`].
pub unsafe trait TypeReference: Sized {
    /// Whether a type may be called so.
    fn fits(ty: &TypeObj) -> bool;

    /// The type in it.
    fn ty(&self) -> &TypeObj {
        // SAFETY: the implementer vouches for the layout.
        unsafe { &*std::ptr::from_ref(self).cast::<TypeObj>() }
    }

    /// A new one.
    fn boxed(ty: TypeObj) -> Box<Self> {
        debug_assert!(Self::fits(&ty));
        // SAFETY: the implementer vouches for the layout.
        unsafe { Box::from_raw(Box::into_raw(Box::new(ty)).cast::<Self>()) }
    }
}

/// The same type under another name, or NULL where it is none.
///
/// # Safety
///
/// The pointer must be NULL or a live type.
pub unsafe fn cast<T: TypeReference, U: TypeReference>(pointer: *const T) -> *const U {
    // SAFETY: the caller vouches for the pointer.
    match unsafe { pointer.as_ref() } {
        Some(ty) if U::fits(ty.ty()) => pointer.cast::<U>(),
        _ => std::ptr::null(),
    }
}

impl TypeObj {
    /// A function type for C.
    pub fn func(ty: FuncType) -> TypeObj {
        TypeObj::Func(Arc::new(FuncObj { ty, lists: OnceLock::new() }))
    }

    /// A type for C.
    pub fn new(ty: &ExternType) -> TypeObj {
        let limits = |limits: &Limits| wasm_limits_t {
            min: limits.min.try_into().unwrap_or(u32::MAX),
            max: limits.max.and_then(|max| max.try_into().ok()).unwrap_or(u32::MAX),
        };
        match ty {
            ExternType::Func(ty) => TypeObj::func(ty.clone()),
            ExternType::Global(ty) => {
                TypeObj::Global { content: wasm_valtype_t::new(ty.content), mutable: ty.mutable }
            }
            ExternType::Table(ty) => TypeObj::Table {
                element: wasm_valtype_t::new(ty.element),
                limits: limits(&ty.limits),
            },
            ExternType::Memory(ty) => {
                TypeObj::Memory { limits: limits(&ty.limits), wide: ty.memory64, shared: ty.shared }
            }
            ExternType::Tag(ty) => {
                TypeObj::Tag { ty: wasm_functype_t::boxed(TypeObj::func(ty.clone())) }
            }
        }
    }

    /// A copy.
    pub fn duplicate(&self) -> TypeObj {
        match self {
            TypeObj::Func(func) => TypeObj::Func(func.clone()),
            TypeObj::Global { content, mutable } => {
                TypeObj::Global { content: content.clone(), mutable: *mutable }
            }
            TypeObj::Table { element, limits } => {
                TypeObj::Table { element: element.clone(), limits: *limits }
            }
            TypeObj::Memory { limits, wide, shared } => {
                TypeObj::Memory { limits: *limits, wide: *wide, shared: *shared }
            }
            TypeObj::Tag { ty } => TypeObj::Tag { ty: wasm_functype_t::boxed(ty.ty().duplicate()) },
        }
    }

    /// The number in C.
    pub fn kind(&self) -> wasm_externkind_t {
        match self {
            TypeObj::Func { .. } => wasm_externkind_enum::WASM_EXTERN_FUNC as u8,
            TypeObj::Global { .. } => wasm_externkind_enum::WASM_EXTERN_GLOBAL as u8,
            TypeObj::Table { .. } => wasm_externkind_enum::WASM_EXTERN_TABLE as u8,
            TypeObj::Memory { .. } => wasm_externkind_enum::WASM_EXTERN_MEMORY as u8,
            TypeObj::Tag { .. } => wasm_externkind_enum::WASM_EXTERN_TAG as u8,
        }
    }
}

impl Duplicate for wasm_valtype_t {
    fn duplicate(&self) -> Result<wasm_valtype_t> {
        Ok(self.clone())
    }
}

impl wasm_valtype_t {
    fn new(ty: ValType) -> wasm_valtype_t {
        wasm_valtype_t { ty, tree: None }
    }

    /// A type with parts.
    pub fn of_tree(tree: Type) -> wasm_valtype_t {
        wasm_valtype_t { ty: tree.val_type(), tree: Some(tree) }
    }

    /// All of the type of a component's value.
    pub fn tree(&self) -> Option<&Type> {
        self.tree.as_ref()
    }

    /// The type behind it.
    pub fn get(&self) -> ValType {
        self.ty
    }
}

impl TypeObj {
    /// The type that a new global is to have.
    pub fn to_global(&self) -> Result<GlobalType> {
        match self {
            TypeObj::Global { content, mutable } => {
                Ok(GlobalType { content: content.ty, mutable: *mutable })
            }
            _ => Err(not_a("global type")),
        }
    }

    /// The type that a new table is to have.
    pub fn to_table(&self) -> Result<TableType> {
        match self {
            TypeObj::Table { element, limits } => {
                Ok(TableType { element: element.ty, limits: limits.into() })
            }
            _ => Err(not_a("table type")),
        }
    }

    /// The type that a new memory is to have.
    pub fn to_memory(&self) -> Result<MemoryType> {
        match self {
            TypeObj::Memory { limits, wide, shared } => {
                Ok(MemoryType { limits: limits.into(), memory64: *wide, shared: *shared })
            }
            _ => Err(not_a("memory type")),
        }
    }

    /// The type that a new function is to have.
    pub fn to_func(&self) -> Result<&FuncType> {
        match self {
            TypeObj::Func(func) => Ok(&func.ty),
            _ => Err(not_a("function type")),
        }
    }
}

/// The largest size there is means that there is no bound.
impl From<&wasm_limits_t> for Limits {
    fn from(limits: &wasm_limits_t) -> Limits {
        let max = Some(limits.max as u64).filter(|max| *max != u32::MAX as u64);
        Limits { min: limits.min as u64, max }
    }
}

#[cold]
fn not_a(what: &str) -> Error {
    Error::new(ErrorKind::WrongKind, format!("this is not a {what}"))
}

/// The type of values of this kind, one of `wasm_valkind_enum`; NULL for an
/// unknown kind. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_valtype_new(kind: wasm_valkind_t) -> Option<Box<wasm_valtype_t>> {
    enter(|| Ok(Some(Box::new(wasm_valtype_t::new(type_of(kind)?)))))
}

/// The kind of its values. A type of a module that no value can have answers
/// with a number outside `wasm_valkind_enum`: 4 for a vector of 128 bits, 255
/// for a reference of another type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_valtype_kind(ty: Option<&wasm_valtype_t>) -> wasm_valkind_t {
    enter(|| Ok(kind_of(need(ty, "type")?.ty)))
}

/// The name of a kind of values, such as `s8`, as modules write it. Static text,
/// NUL-terminated; NULL for a number that is no kind.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_valkind_name(kind: wasm_valkind_t) -> *const c_char {
    enter(|| Ok(value_kind_name(kind).map_or(null(), CStr::as_ptr)))
}

/// A function type. Both vectors are consumed, also on failure; NULL is an
/// empty one. NULL for more than 1,000 parameters or results, which no function of
/// a module has. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_functype_new(
    params: *mut wasm_valtype_vec_t,
    results: *mut wasm_valtype_vec_t,
) -> Option<Box<wasm_functype_t>> {
    enter(|| {
        // SAFETY: the header demands vectors that own their elements.
        let (params, results) = unsafe { (Owned::take(params), Owned::take(results)) };
        let (params, results) = (val_types(&params, "params")?, val_types(&results, "results")?);
        Ok(Some(wasm_functype_t::boxed(TypeObj::func(func_type(&params, &results)?))))
    })
}

fn val_types(types: &Owned<wasm_valtype_vec_t>, name: &str) -> Result<Vec<wasm_valtype_t>> {
    // SAFETY: the vector is owned, and so are its elements.
    let types = unsafe { items(types.as_ptr(), name) }?;
    check_count(types.len(), name)?;
    // SAFETY: as above.
    types.iter().map(|ty| Ok(need(unsafe { ty.as_ref() }, name)?.clone())).collect()
}

/// Checks that a function can have so many values, before a list is made of them.
pub fn check_count(count: usize, name: &str) -> Result<()> {
    if count <= FuncType::MOST_VALUES {
        return Ok(());
    }
    let message = format!("no function has {count} {name}");
    Err(Error::new(ErrorKind::OutOfRange, message))
}

/// A function type; a component's, where values with parts are in it.
fn func_type(params: &[wasm_valtype_t], results: &[wasm_valtype_t]) -> Result<FuncType> {
    let kinds = |types: &[wasm_valtype_t]| types.iter().map(|ty| ty.ty).collect::<Vec<_>>();
    if !params.iter().chain(results).any(|ty| ty.ty.is_composite()) {
        return Ok(FuncType::new(kinds(params), kinds(results)));
    }
    let fields = |types: &[wasm_valtype_t]| {
        let types = types.iter().map(|ty| {
            let tree = ty.tree.clone().or_else(|| Type::plain(ty.ty));
            let tree = tree.ok_or_else(|| {
                let message = format!("components have no values of type {}", ty.ty);
                Error::new(ErrorKind::Unsupported, message)
            })?;
            Ok(("".into(), tree))
        });
        Ok::<_, Error>(Arc::new(Fields::new(types.collect::<Result<Vec<_>>>()?)))
    };
    Ok(Signature { params: fields(params)?, results: fields(results)? }.into())
}

/// The parameters, borrowed from the type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_functype_params(ty: Option<&wasm_functype_t>) -> *const wasm_valtype_vec_t {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Func(func) => Ok(std::ptr::from_ref(&func.lists().params)),
        _ => Ok(null()),
    })
}

/// The results, borrowed from the type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_functype_results(ty: Option<&wasm_functype_t>) -> *const wasm_valtype_vec_t {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Func(func) => Ok(std::ptr::from_ref(&func.lists().results)),
        _ => Ok(null()),
    })
}

/// What a parameter is called, borrowed from the type. NULL where it has no name,
/// or there is no such parameter. Not NUL-terminated.
///
/// Text modules can name the parameters of adapters; binary modules cannot, and
/// types that are made here have no names. Names do not make types differ.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_functype_param_name(
    ty: Option<&wasm_functype_t>,
    index: usize,
) -> *const wasm_name_t {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Func(func) if func.ty.param_name(index).is_some() => {
            Ok(func.lists().names.get(index).map_or(null(), std::ptr::from_ref))
        }
        _ => Ok(null()),
    })
}

/// A global type. The content is consumed; `mutability` is one of
/// `wasm_mutability_enum`. NULL for a content of an interface kind: no global
/// holds such values. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_globaltype_new(
    content: Option<Box<wasm_valtype_t>>,
    mutability: wasm_mutability_t,
) -> Option<Box<wasm_globaltype_t>> {
    enter(|| {
        let content = need(content, "content")?;
        if !content.ty.is_core() {
            let message = format!("a global cannot hold values of type {}", content.ty);
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let mutable = match mutability {
            0 => false,
            1 => true,
            _ => {
                let message = format!("{mutability} is no mutability");
                return Err(Error::new(ErrorKind::UnknownKind, message));
            }
        };
        Ok(Some(wasm_globaltype_t::boxed(TypeObj::Global { content: *content, mutable })))
    })
}

/// What it holds, borrowed from the type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_globaltype_content(
    ty: Option<&wasm_globaltype_t>,
) -> Option<&wasm_valtype_t> {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Global { content, .. } => Ok(Some(content)),
        _ => Ok(None),
    })
}

/// Whether it can be set.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_globaltype_mutability(ty: Option<&wasm_globaltype_t>) -> wasm_mutability_t {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Global { mutable, .. } => Ok(*mutable as u8),
        _ => Ok(0),
    })
}

/// A table type. The element is consumed, and must be a reference, else NULL;
/// the limits are copied as they are. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_tabletype_new(
    element: Option<Box<wasm_valtype_t>>,
    limits: Option<&wasm_limits_t>,
) -> Option<Box<wasm_tabletype_t>> {
    enter(|| {
        let element = need(element, "element")?;
        let limits = *need(limits, "limits")?;
        if !element.ty.is_ref() {
            let message = format!("a table holds references, not values of type {}", element.ty);
            return Err(Error::new(ErrorKind::WrongKind, message));
        }
        Ok(Some(wasm_tabletype_t::boxed(TypeObj::Table { element: *element, limits })))
    })
}

/// What it holds, borrowed from the type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_tabletype_element(ty: Option<&wasm_tabletype_t>) -> Option<&wasm_valtype_t> {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Table { element, .. } => Ok(Some(element)),
        _ => Ok(None),
    })
}

/// Its limits, borrowed from the type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_tabletype_limits(ty: Option<&wasm_tabletype_t>) -> Option<&wasm_limits_t> {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Table { limits, .. } => Ok(Some(limits)),
        _ => Ok(None),
    })
}

/// A memory type; the limits are copied as they are. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memorytype_new(
    limits: Option<&wasm_limits_t>,
) -> Option<Box<wasm_memorytype_t>> {
    enter(|| {
        let limits = *need(limits, "limits")?;
        let ty = TypeObj::Memory { limits, wide: false, shared: false };
        Ok(Some(wasm_memorytype_t::boxed(ty)))
    })
}

/// Its limits, borrowed from the type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_memorytype_limits(ty: Option<&wasm_memorytype_t>) -> Option<&wasm_limits_t> {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Memory { limits, .. } => Ok(Some(limits)),
        _ => Ok(None),
    })
}

/// A tag type. The function type is consumed. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_tagtype_new(
    ty: Option<Box<wasm_functype_t>>,
) -> Option<Box<wasm_tagtype_t>> {
    enter(|| Ok(Some(wasm_tagtype_t::boxed(TypeObj::Tag { ty: need(ty, "type")? }))))
}

/// What is thrown, borrowed from the type.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_tagtype_functype(ty: Option<&wasm_tagtype_t>) -> Option<&wasm_functype_t> {
    enter(|| match need(ty, "type")?.ty() {
        TypeObj::Tag { ty } => Ok(Some(&**ty)),
        _ => Ok(None),
    })
}

/// The name of a kind of imports and exports, such as `memory`. Static text,
/// NUL-terminated; NULL for a number that is no kind.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_externkind_name(kind: wasm_externkind_t) -> *const c_char {
    let names = [c"func", c"global", c"table", c"memory", c"tag"];
    names.get(usize::from(kind)).map_or(null(), |name| name.as_ptr())
}

/// Writes a type to `out` as messages have it: `func (name: string) -> (u32)`,
/// `memory 1 16`, `global mut i64`, `table 1 funcref`; of a component's function as WIT
/// has it. An empty vector on failure. Owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_externtype_print(
    ty: Option<&wasm_externtype_t>,
    out: *mut wasm_name_t,
) {
    enter(|| {
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { vec::new_empty(out) }?;
        let ty = need(ty, "type")?.ty();
        let ty = match ty {
            TypeObj::Func(func) => ExternType::Func(func.ty.clone()),
            TypeObj::Global { .. } => ExternType::Global(ty.to_global()?),
            TypeObj::Table { .. } => ExternType::Table(ty.to_table()?),
            TypeObj::Memory { .. } => ExternType::Memory(ty.to_memory()?),
            TypeObj::Tag { ty } => ExternType::Tag(ty.ty().to_func()?.clone()),
        };
        // SAFETY: as above.
        unsafe { write(out, "out", from_bytes(ty.to_string().as_bytes())?) }
    })
}

/// Which kind of type it is, one of `wasm_externkind_enum`.
#[unsafe(no_mangle)]
pub extern "C" fn wasm_externtype_kind(ty: Option<&wasm_externtype_t>) -> wasm_externkind_t {
    enter(|| Ok(need(ty, "type")?.ty().kind()))
}
