//! [`Module`]: a program and its compiled core, shared.
//!
//! Not here: instances.

#![allow(unsafe_code)] // one place: loading a compiled artefact that is trusted

use super::artefact::{Artefact, bad};
use super::config::BackEnd;
use super::exported::{Layout, exports};
use super::{Engine, expose, next_id};
use crate::abi::Convention;
use crate::codegen::{self, Compiled};
use crate::compiled::Code;
#[cfg(feature = "component")]
use crate::component::component::{Component, With};
#[cfg(feature = "component")]
use crate::component::names;
use crate::error::{Error, ErrorKind, Result};
use crate::frontend;
use crate::guest::stack::with_room;
use crate::guest::words::HostType;
use crate::plan::{Binary, Program};
#[cfg(feature = "component")]
use crate::types::ExternType;
use crate::types::{ExportType, ImportType};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
#[cfg(feature = "component")]
use std::sync::OnceLock;

/// A compiled module. It is shared: clones are the same module, any thread may
/// use it, and it may be instantiated many times in any store of its engine.
#[derive(Clone)]
pub struct Module(pub(crate) Arc<ModuleInner>);

pub(crate) struct ModuleInner {
    pub engine: Engine,
    pub id: u64,
    pub of: Of,
}

/// What a module is.
pub(crate) enum Of {
    Core(CoreModule),
    #[cfg(feature = "component")]
    Component(ComponentModule),
}

/// A core module, with or without an interface.
pub(crate) struct CoreModule {
    pub program: Arc<Program>,
    pub core: wasmtime::Module,
    pub back: Back,
    /// How much of the core's image is the engine's; see [`WHOLE`].
    code: usize,
}

/// A component, and how it looks as a module.
#[cfg(feature = "component")]
pub(crate) struct ComponentModule {
    pub component: Component,
    /// As of a [`CoreModule`].
    code: usize,
    /// What it imports and exports, once somebody has asked.
    listed: OnceLock<(Vec<ImportType>, Vec<ExportType>)>,
}

#[cfg(feature = "component")]
impl ComponentModule {
    fn listed(&self) -> &(Vec<ImportType>, Vec<ExportType>) {
        self.listed.get_or_init(|| {
            let imports = self.component.imports().iter().map(|(module, name, ty)| ImportType {
                module: module.clone(),
                name: name.clone(),
                ty: ExternType::Func(ty.clone().into()),
            });
            let exports = self.component.exports().iter().map(|export| ExportType {
                name: export.name.clone(),
                ty: ExternType::Func(export.ty.clone().into()),
            });
            (imports.collect(), exports.collect())
        })
    }
}

/// All of an image, if it was not loaded from something longer.
const WHOLE: usize = usize::MAX;

/// How its adapters run.
pub(crate) enum Back {
    Reference(Layout),
    Compiled(Arc<Code>),
}

impl Module {
    /// Compiles a module: a core binary, a core binary with an interface
    /// section, a component, or the text of any of these, which for an interface
    /// has `(@interface …)` forms. The bytes tell which; they are not kept borrowed.
    /// A core module of wit-bindgen, whose custom sections `component-type…` describe
    /// a component, becomes that component, unless it imports WASI preview 1.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedText`] and its like, with the place, for what is
    /// not a module; [`ErrorKind::InvalidCore`] and
    /// [`ErrorKind::InvalidInterface`] for one that breaks the rules.
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Module> {
        with_room(|| {
            #[cfg(feature = "component")]
            if let Some(component) = frontend::component::binary(bytes)? {
                let checked = frontend::component::check_types(&component, frontend::FEATURES)?;
                let door = engine.config().has_doors().then(|| checked.with_door(&component));
                let id = next_id();
                let component = Component::new(engine.inner(), &component, door.flatten(), id)?;
                return Ok(Module::of_component(engine, component, WHOLE));
            }
            Module::new_by(engine, bytes, Convention::SECTION)
        })
    }

