//! The interface section becomes a [`Model`].
//!
//! Every number is a claim of whoever made the file: nothing is reserved from
//! a count, and no read leaves the bytes of its item.
//!
//! Not here: what indices and types mean.

use super::core::{Layout, SECTION};
use super::faults::interface_fault;
use super::model::{
    END, ExportItem, FuncItem, ImplementItem, ImportItem, Instr, Model, TypeItem, by_code,
};
use crate::error::{Error, Result};
use crate::types::{FuncType, ValType};

/// The only version of the format there is.
pub(crate) const VERSION: &str = "0.1.0";

/// Subsections in the order of their ids, which they must keep.
const SUBSECTIONS: [&str; 5] = ["type", "import", "func", "export", "implement"];

/// Reads the interface section of a binary module, if it has one.
pub(crate) fn read(bytes: &[u8], layout: &Layout) -> Result<Option<Model>> {
    let Some(section) = &layout.interface else { return Ok(None) };
    let contents = &section.contents;
    let mut reader = Reader { bytes: &bytes[contents.clone()], at: contents.start };

    let at = reader.at;
    let version = reader.name().map_err(|e| e.context("schema version"))?;
    if version != VERSION {
        let message = format!(
            "schema version {version:?} is not supported, the supported one is {VERSION:?}"
        );
        return Err(interface_fault(at, message));
    }
    if let Some((name, at)) = layout.late
        && !reader.is_empty()
    {
        let message = format!("the {name} section comes after the `{SECTION}` section");
        return Err(interface_fault(at, message));
    }
    let mut model = Model::default();
    let mut next = 0;
    while !reader.is_empty() {
        let at = reader.at;
        let id = reader.byte()?;
        let Some(name) = SUBSECTIONS.get(id as usize) else {
            return Err(interface_fault(at, format!("unknown subsection id {id}")));
        };
        if id < next {
            return Err(interface_fault(at, format!("{name} subsection is out of order")));
        }
        next = id + 1;
        let contents = reader.sized().map_err(|e| e.context(format_args!("{name} subsection")))?;
        subsection(id, contents, &mut model)?;
    }
    Ok(Some(model))
}

fn subsection(id: u8, mut reader: Reader<'_>, model: &mut Model) -> Result<()> {
    let in_subsection =
        |e: Error| e.context(format_args!("{} subsection", SUBSECTIONS[id as usize]));
    let count = reader.u32().map_err(in_subsection)?;
    for n in 0..count as usize {
        let at = reader.at;
        let (what, number, result) = match id {
            0 => ("adapter type", n, reader.type_item(at).map(|i| model.types.push(i))),
            1 => ("adapter import", n, reader.import_item(at).map(|i| model.imports.push(i))),
            2 => {
                let number = n + model.imports.len();
                ("adapter func", number, reader.func_item(at).map(|i| model.funcs.push(i)))
            }
            3 => ("adapter export", n, reader.export_item(at).map(|i| model.exports.push(i))),
            _ => ("implement", n, reader.implement_item(at).map(|i| model.implements.push(i))),
        };
        result.map_err(|e| e.context(format_args!("{what} {number}")))?;
    }
    reader.finish().map_err(in_subsection)
}

/// Some bytes of the file, and where in it they stand.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn type_item(&mut self, at: usize) -> Result<TypeItem> {
        let (params, results) = (self.valtypes()?, self.valtypes()?);
        Ok(TypeItem { ty: FuncType::new(params, results), at })
    }

    fn import_item(&mut self, at: usize) -> Result<ImportItem> {
        let (module, name) = (self.name()?.to_owned(), self.name()?.to_owned());
        Ok(ImportItem { module, name, ty: self.u32()?, named: None, at })
    }

    fn func_item(&mut self, start: usize) -> Result<FuncItem> {
        let mut reader = self.sized()?;
        let ty = reader.u32()?;
        let mut body = Vec::new();
        loop {
            let at = reader.at;
            let code = reader.byte()?;
            if code == END {
                reader.finish()?;
                return Ok(FuncItem { ty, named: None, body, at: start, end: at });
            }
            let Some(def) = by_code(code) else {
                return Err(interface_fault(at, format!("unknown instruction {code:#04x}")));
            };
            let mut imms = [0; 2];
            for imm in &mut imms[..def.imms.len()] {
                *imm = reader.u32()?;
            }
            body.push(Instr { def, imms, at });
        }
    }

    fn export_item(&mut self, at: usize) -> Result<ExportItem> {
        let func = self.u32()?;
        Ok(ExportItem { func, name: self.name()?.to_owned(), at })
    }

    fn implement_item(&mut self, at: usize) -> Result<ImplementItem> {
        Ok(ImplementItem { core_func: self.u32()?, adapter_func: self.u32()?, at })
    }

    fn valtypes(&mut self) -> Result<Vec<ValType>> {
        let count = self.u32()?;
        let mut types = Vec::new();
        for _ in 0..count {
            let at = self.at;
            let code = self.byte()?;
            match ValType::BY_BYTE.get(code as usize) {
                Some(&ty) => types.push(ty),
                None => return Err(interface_fault(at, format!("unknown value type {code:#04x}"))),
            }
        }
        Ok(types)
    }

    fn name(&mut self) -> Result<&'a str> {
        let Reader { bytes, at } = self.sized()?;
        std::str::from_utf8(bytes)
            .map_err(|e| interface_fault(at + e.valid_up_to(), "a name is not valid UTF-8"))
    }

    /// A length, and that many bytes.
    fn sized(&mut self) -> Result<Reader<'a>> {
        let len = self.u32()? as usize;
        let at = self.at;
        match self.bytes.split_at_checked(len) {
            Some((bytes, rest)) => {
                (self.bytes, self.at) = (rest, at + len);
                Ok(Reader { bytes, at })
            }
            None => {
                let left = self.bytes.len();
                let message = format!("unexpected end: {len} bytes are announced, {left} are left");
                Err(interface_fault(at, message))
            }
        }
    }

    /// LEB128. Padding is tolerated as far as producers of this format went.
    fn u32(&mut self) -> Result<u32> {
        let at = self.at;
        let mut value = 0u128;
        for i in 0..10 {
            let byte = self.byte()?;
            value |= u128::from(byte & 0x7f) << (7 * i);
            if byte & 0x80 == 0 {
                return u32::try_from(value)
                    .map_err(|_| interface_fault(at, "a number does not fit in 32 bits"));
            }
        }
        Err(interface_fault(at, "a number is longer than 10 bytes"))
    }

    fn byte(&mut self) -> Result<u8> {
        match self.bytes.split_first() {
            Some((&byte, rest)) => {
                (self.bytes, self.at) = (rest, self.at + 1);
                Ok(byte)
            }
            None => Err(interface_fault(self.at, "unexpected end")),
        }
    }

    fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn finish(&self) -> Result<()> {
        match self.bytes.len() {
            0 => Ok(()),
            left => Err(interface_fault(self.at, format!("trailing bytes: {left}"))),
        }
    }
}
