//! Names become indices, types are found or invented, and sugar becomes plain
//! items in their final order.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use wast::Error;
use wast::parser::Result;
use wast::token::Span;

use super::grammar::{self, Body, Form, Signature, Target, TypeUse};
use super::names::{CoreNames, Names};
use crate::frontend::model::{
    ExportItem, FuncItem, Imm, ImplementItem, ImportItem, Instr, Model, TypeItem,
};
use crate::types::FuncType;

/// The model that a file's forms make up.
pub(super) fn resolve<'a>(forms: &[Form<'a>], core: &CoreNames<'a>) -> Result<Model> {
    let mut resolver = Resolver {
        core,
        model: Model::default(),
        types: Types::new(forms)?,
        funcs: Names::new("adapter func"),
        import_count: 0,
    };
    resolver.number_funcs(forms)?;
    for form in forms {
        resolver.form(form)?;
    }
    resolver.model.types = resolver.types.finish()?;
    Ok(resolver.model)
}

struct Resolver<'a, 'b> {
    core: &'b CoreNames<'a>,
    model: Model,
    types: Types<'a>,
    funcs: Names<'a>,
    import_count: usize,
}

impl<'a> Resolver<'a, '_> {
    /// Imports come first in the index space, wherever they stand.
    fn number_funcs(&mut self, forms: &[Form<'a>]) -> Result<()> {
        let is_import = |form: &&Form<'_>| matches!(form, Form::Func(f) if f.import.is_some());
        self.import_count = forms.iter().filter(is_import).count();
        let (mut import, mut body) = (0, self.import_count);
        for form in forms {
            let (id, next) = match form {
                Form::Func(func) if func.import.is_some() => (func.id, &mut import),
                Form::Func(func) => (func.id, &mut body),
                Form::Implement(grammar::Implement { body: Body::Inline(_), .. }) => {
                    (None, &mut body)
                }
                _ => continue,
            };
            self.funcs.define(id, *next)?;
            *next += 1;
        }
        Ok(())
    }

    fn form(&mut self, form: &Form<'a>) -> Result<()> {
        match form {
            // Known already.
            Form::Type(_) => {}
            Form::Func(func) => {
                let index = self.func(func)?;
                if let Some((name, at)) = &func.export {
                    let (name, at) = (name.clone(), at.offset());
                    self.model.exports.push(ExportItem { func: index, name, at });
                }
            }
            Form::Export(export) => {
                let func = self.funcs.find(&export.func)?;
                let (name, at) = (export.name.clone(), export.at.offset());
                self.model.exports.push(ExportItem { func, name, at });
            }
            Form::Implement(implement) => {
                let core_func = match &implement.target {
                    Target::Func(index) => self.core.funcs.find(index)?,
                    Target::Import { module, name, at } => {
                        self.core.find_import(module, name, *at)?
                    }
                };
                let adapter_func = match &implement.body {
                    Body::Func(index) => self.funcs.find(index)?,
                    Body::Inline(func) => self.func(func)?,
                };
                let at = implement.at.offset();
                self.model.implements.push(ImplementItem { core_func, adapter_func, at });
            }
        }
        Ok(())
    }

    /// Adds an import or a body and returns its index among all functions.
    fn func(&mut self, func: &grammar::Func<'a>) -> Result<u32> {
        let written = param_names(&func.ty.sig)?;
        let ty = self.types.resolve(&func.ty, func.at)?;
        let named = self.types.named(&func.ty, ty);
        let at = func.at.offset();
        if let Some((module, name)) = &func.import {
            let (module, name) = (module.clone(), name.clone());
            self.model.imports.push(ImportItem { module, name, ty, named, at });
            return Ok(self.model.imports.len() as u32 - 1);
        }
        let params = self.types.params(&func.ty, ty).unwrap_or(&written);
        let mut body = Vec::with_capacity(func.body.len());
        for instr in &func.body {
            let mut imms = [0; 2];
            for ((imm, index), slot) in instr.def.imms.iter().zip(&instr.imms).zip(&mut imms) {
                let names = match imm {
                    Imm::Param => params,
                    Imm::CoreFunc => &self.core.funcs,
                    Imm::CoreMemory => &self.core.memories,
                    Imm::AdapterFunc => &self.funcs,
                };
                *slot = names.find(index)?;
            }
            body.push(Instr { def: instr.def, imms, at: instr.at.offset() });
        }
        self.model.funcs.push(FuncItem { ty, named, body, at, end: func.end.offset() });
        Ok((self.import_count + self.model.funcs.len()) as u32 - 1)
    }
}