    /// Compiles a core module whose guest lays values out by another convention than
    /// the interface section says.
    #[doc(hidden)]
    pub fn new_by(engine: &Engine, bytes: &[u8], convention: Convention) -> Result<Module> {
        let program = frontend::load_by(bytes, frontend::FEATURES, convention)?;
        let compile = |core: &[u8]| {
            wasmtime::Module::from_binary(engine.inner(), core)
                .map_err(|e| Error::new(ErrorKind::InvalidCore, format!("{e:#}")))
        };
        if program.wrapped && engine.config().back_end == BackEnd::Compiled {
            let (compiled, encoded) = codegen::compile(&program)?;
            // What breaks a limit of core WebAssembly is left to the reference.
            if let Ok(core) = compile(&encoded) {
                return Module::with_adapters(engine, program, core, WHOLE, compiled);
            }
        }
        Module::build(engine, program, WHOLE, compile)
    }

    fn with_adapters(
        engine: &Engine,
        mut program: Program,
        core: wasmtime::Module,
        code: usize,
        compiled: Compiled,
    ) -> Result<Module> {
        program.calls = None; // the core has been encoded
        if let Some(source) = program.source.take() {
            program.core = source.binary;
        }
        let program = Arc::new(program);
        let exports = exports(&program, &compiled, &core)?;
        // The intrinsics are imported last.
        let imported = core.imports().len().saturating_sub(compiled.intrinsics.len());
        let types = core.imports().skip(imported).filter_map(|import| match import.ty() {
            wasmtime::ExternType::Func(ty) => Some(HostType::new(ty)),
            _ => None,
        });
        let types = types.collect();
        let back = Code { program: program.clone(), compiled, types, exports };
        let back = Back::Compiled(Arc::new(back));
        Ok(Module::of_core(engine, CoreModule { program, core, back, code }))
    }

    /// Compiles the module in a file, which holds anything that [`Module::new`]
    /// takes.
    ///
    /// # Errors
    /// [`ErrorKind::UnreadableFile`] if there is no such file, or it cannot be
    /// read; else as [`Module::new`]. The message names the path.
    pub fn from_file(engine: &Engine, path: impl AsRef<Path>) -> Result<Module> {
        let path = path.as_ref();
        let read = read(path).map_err(|e| Error::new(ErrorKind::UnreadableFile, e.to_string()));
        let made = read.and_then(|bytes| Module::new(engine, &bytes));
        made.map_err(|error| error.context(path.display()))
    }

    /// Compiles a core module, binary or text, by a face: types for its functions and
    /// the convention by which their values travel, in TOML as `docs/guests.md` has it.
    /// The module is then like one with an interface section, and has the face in it
    /// when it is serialized.
    ///
    /// # Errors
    /// As [`Module::new`]; for a face that does not parse, and for one that does not
    /// fit the core, [`ErrorKind::MalformedInterface`] and
    /// [`ErrorKind::InvalidInterface`] with line and column in the face;
    /// [`ErrorKind::Unsupported`] where this library was built without faces.
    pub fn attach(engine: &Engine, bytes: &[u8], face: &str) -> Result<Module> {
        #[cfg(feature = "attach")]
        return Module::new(engine, &frontend::attach(bytes, face)?);
        #[cfg(not(feature = "attach"))]
        {
            let _ = (engine, bytes, face);
            Err(Error::new(ErrorKind::Unsupported, "this library was built without faces"))
        }
    }

    /// Checks a module without compiling it.
    ///
    /// # Errors
    /// As [`Module::new`].
    pub fn validate(_engine: &Engine, bytes: &[u8]) -> Result<()> {
        with_room(|| {
            #[cfg(feature = "component")]
            if let Some(component) = frontend::component::binary(bytes)? {
                return frontend::component::check(&component, frontend::FEATURES);
            }
            frontend::load(bytes, frontend::FEATURES).map(|_| ())
        })
    }

    fn build(
        engine: &Engine,
        mut program: Program,
        code: usize,
        compile: impl FnOnce(&[u8]) -> Result<wasmtime::Module>,
    ) -> Result<Module> {
        let (core, prefix, code_offset) = if program.wrapped {
            let exposed = expose::expose(&program)?;
            let code = exposed.code_offset;
            if let Some(source) = program.source.take() {
                (program.core, program.code) = (source.binary, source.code);
            }
            (compile(&exposed.bytes)?, exposed.prefix, code)
        } else {
            (compile(&program.core)?, String::new(), program.code)
        };
        let layout = Layout::new(&program, &core, &prefix, code_offset)?;
        let (program, back) = (Arc::new(program), Back::Reference(layout));
        Ok(Module::of_core(engine, CoreModule { program, core, back, code }))
    }

