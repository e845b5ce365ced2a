//! The contenders that are written in C (contender.h).

use crate::contender::Contender;
use std::ffi::c_void;

/// One that is written in C.
#[repr(C)]
pub struct InC {
    this: *mut c_void,
    add: unsafe extern "C" fn(*mut c_void, i32, i32) -> i32,
    in16: unsafe extern "C" fn(*mut c_void, *const u16, usize) -> u32,
    in8: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> u32,
    out16: unsafe extern "C" fn(*mut c_void, *mut u16, usize) -> usize,
    out8: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> usize,
    back: unsafe extern "C" fn(*mut c_void, u32) -> usize,
}

// SAFETY, of all below: the pointers come from the constructor of a contender,
// whose state lives as long as the process; slices are as long as they say.
impl Contender for InC {
    fn add(&mut self, a: i32, b: i32) -> i32 {
        // SAFETY: see above.
        unsafe { (self.add)(self.this, a, b) }
    }
    fn in16(&mut self, units: &[u16]) -> u32 {
        // SAFETY: see above.
        unsafe { (self.in16)(self.this, units.as_ptr(), units.len()) }
    }
    fn in8(&mut self, bytes: &[u8]) -> u32 {
        // SAFETY: see above.
        unsafe { (self.in8)(self.this, bytes.as_ptr(), bytes.len()) }
    }
    fn out16(&mut self, units: &mut [u16]) -> usize {
        // SAFETY: see above.
        unsafe { (self.out16)(self.this, units.as_mut_ptr(), units.len()) }
    }
    fn out8(&mut self, bytes: &mut [u8]) -> usize {
        // SAFETY: see above.
        unsafe { (self.out8)(self.this, bytes.as_mut_ptr(), bytes.len()) }
    }
    fn back(&mut self, times: u32) -> usize {
        // SAFETY: see above.
        unsafe { (self.back)(self.this, times) }
    }
}

type New = unsafe extern "C" fn(*const u8, usize, bool, usize) -> InC;
type Find = unsafe extern "C" fn(*mut c_void, *const std::ffi::c_char) -> *mut c_void;

/// Declares what the build script makes of each C file.
macro_rules! contenders {
    ($($library:literal $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)+) => {
        $(#[link(name = $library, kind = "static")]
        unsafe extern "C" {
            fn $name($($arg: $type),*) -> $result;
        })+
    };
}

contenders! {
    "peers_unchecked" unchecked(wasm: *const u8, size: usize, wide: bool, room: usize) -> InC;
    "peers_buffered" buffered(wasm: *const u8, size: usize, wide: bool, room: usize) -> InC;
    "peers_checked" checked(wasm: *const u8, size: usize, wide: bool, room: usize) -> InC;
    "peers_component" component(wasm: *const u8, size: usize, wide: bool, room: usize) -> InC;
    "peers_ours" ours(find: Find, library: *mut c_void, text: *const u8, size: usize, wide: bool) -> InC;
    "peers_count" allocations(so_far: *mut usize) -> bool;
}

/// How a contender in C uses the engine.
#[derive(Clone, Copy)]
pub enum How {
    /// `wasmtime_func_call_unchecked`, and text straight into memory.
    Unchecked,
    /// The same, and text by way of a buffer.
    Buffered,
    /// `wasmtime_func_call`.
    Checked,
    /// `wasmtime_component_func_call`; the module is a component.
    Component,
}

impl InC {
    /// An instance of a module, for a host whose texts in callbacks have at most
    /// so many units.
    pub fn new(how: How, wasm: &[u8], wide: bool, room: usize) -> InC {
        let new: New = match how {
            How::Unchecked => unchecked,
            How::Buffered => buffered,
            How::Checked => checked,
            How::Component => component,
        };
        // SAFETY: the slice is as long as it says; it is not kept.
        unsafe { new(wasm.as_ptr(), wasm.len(), wide, room) }
    }

    /// An instance that this library makes of a module's text.
    pub fn ours(library: &libloading::Library, text: &[u8], wide: bool) -> InC {
        unsafe extern "C" fn find(
            library: *mut c_void,
            name: *const std::ffi::c_char,
        ) -> *mut c_void {
            // SAFETY: `library` is what is passed below, `name` a literal.
            let (library, name) = unsafe {
                (&*library.cast::<libloading::Library>(), std::ffi::CStr::from_ptr(name))
            };
            // SAFETY: it is only made a pointer.
            match unsafe { library.get::<*mut c_void>(name.to_bytes_with_nul()) } {
                Ok(symbol) => *symbol,
                Err(e) => panic!("{e}"),
            }
        }
        let library = &raw const *library;
        // SAFETY: the library outlives the process's last call; the slice is as
        // long as it says.
        unsafe { ours(find, library.cast_mut().cast(), text.as_ptr(), text.len(), wide) }
    }
}

/// How many allocations a call makes; nothing where that cannot be counted.
pub fn allocations_of(run: &mut dyn FnMut()) -> Option<f64> {
    const CALLS: usize = 8;
    // What is allocated once and used again is not a call's.
    (0..3).for_each(|_| run());
    let (mut before, mut after) = (0, 0);
    // SAFETY: it writes to the one, and later to the other.
    unsafe {
        if !allocations(&mut before) {
            return None;
        }
        (0..CALLS).for_each(|_| run());
        allocations(&mut after);
    }
    Some((after - before) as f64 / CALLS as f64)
}
