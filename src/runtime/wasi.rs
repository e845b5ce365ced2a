//! Which imports are left to the WASI of a store.
//!
//! Not here: what WASI does.

use super::externs::Extern;
use super::missing::missing_imports;
use super::module::Module;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::context::Cx;
#[cfg(feature = "wasi")]
use crate::guest::value::Func;
use crate::types::{ExternType, ImportType};
use crate::wasi;

/// Whether an import is one that a store's WASI may supply.
fn is_left(module: &Module, import: &ImportType) -> bool {
    match module.is_component() {
        true => wasi::is_given(&import.module),
        false => import.module == wasi::PREVIEW_1 && is_core(import),
    }
}

/// Whether an import is a function of core types: where a face gives one others, it is the
/// host that supplies it.
fn is_core(import: &ImportType) -> bool {
    match &import.ty {
        ExternType::Func(ty) => ty.params().iter().chain(ty.results()).all(|ty| ty.is_core()),
        _ => false,
    }
}

/// Whether the store's WASI supplies an import where nobody else does.
pub(super) fn supplies(cx: &Cx<'_>, module: &Module, import: &ImportType) -> bool {
    has_wasi(cx) && is_left(module, import)
}

/// Whether the store was given WASI.
pub(super) fn has_wasi(cx: &Cx<'_>) -> bool {
    #[cfg(feature = "wasi")]
    return cx.data().wasi.by_host.is_some();
    #[cfg(not(feature = "wasi"))]
    {
        let _ = cx;
        false
    }
}

/// Imports by place, where those that WASI supplies may have been left out.
pub(super) fn placed(cx: &Cx<'_>, module: &Module, imports: &[Extern]) -> Vec<Option<Extern>> {
    let all = module.imports().len();
    let mut given = imports.iter().cloned();
    if has_wasi(cx) && imports.len() < all {
        let own = |import: &&ImportType| !is_left(module, import);
        if module.imports().filter(own).count() == imports.len() {
            let at = |import| if is_left(module, import) { None } else { given.next() };
            return module.imports().map(at).collect();
        }
    }
    given.map(Some).collect()
}

/// What instances of this module have of the system, if they use it: the number of
/// their context.
///
/// # Errors
///
/// [`ErrorKind::MissingImport`] for what is left out and is not WASI's.
pub(super) fn supply(
    cx: &mut Cx<'_>,
    module: &Module,
    imports: &mut [Option<Extern>],
) -> Result<Option<usize>> {
    let missing = |import: &ImportType, found: &Option<Extern>| {
        found.is_none() && !supplies(cx, module, import)
    };
    let at = module.imports().zip(&*imports).position(|(import, found)| missing(import, found));
    if let Some(at) = at {
        let all = || module.imports().zip(&*imports).filter(|(i, f)| missing(i, f)).map(|(i, _)| i);
        let error = missing_imports(all());
        let hint = match all().find(|import| wasi::is_named(&import.module)) {
            Some(import) if is_left(module, import) => "; this store was not given WASI".into(),
            Some(import) if !module.is_component() && !is_core(import) => {
                "; WASI supplies it where a face gives it no types".into()
            }
            Some(import) => format!("; WASI has no {:?} here", import.module),
            None => String::new(),
        };
        let error = Error::new(ErrorKind::MissingImport, format!("{}{hint}", error.message()));
        return Err(error.at_argument(at));
    }
    #[cfg(feature = "wasi")]
    return given(cx, module, imports);
    #[cfg(not(feature = "wasi"))]
    Ok(None)
}

#[cfg(feature = "wasi")]
fn given(
    cx: &mut Cx<'_>,
    module: &Module,
    imports: &mut [Option<Extern>],
) -> Result<Option<usize>> {
    let Some(by_host) = cx.data().wasi.by_host.clone() else { return Ok(None) };
    if module.is_component() || imports.iter().all(Option::is_some) {
        return Ok(None);
    }
    let context = wasi::Context::new(&by_host)?;
    let number = cx.data().wasi.contexts.len();
    cx.data_mut().wasi.contexts.push(Some(Box::new(context)));
    let mut unknown = Vec::new();
    for (import, found) in module.imports().zip(imports).filter(|(_, found)| found.is_none()) {
        match wasi::preview1::function(&mut *cx, &import.name, number) {
            Some(func) => *found = Some(Extern::Func(Func::from_core(cx, func, None))),
            None => unknown.push(import),
        }
    }
    if unknown.is_empty() {
        return Ok(Some(number));
    }
    let error = missing_imports(unknown.into_iter());
    give_up(cx, Some(number));
    Err(error)
}

/// Takes back what an instance was given that came to nothing: its folders are closed.
pub(super) fn give_up(cx: &mut Cx<'_>, context: Option<usize>) {
    #[cfg(feature = "wasi")]
    {
        let contexts = &mut cx.data_mut().wasi.contexts;
        let gone = context.and_then(|number| contexts.get_mut(number)?.take());
        // The host is told what it wrote, when nothing is borrowed.
        drop(gone);
    }
    let _ = (cx, context);
}

/// What a component gets of the system, if it asks for anything.
#[cfg(all(feature = "wasi", feature = "component"))]
pub(super) fn for_component(
    cx: &Cx<'_>,
    module: &Module,
    component: &crate::component::component::Component,
) -> Result<Option<crate::component::instance::Wasi>> {
    match &cx.data().wasi.by_host {
        Some(by_host) if component.interfaces().any(wasi::is_given) => {
            Ok(Some((module.engine().wasi()?, wasi::Context::new(by_host)?)))
        }
        _ => Ok(None),
    }
}

/// Gives the host what a guest wrote last.
pub(super) fn finish(cx: &Cx<'_>, context: Option<usize>) {
    #[cfg(feature = "wasi")]
    if let Some(Some(context)) = context.and_then(|number| cx.data().wasi.contexts.get(number)) {
        context.finish();
    }
    let _ = (cx, context);
}