    fn of_core(engine: &Engine, core: CoreModule) -> Module {
        let (engine, id) = (engine.clone(), next_id());
        Module(Arc::new(ModuleInner { engine, id, of: Of::Core(core) }))
    }

    #[cfg(feature = "component")]
    fn of_component(engine: &Engine, component: Component, code: usize) -> Module {
        let id = component.id();
        let of = Of::Component(ComponentModule { component, code, listed: OnceLock::new() });
        Module(Arc::new(ModuleInner { engine: engine.clone(), id, of }))
    }

    /// Whether it is a component.
    pub fn is_component(&self) -> bool {
        !matches!(self.0.of, Of::Core(_))
    }

    /// The error for an export that is not there; a component's, whose function has such
    /// a name, are told.
    pub(super) fn unknown_export(&self, name: &str) -> Error {
        let message = format!("no export is named {name:?}");
        #[cfg(feature = "component")]
        if self.is_component() {
            const TOLD: usize = 5;
            let (_, wanted) = names::parts(name);
            let all = self.exports().map(|export| &*export.name);
            let alike = all.filter(|name| names::parts(name).1 == wanted);
            let alike: Vec<_> = alike.map(|name| format!("{name:?}")).take(TOLD).collect();
            if !alike.is_empty() {
                let message = format!("{message}; there is {}", alike.join(", "));
                return Error::new(ErrorKind::OutOfRange, message);
            }
        }
        Error::new(ErrorKind::OutOfRange, message)
    }

    /// The core modules that a component imports: interface and name.
    #[cfg(feature = "component")]
    pub(super) fn core_modules(&self) -> Option<&[(String, String)]> {
        match &self.0.of {
            Of::Component(of) => Some(of.component.modules()),
            Of::Core(_) => None,
        }
    }

    /// What runs its adapters; of a module without any, the reference.
    pub fn back_end(&self) -> BackEnd {
        match &self.0.of {
            Of::Core(CoreModule { back: Back::Compiled(_), .. }) => BackEnd::Compiled,
            _ => BackEnd::Reference,
        }
    }

