//! The standard `wasm_func_call` of `add(i32, i32)`: this library's against
//! that of the engine's own C API, from the same code; and a prepared call.
//!
//!     cargo run --release --bin func_call PATH/libwitrt.so

#[path = "../standard.rs"]
mod standard;

use libloading::{Library, Symbol};
use standard::{Api, Object};
use std::ptr::null_mut;
use witrt_bench::interleaved;

/// The same function, prepared.
struct Prepared<'l> {
    call: Symbol<
        'l,
        unsafe extern "C" fn(Object, *const [u64; 2], *mut [u64; 2], *mut Object) -> bool,
    >,
    handle: Object,
}

impl<'l> Prepared<'l> {
    fn new(library: &'l Library, func: Object) -> Result<Prepared<'l>, libloading::Error> {
        type Prepare =
            unsafe extern "C" fn(Object, *const u8, usize, *const u8, usize, *mut Object) -> Object;
        // SAFETY: the header declares these names with these types, and the
        // kind of `i32` as 0.
        unsafe {
            let prepare: Symbol<'_, Prepare> = library.get(b"witrt_func_prepare")?;
            let handle = prepare(func, [0, 0].as_ptr(), 2, [0].as_ptr(), 1, null_mut());
            assert!(!handle.is_null(), "its type");
            Ok(Prepared { call: library.get(b"witrt_prepared_call")?, handle })
        }
    }

    fn call(&self) {
        let (args, mut result) = ([[40, 0], [2, 0]], [0, 0]);
        // SAFETY: there is a slot for each argument and result.
        let done = unsafe { (self.call)(self.handle, args.as_ptr(), &mut result, null_mut()) };
        assert!(done && result[0] as i32 == 42);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("the path of libwitrt.so is needed")?;
    // SAFETY: loading the library runs nothing.
    let library = unsafe { Library::new(path) }?;
    let (theirs, ours) = (Api::engines(), Api::of(&library)?);
    let (their_add, our_add) = (theirs.add(), ours.add());
    let prepared = Prepared::new(&library, our_add)?;
    let [a, b, p] =
        interleaved([&mut || ours.call(our_add), &mut || theirs.call(their_add), &mut || {
            prepared.call()
        }]);
    println!("wasm_func_call of add(i32, i32), median of interleaved repetitions");
    println!("  this library / the engine's C API: {:.2}  ({a:.0} ns / {b:.0} ns here)", a / b);
    println!("witrt_prepared_call of the same");
    println!("  prepared / the engine's wasm_func_call: {:.2}  ({p:.0} ns here)", p / b);
    Ok(())
}
