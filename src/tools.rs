//! What can be done with a module without running it: the commands of the
//! `witrt` program, as functions.
//!
//! Each takes a module's bytes in any format the library loads: a core binary,
//! a core binary with an interface section, or text. Those that are not about an
//! interface section take components, too.

use crate::abi::Convention;
use crate::error::Result;
#[cfg(feature = "component")]
use crate::frontend::component;
use crate::frontend::{self, Bodies, FEATURES, File};
use crate::types::{ExportType, ImportType, wit};

/// Checks a module: its syntax, its core, and its interface against the core.
///
/// # Errors
///
/// The first violation found, with its place.
pub fn check(bytes: &[u8]) -> Result<()> {
    #[cfg(feature = "component")]
    if let Some(binary) = component::binary(bytes)? {
        return component::check(&binary, FEATURES);
    }
    File::read(bytes)?.check(FEATURES, Bodies::Check, &Convention::SECTION)?;
    Ok(())
}

/// Whether this is a component, binary or text, or a core module that describes one.
pub fn is_component(bytes: &[u8]) -> bool {
    #[cfg(feature = "component")]
    return !matches!(component::binary(bytes), Ok(None));
    #[cfg(not(feature = "component"))]
    return bytes.starts_with(b"\0asm\x0d\0\x01\0");
}

/// Makes a binary of text; a binary is returned as it came. Indices and types
/// are not checked: [`check`] does that.
///
/// # Errors
///
/// If the syntax is wrong or a name is unknown.
pub fn assemble(bytes: &[u8]) -> Result<Vec<u8>> {
    #[cfg(feature = "component")]
    if let Some(binary) = component::written(bytes)? {
        return Ok(binary.into_owned());
    }
    Ok(File::read(bytes)?.to_binary().into_owned())
}

/// Makes text of a module, the interface last and without abbreviations. As
/// with [`assemble`], indices and types are not checked. An interface of no
/// items has no text form, and is left out.
///
/// # Errors
///
/// If the syntax is wrong.
#[cfg(feature = "cli")]
pub fn print(bytes: &[u8]) -> Result<String> {
    #[cfg(feature = "component")]
    if let Some(binary) = component::written(bytes)? {
        return component::print(&binary);
    }
    File::read(bytes)?.to_text()
}

/// The core module as a binary, without its interface.
///
/// # Errors
///
/// If the syntax is wrong.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>> {
    Ok(File::read(bytes)?.without_interface())
}

/// A core module, binary or text, with a face in it: what loads with the types and by
/// the convention that the face tells. It takes the place of one that is there already.
///
/// # Errors
///
/// Where one of them does not parse, or the face does not fit the module, with line and
/// column in the face; [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where
/// this library was built without faces.
pub fn attach(bytes: &[u8], face: &str) -> Result<Vec<u8>> {
    #[cfg(feature = "attach")]
    {
        let attached = frontend::attach(bytes, face)?;
        frontend::load(&attached, FEATURES)?;
        Ok(attached)
    }
    #[cfg(not(feature = "attach"))]
    {
        let _ = (bytes, face);
        let message = "this library was built without faces";
        Err(crate::Error::new(crate::ErrorKind::Unsupported, message))
    }
}

/// The face that is in a module, if there is one.
///
/// # Errors
///
/// If the syntax is wrong.
pub fn face(bytes: &[u8]) -> Result<Option<String>> {
    File::read(bytes)?.face()
}

/// A face for a module, to be filled in: by what it imports and exports it is told which
/// convention that is likely to be. Its functions stand in it as comments, with the
/// types that they have in core code.
///
/// # Errors
///
/// If the module is no core module; [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported)
/// where this library was built without faces.
pub fn guess(bytes: &[u8]) -> Result<String> {
    #[cfg(feature = "attach")]
    return frontend::guess(bytes);
    #[cfg(not(feature = "attach"))]
    {
        let _ = bytes;
        let message = "this library was built without faces";
        Err(crate::Error::new(crate::ErrorKind::Unsupported, message))
    }
}

/// The printed form of what the runtime would do: imports, exports, and the
/// adapters as steps on numbered slots. It is for people, and may change.
///
/// # Errors
///
/// As for [`check`].
pub fn plan(bytes: &[u8]) -> Result<String> {
    Ok(frontend::load(bytes, FEATURES)?.to_string())
}

/// What a module asks for and what it offers, as a WIT world. What WIT cannot say
/// is in comments. Of a component it is all that its types tell, with their names and
/// the interfaces that they are of. It is for people, and may change.
///
/// # Errors
///
/// As for [`check`].
pub fn wit(bytes: &[u8]) -> Result<String> {
    #[cfg(feature = "component")]
    if let Some(binary) = component::binary(bytes)? {
        component::check(&binary, FEATURES)?;
        return component::wit(&binary);
    }
    let (imports, exports) = inspect(bytes)?;
    Ok(wit::world(&imports, &exports))
}

/// What a module asks for and what it offers, in order.
///
/// # Errors
///
/// As for [`check`].
pub fn inspect(bytes: &[u8]) -> Result<(Vec<ImportType>, Vec<ExportType>)> {
    let program = frontend::load(bytes, FEATURES)?;
    Ok((
        program.imports.into_iter().map(|i| i.ty).collect(),
        program.exports.into_iter().map(|e| e.ty).collect(),
    ))
}