    /// What must be supplied to instantiate it, in order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = &ImportType> {
        let at = move |i: usize| match &self.0.of {
            Of::Core(core) => &core.program.imports[i].ty,
            #[cfg(feature = "component")]
            Of::Component(component) => &component.listed().0[i],
        };
        (0..self.import_count()).map(at)
    }

    /// What an instance of it offers, in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = &ExportType> {
        let at = move |i: usize| match &self.0.of {
            Of::Core(core) => &core.program.exports[i].ty,
            #[cfg(feature = "component")]
            Of::Component(component) => &component.listed().1[i],
        };
        (0..self.export_count()).map(at)
    }

    fn import_count(&self) -> usize {
        match &self.0.of {
            Of::Core(core) => core.program.imports.len(),
            #[cfg(feature = "component")]
            Of::Component(component) => component.component.imports().len(),
        }
    }

    pub(crate) fn export_count(&self) -> usize {
        match &self.0.of {
            Of::Core(core) => core.program.exports.len(),
            #[cfg(feature = "component")]
            Of::Component(component) => component.component.exports().len(),
        }
    }

    /// The place of the export that a name means among [`Module::exports`]. Of a
    /// component, `ns:pkg/iface@1.2.3#func` is found without the version too, by a
    /// version that can stand for it, and by the function's name alone, where no
    /// other interface has one of that name.
    pub fn find_export(&self, name: &str) -> Option<usize> {
        match &self.0.of {
            Of::Core(_) => self.exports().position(|export| export.name == name),
            #[cfg(feature = "component")]
            Of::Component(component) => component.component.find(name),
        }
    }

    /// A number that no other module of this process has; see
    /// [`Frame::module`](crate::Frame::module).
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// The engine it was compiled by.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Whether both are the same module.
    pub fn same(a: &Module, b: &Module) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    /// The compiled module as bytes, for [`Module::deserialize`] or, in a file,
    /// for [`Module::deserialize_file`]. They hold the module as a binary too,
    /// so that its interface stays with it.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        let refused = |e: wasmtime::Error| {
            Error::new(ErrorKind::Unsupported, format!("this module cannot be serialized: {e:#}"))
        };
        #[cfg_attr(not(feature = "component"), allow(clippy::infallible_destructuring_match))]
        let core = match &self.0.of {
            Of::Core(core) => core,
            #[cfg(feature = "component")]
            Of::Component(ComponentModule { component, code, .. }) => {
                let mut artefact = component.engine_component().serialize().map_err(refused)?;
                artefact.truncate(*code);
                return Ok(Artefact::write_component(component.door(), artefact));
            }
        };
        let mut artefact = core.core.serialize().map_err(refused)?;
        artefact.truncate(core.code);
        let compiled = match &core.back {
            Back::Compiled(code) => Some(&code.compiled),
            Back::Reference(_) => None,
        };
        Ok(Artefact::write(&core.program, compiled, artefact))
    }

    /// The module that [`Module::serialize`] made, without compiling it. The
    /// bytes are copied.
    ///
    /// # Safety
    /// The bytes must come from [`Module::serialize`] of this library, by a
    /// way that nobody untrusted has had access to: they hold machine code
    /// that will be run. Damage by accident is found out; intent is not.
    ///
    /// # Errors
    /// [`ErrorKind::BadArtefact`] for anything else than such bytes, for
    /// damaged ones, and for those of another version, machine or
    /// configuration.
    pub unsafe fn deserialize(engine: &Engine, bytes: &[u8]) -> Result<Module> {
        let artefact = Artefact::find(bytes)?;
        let code = &bytes[..artefact.code];
        if artefact.is_component() {
            #[cfg(feature = "component")]
            {
                // SAFETY: as below.
                let component =
                    unsafe { wasmtime::component::Component::deserialize(engine.inner(), code) };
                return Module::loaded(
                    engine,
                    component.map_err(refused)?,
                    &artefact,
                    bytes,
                    WHOLE,
                );
            }
            #[cfg(not(feature = "component"))]
            return Err(bad(NO_COMPONENTS));
        }
        // SAFETY: the caller vouches for where the bytes come from, and the
        // checksum for their being whole.
        let core = unsafe { wasmtime::Module::deserialize(engine.inner(), code) };
        let source = || Binary::new(artefact.source(bytes).to_vec());
        Module::load(engine, core.map_err(refused)?, &artefact, bytes, source)
    }

    /// Loads a file that holds what [`Module::serialize`] made. The
    /// file is read once, to find damage, and then mapped and not copied: that
    /// is faster, and processes that load the same file share its memory. It
    /// stays open and mapped as long as the module or a store with an instance
    /// of it lives.
    ///
    /// # Safety
    /// As [`Module::deserialize`]. Besides, nobody may change the file or make
    /// it shorter while it is mapped: that would change the machine code. To
    /// replace it, write another file and rename it to this name; Windows
    /// refuses that, and any change, while it is mapped.
    ///
    /// # Errors
    /// [`ErrorKind::UnreadableFile`] if there is no such file, or it cannot be
    /// read; else as [`Module::deserialize`]. The message names the path.
    pub unsafe fn deserialize_file(engine: &Engine, path: impl AsRef<Path>) -> Result<Module> {
        let path = path.as_ref();
        let load = || {
            let (file, artefact) = Artefact::open(path)?;
            if artefact.is_component() {
                #[cfg(feature = "component")]
                {
                    // SAFETY: as below.
                    let component = unsafe {
                        wasmtime::component::Component::deserialize_file(engine.inner(), path)
                    };
                    let component = component.map_err(refused)?;
                    // The engine opens it once more.
                    let bytes = component_image(&component);
                    if !artefact.ends(bytes) {
                        return Err(bad("the file was replaced while it was being loaded"));
                    }
                    return Module::loaded(
                        engine,
                        component.clone(),
                        &artefact,
                        bytes,
                        artefact.code,
                    );
                }
                #[cfg(not(feature = "component"))]
                return Err(bad(NO_COMPONENTS));
            }
            // SAFETY: as in `deserialize`; the caller vouches for the file's
            // staying as it is.
            let core = unsafe { wasmtime::Module::deserialize_open_file(engine.inner(), file) };
            let mapped = core.map_err(refused)?;
            let source = || Binary::new(Source { mapped: mapped.clone(), artefact });
            Module::load(engine, mapped.clone(), &artefact, image(&mapped), source)
        };
        load().map_err(|error| error.context(path.display()))
    }

    /// A component that the engine has loaded from an artefact.
    #[cfg(feature = "component")]
    fn loaded(
        engine: &Engine,
        component: wasmtime::component::Component,
        artefact: &Artefact,
        bytes: &[u8],
        code: usize,
    ) -> Result<Module> {
        let is_used = engine.config().has_doors();
        let door = artefact.door(bytes)?.map(|door| With(door, is_used));
        let component = Component::of(engine.inner(), component, door, next_id())?;
        Ok(Module::of_component(engine, component, code))
    }

    /// Makes a module of an artefact, all of which is in `bytes`, and of what the
    /// engine has loaded from it. `source` keeps the module as a binary.
    fn load(
        engine: &Engine,
        core: wasmtime::Module,
        artefact: &Artefact,
        bytes: &[u8],
        source: impl FnOnce() -> Binary,
    ) -> Result<Module> {
        let described = match artefact.described(bytes)? {
            Some((mut program, Some(compiled))) => {
                program.core = source();
                if program.has_parts() {
                    // Types of values with parts are in the module itself.
                    program.take_names(frontend::reload(
                        &program.core,
                        frontend::FEATURES,
                        program.convention.clone(),
                    )?);
                }
                return Module::with_adapters(engine, program, core, artefact.code, compiled);
            }
            Some((program, None)) => Some(program),
            None => None,
        };
        // What is whole is what was validated when it was compiled.
        let by = described.as_ref().map_or(Convention::SECTION, |known| known.convention.clone());
        let mut program = frontend::reload(artefact.source(bytes), frontend::FEATURES, by)?;
        // Types of values with parts are in the module itself, and all names with them.
        if let Some(described) = described.filter(|_| !program.has_parts()) {
            program.take_names(described);
        }
        Module::build(engine, program, artefact.code, |_| Ok(core))
    }
}

