//! Numbers that an object with the buffer protocol holds: `bytes`, `bytearray`,
//! `memoryview`, `array`, arrays of NumPy and ctypes. They are read where they lie.
//!
//! Not here: other lists.

use crate::error::Fault;
use pyo3::buffer::ElementType;
use pyo3::ffi;
use pyo3::prelude::*;
use std::ffi::{CStr, c_char, c_void};
use witrt::ErrorKind;
use witrt::tree::kind::*;

/// Memory that an object lends, for as long as this is there. Other threads, and the
/// guest's own host functions, had better leave it alone meanwhile. What has gaps, as every other
/// element of an array has, is a copy.
pub struct Buffer(Box<ffi::Py_buffer>, Option<Vec<u8>>);

impl Buffer {
    /// What an object lends, read-only or not, or the exception that it raises.
    fn new(value: &Bound<'_, PyAny>) -> PyResult<Buffer> {
        let mut view = Box::new(ffi::Py_buffer::new());
        // SAFETY: it is an object, and the view is there, and stays where it is.
        let got =
            unsafe { ffi::PyObject_GetBuffer(value.as_ptr(), &raw mut *view, ffi::PyBUF_FULL_RO) };
        match got {
            0 => Ok(Buffer(view, None)),
            _ => Err(PyErr::fetch(value.py())),
        }
    }

    pub fn start(&self) -> *const c_void {
        self.1.as_ref().map_or(self.0.buf.cast_const(), |copy| copy.as_ptr().cast())
    }

    /// Puts its elements side by side.
    fn close_gaps(&mut self, py: Python<'_>) -> PyResult<()> {
        let len = self.0.len;
        let mut copy = vec![0; len as usize];
        // SAFETY: the object has filled the view, and so many bytes are to be written.
        let done = unsafe {
            let order = b'C' as c_char;
            ffi::PyBuffer_ToContiguous(copy.as_mut_ptr().cast(), &raw const *self.0, len, order)
        };
        self.1 = Some(copy);
        if done == 0 { Ok(()) } else { Err(PyErr::fetch(py)) }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match self.0.len {
            // There need not be an address.
            0 => &[],
            // SAFETY: without gaps, which `get` has seen to, so many bytes are there for as
            // long as this is.
            len => unsafe { std::slice::from_raw_parts(self.start().cast(), len as usize) },
        }
    }

    /// How many elements there are.
    pub fn count(&self) -> usize {
        self.0.len as usize / self.item_size()
    }

    fn item_size(&self) -> usize {
        (self.0.itemsize as usize).max(1)
    }

    /// Whether there is nothing in between: where no strides are told, as by ctypes, there
    /// is not.
    fn is_contiguous(&self) -> bool {
        // SAFETY: the object has filled the view.
        unsafe { ffi::PyBuffer_IsContiguous(&raw const *self.0, b'C' as c_char) == 1 }
    }

    /// How its elements are written, as the module `struct` has it.
    fn format(&self) -> &CStr {
        match self.0.format.is_null() {
            true => c"B",
            // SAFETY: the object has given text that a zero ends, for as long as it lends.
            false => unsafe { CStr::from_ptr(self.0.format) },
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the object has filled the view, which is given back once.
        Python::attach(|_| unsafe { ffi::PyBuffer_Release(&raw mut *self.0) });
    }
}

/// The numbers of this kind that an object lends; `None` where it lends nothing.
pub fn get(value: &Bound<'_, PyAny>, kind: u8) -> Result<Option<Buffer>, Fault> {
    // SAFETY: it is an object, whose type is looked at.
    if unsafe { ffi::PyObject_CheckBuffer(value.as_ptr()) } == 0 {
        return Ok(None);
    }
    let mut buffer = Buffer::new(value).map_err(|raised| {
        let of = value.get_type();
        Fault::new(ErrorKind::WrongKind, format!("the buffer of a {of} cannot be had: {raised}"))
    })?;
    let refuse = |found: String| {
        let message = format!("expected a buffer of {}, found {found}", name(kind));
        Err(Fault::new(ErrorKind::WrongKind, message))
    };
    if buffer.0.ndim != 1 {
        return refuse(format!("one of {} dimensions", buffer.0.ndim));
    }
    // The library reads whole numbers of this machine's, whatever the object says of them.
    let format = buffer.format();
    let is_own = is_own_order(format.to_bytes()) || width(kind) == 1;
    let element = ElementType::from_format(format);
    if !is_own || buffer.item_size() != width(kind) || !fits(kind, element) {
        return refuse(format!("one of format {:?}", format.to_string_lossy()));
    }
    if !buffer.is_contiguous() {
        buffer.close_gaps(value.py())?;
    }
    Ok(Some(buffer))
}

/// Whether a format does not ask for the other order of bytes, as the module `struct`
/// writes it.
fn is_own_order(format: &[u8]) -> bool {
    match format.first() {
        Some(b'<') => cfg!(target_endian = "little"),
        Some(b'>' | b'!') => cfg!(target_endian = "big"),
        _ => true,
    }
}

fn fits(kind: u8, element: ElementType) -> bool {
    use ElementType::{Bool, Float, SignedInteger as Signed, UnsignedInteger as Unsigned};
    match element {
        Bool => kind == BOOL,
        Signed { bytes } => matches!((kind, bytes), (S8, 1) | (S16, 2) | (S32, 4) | (S64, 8)),
        Unsigned { bytes } => matches!((kind, bytes), (U8, 1) | (U16, 2) | (U32, 4) | (U64, 8)),
        Float { bytes } => matches!((kind, bytes), (F32, 4) | (F64, 8)),
        ElementType::Unknown => false,
    }
}

/// Numbers that are put side by side.
pub struct Packed(Vec<u8>, usize);

impl Packed {
    pub fn new(kind: u8, count: usize) -> Packed {
        let width = width(kind);
        Packed(Vec::with_capacity(width.saturating_mul(count)), width)
    }

    /// Puts the next one there.
    pub fn push(&mut self, bits: u64) {
        match self.1 {
            1 => self.0.push(bits as u8),
            2 => self.0.extend_from_slice(&(bits as u16).to_ne_bytes()),
            4 => self.0.extend_from_slice(&(bits as u32).to_ne_bytes()),
            _ => self.0.extend_from_slice(&bits.to_ne_bytes()),
        }
    }

    pub fn start(&self) -> *const c_void {
        self.0.as_ptr().cast()
    }
}