/// The adapter types: the declared ones, then those that uses imply.
struct Types<'a> {
    items: Vec<TypeItem>,
    names: Names<'a>,
    /// The first type with each signature.
    by_signature: HashMap<FuncType, u32>,
    /// Of each declared type, the names of its parameters.
    params: Vec<Names<'a>>,
    /// Uses that give both an index and a signature. An index may mean a type
    /// that a later use implies, so these are compared at the end.
    claims: Vec<(u32, FuncType, Span)>,
}

impl<'a> Types<'a> {
    fn new(forms: &[Form<'a>]) -> Result<Types<'a>> {
        let mut types = Types {
            items: Vec::new(),
            names: Names::new("type"),
            by_signature: HashMap::new(),
            params: Vec::new(),
            claims: Vec::new(),
        };
        for form in forms {
            let Form::Type(item) = form else { continue };
            let index = types.items.len();
            let (ty, at) = (item.sig.func_type(), item.at.offset());
            types.names.define(item.id, index)?;
            types.by_signature.entry(ty.clone()).or_insert(index as u32);
            types.params.push(param_names(&item.sig)?);
            types.items.push(TypeItem { ty, at });
        }
        Ok(types)
    }

    /// The index of the type that a use in the form at `at` means.
    fn resolve(&mut self, ty: &TypeUse<'a>, at: Span) -> Result<u32> {
        if let Some(index) = &ty.index {
            let number = self.names.find(index)?;
            if !ty.sig.is_empty() {
                self.claims.push((number, ty.sig.func_type(), index.span()));
            }
            return Ok(number);
        }
        match self.by_signature.entry(ty.sig.func_type()) {
            Entry::Occupied(found) => Ok(*found.get()),
            Entry::Vacant(unknown) => {
                // Each use has names of its own.
                let ty = unknown.key().clone().with_param_names::<&str>([]);
                let index = *unknown.insert(self.items.len() as u32);
                self.items.push(TypeItem { ty, at: at.offset() });
                Ok(index)
            }
        }
    }

    /// The parameter names that a use takes from the type it names.
    fn params(&self, ty: &TypeUse<'a>, index: u32) -> Option<&Names<'a>> {
        let from_type = ty.index.is_some() && ty.sig.is_empty();
        if from_type { self.params.get(index as usize) } else { None }
    }

    /// What a use writes, if it calls parameters otherwise than the type of this
    /// index does.
    fn named(&self, ty: &TypeUse<'a>, index: u32) -> Option<FuncType> {
        if ty.index.is_some() && ty.sig.is_empty() {
            return None;
        }
        let written = ty.sig.func_type();
        let item = self.items.get(index as usize);
        let same = |item: &TypeItem| item.ty.param_names().eq(written.param_names());
        if item.is_some_and(same) { None } else { Some(written) }
    }

    fn finish(self) -> Result<Vec<TypeItem>> {
        for (index, claimed, at) in self.claims {
            // Validation finds indices that are too large.
            let Some(item) = self.items.get(index as usize) else { continue };
            if item.ty != claimed {
                let message = format!(
                    "type mismatch: type {index} is {}, but {claimed} is written here",
                    item.ty
                );
                return Err(Error::new(at, message));
            }
        }
        Ok(self.items)
    }
}

fn param_names<'a>(sig: &Signature<'a>) -> Result<Names<'a>> {
    let mut names = Names::new("local");
    for (index, (id, _)) in sig.params.iter().enumerate() {
        names.define(*id, index)?;
    }
    Ok(names)
}