/// Why the engine does not take what is whole.
fn refused(error: wasmtime::Error) -> Error {
    bad(&format!("{error:#}"))
}

#[cfg(not(feature = "component"))]
const NO_COMPONENTS: &str = "this is a precompiled component, and this library is built without";

/// The file that the engine has mapped.
fn image(mapped: &wasmtime::Module) -> &[u8] {
    // SAFETY: the engine keeps the image readable, unchanged and where it is as
    // long as there is a handle of the module.
    unsafe { bytes(mapped.image_range()) }
}

/// The bytes of a component's code that the engine has mapped.
#[cfg(feature = "component")]
fn component_image(mapped: &wasmtime::component::Component) -> &[u8] {
    // SAFETY: as above.
    unsafe { bytes(mapped.image_range()) }
}

/// # Safety
///
/// They must be there as long as what is returned.
unsafe fn bytes<'a>(Range { start, end }: Range<*const u8>) -> &'a [u8] {
    // SAFETY: the caller vouches for it.
    unsafe { std::slice::from_raw_parts(start, end.addr() - start.addr()) }
}

/// The module as a binary, in a file that the engine has mapped.
struct Source {
    mapped: wasmtime::Module,
    artefact: Artefact,
}

impl AsRef<[u8]> for Source {
    fn as_ref(&self) -> &[u8] {
        self.artefact.source(image(&self.mapped))
    }
}

/// What is in a file. A device is none: it may be without end.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_char_device(&std::fs::metadata(path)?.file_type()) {
        return Err(std::io::Error::other("this is a device, and no file"));
    }
    std::fs::read(path)
}
