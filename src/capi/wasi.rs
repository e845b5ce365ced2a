//! What guests get of the system.
//!
//! Not here: what WASI does with it.

use super::base::boundary::{Foreign, borrow, enter, need, offer, quietly, slice};
use super::base::cell::{cell_of, wasm_store_t};
use super::base::failure::{Failure, report};
use super::base::handle::wasm_instance_t;
use super::base::report::witrt_error_t;
use super::base::string;
use super::base::text::wasm_string_t;
use super::base::vec::wasm_byte_t;
use crate::{Access, Error, ErrorKind, Result, Wasi};
use std::ffi::c_void;
use std::io;
use std::sync::Arc;

/// What guests get of the system by WASI: preview 1 for core modules, 0.2 for
/// components. A new one gives nothing: no arguments, no environment, an empty
/// standard input, output that goes nowhere, no folders, no network; clocks and
/// random numbers are the system's. Owned by the caller, and used by one thread at a
/// time. Stores are given it with `witrt_store_set_wasi`, as it is then: it may be
/// changed, given to others or deleted afterwards.
///
/// Text is borrowed, and may be in any encoding. Functions that set something answer
/// true; false, with the reason in the last error, where it cannot be.
pub struct witrt_wasi_t {
    wasi: Wasi,
}

/// What guests may have of the process's own: bits of `witrt_wasi_inherit_enum`.
pub type witrt_wasi_inherit_t = u32;

/// What guests may have of the process's own.
#[repr(C)]
pub enum witrt_wasi_inherit_enum {
    /// The arguments, after those that were added before.
    WITRT_WASI_ARGS = 1,
    /// The environment as it is now.
    WITRT_WASI_ENV = 2,
    /// Standard input. A thread reads it, from the first read on.
    WITRT_WASI_STDIN = 4,
    /// Standard output.
    WITRT_WASI_STDOUT = 8,
    /// Standard error.
    WITRT_WASI_STDERR = 16,
}

/// What may be done in a folder: one of `witrt_wasi_access_enum`.
pub type witrt_wasi_access_t = u32;

/// What may be done in a folder.
#[repr(C)]
pub enum witrt_wasi_access_enum {
    /// Files are read and folders listed.
    WITRT_WASI_READ = 0,
    /// Files are also made, changed and deleted.
    WITRT_WASI_READ_WRITE = 1,
}

/// Standard input for a guest: fills up to `size` bytes at `room`, and tells how
/// many; none is the end, and `SIZE_MAX` a failure, which the guest gets for its
/// read.
///
/// It is called on the thread that runs the guest, which waits for it; where stores
/// on several threads were given it, at once. The store that runs is in use
/// meanwhile: `WITRT_ERROR_STORE_BUSY`. C++ exceptions must not leave it.
pub type witrt_wasi_read_t =
    Option<unsafe extern "C" fn(env: *mut c_void, room: *mut wasm_byte_t, size: usize) -> usize>;

/// Standard output or error of a guest: takes `size` bytes at `data`, which are
/// borrowed. False refuses them, and the guest gets a failure for its write. Called
/// as a `witrt_wasi_read_t` is.
pub type witrt_wasi_write_t =
    Option<unsafe extern "C" fn(env: *mut c_void, data: *const wasm_byte_t, size: usize) -> bool>;

/// One that gives nothing. Owned by the caller.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_wasi_new() -> Option<Box<witrt_wasi_t>> {
    enter(|| Ok(Some(Box::new(witrt_wasi_t { wasi: Wasi::new() }))))
}

/// Deletes it; stores that were given it keep what they have. NULL is accepted.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_wasi_delete(wasi: Option<Box<witrt_wasi_t>>) {
    quietly(|| drop(wasi))
}

/// Changes what is given.
///
/// # Safety
///
/// The pointer must be NULL or an object that nobody else uses.
unsafe fn set(wasi: *mut witrt_wasi_t, change: impl FnOnce(&mut Wasi) -> Result<()>) -> bool {
    enter(|| {
        // SAFETY: the caller vouches for it.
        let object = need(unsafe { wasi.as_mut() }, "wasi")?;
        let replaced = object.wasi.streams();
        let changed = change(&mut object.wasi);
        // Finalizers run now, when nothing is borrowed: they may delete the object.
        drop(replaced);
        changed.map(|()| true)
    })
}

/// A copy of a text.
///
/// # Safety
///
/// The pointer must be NULL or a string.
unsafe fn text(string: *const wasm_string_t, name: &str) -> Result<String> {
    // SAFETY: the caller vouches for it.
    let copied = unsafe {
        string::read(string, |text, policy| {
            let mut copy = String::new();
            crate::string::copy_to_string(text, &mut copy, policy)?;
            Ok(copy)
        })
    };
    copied.map_err(|error| error.context(format_args!("`{name}`")))
}

/// The longest path that any system takes.
const LONGEST_PATH: usize = 32 * 1024;

/// A copy of a path.
///
/// # Safety
///
/// As for [`text`].
unsafe fn path_of(string: *const wasm_string_t, name: &str) -> Result<String> {
    // SAFETY: the caller vouches for it.
    let path = unsafe { text(string, name) }?;
    if path.len() <= LONGEST_PATH {
        return Ok(path);
    }
    let message = format!("`{name}` has {} bytes: too many for a path", path.len());
    Err(Error::new(ErrorKind::OutOfRange, message))
}

/// Adds an argument. By convention the first is the program's name. False for text
/// with U+0000 in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_push_arg(
    wasi: *mut witrt_wasi_t,
    arg: *const wasm_string_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands a string.
        wasi.arg(unsafe { text(arg, "arg") }?).map(drop)
    };
    // SAFETY: the header demands an object used by this thread alone.
    unsafe { set(wasi, change) }
}

/// Sets a variable of the environment, in place of an earlier one of that name.
/// False for text with U+0000 in it, for a name with `=`, and for an empty one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_env(
    wasi: *mut witrt_wasi_t,
    name: *const wasm_string_t,
    value: *const wasm_string_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands strings.
        let (name, value) = unsafe { (text(name, "name")?, text(value, "value")?) };
        wasi.env(name, value).map(drop)
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Gives what the process itself has: bits of `witrt_wasi_inherit_enum`. False for
/// unknown ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_inherit(
    wasi: *mut witrt_wasi_t,
    what: witrt_wasi_inherit_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        if what & !31 != 0 {
            let message = format!("{what} has bits that are not known");
            return Err(Error::new(ErrorKind::UnknownKind, message));
        }
        if what & 1 != 0 {
            wasi.inherit_args();
        }
        if what & 2 != 0 {
            wasi.inherit_env();
        }
        if what & 4 != 0 {
            wasi.inherit_stdin();
        }
        if what & 8 != 0 {
            wasi.inherit_stdout();
        }
        if what & 16 != 0 {
            wasi.inherit_stderr();
        }
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Standard input is a copy of these bytes. Each instance reads them from the start.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdin_bytes(
    wasi: *mut witrt_wasi_t,
    data: *const wasm_byte_t,
    size: usize,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands `size` bytes at `data`.
        let bytes = unsafe { slice(data.cast::<u8>(), size, "data") }?;
        let mut copy = Vec::new();
        copy.try_reserve_exact(bytes.len()).map_err(|_| {
            let message = format!("no memory for {size} bytes of standard input");
            Error::new(ErrorKind::OutOfMemory, message)
        })?;
        copy.extend_from_slice(bytes);
        wasi.stdin_bytes(copy);
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Standard input is a file, which is opened now, and of which all instances have
/// the same position. False where it cannot be opened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdin_file(
    wasi: *mut witrt_wasi_t,
    path: *const wasm_string_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands a string.
        wasi.stdin_file(unsafe { path_of(path, "path") }?).map(drop)
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Standard output goes to a file, which is made, or emptied, now. False where that
/// cannot be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdout_file(
    wasi: *mut witrt_wasi_t,
    path: *const wasm_string_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands a string.
        wasi.stdout_file(unsafe { path_of(path, "path") }?).map(drop)
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// The same for standard error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stderr_file(
    wasi: *mut witrt_wasi_t,
    path: *const wasm_string_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands a string.
        wasi.stderr_file(unsafe { path_of(path, "path") }?).map(drop)
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Standard input comes from a function, to which `env` is given. The finalizer may
/// be NULL; else it is called once with `env`, when neither this object nor a store
/// needs it any more, on any thread. Where this fails it is not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdin_callback(
    wasi: *mut witrt_wasi_t,
    callback: witrt_wasi_read_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> bool {
    let change = |wasi: &mut Wasi| {
        let callback = need(callback, "callback")?;
        let env = Foreign::new(env, finalizer);
        wasi.stdin(move |room| {
            // SAFETY: there is so much room, and the host gave both for this.
            let read = unsafe { callback(env.data(), room.as_mut_ptr().cast(), room.len()) };
            if read <= room.len() { Ok(read) } else { Err(io::Error::other("refused")) }
        });
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Standard output goes to a function, as the guest writes it; or, by line, a whole
/// line at a time with the line feed at its end. Of these, what is not a whole line
/// comes when `witrt_instance_run` returns, else when the store goes; a line of more
/// than 64 KiB comes in pieces. The finalizer is as that of
/// `witrt_wasi_set_stdin_callback`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdout_callback(
    wasi: *mut witrt_wasi_t,
    callback: witrt_wasi_write_t,
    by_line: bool,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> bool {
    let change = |wasi: &mut Wasi| {
        let write = writer(callback, env, finalizer)?;
        if by_line {
            wasi.stdout_lines(write)
        } else {
            wasi.stdout(write)
        };
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// The same for standard error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stderr_callback(
    wasi: *mut witrt_wasi_t,
    callback: witrt_wasi_write_t,
    by_line: bool,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> bool {
    let change = |wasi: &mut Wasi| {
        let write = writer(callback, env, finalizer)?;
        if by_line {
            wasi.stderr_lines(write)
        } else {
            wasi.stderr(write)
        };
        Ok(())
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

fn writer(
    callback: witrt_wasi_write_t,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> Result<impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static> {
    let callback = need(callback, "callback")?;
    let env = Arc::new(Foreign::new(env, finalizer));
    Ok(move |bytes: &[u8]| {
        // SAFETY: the bytes are there, and the host gave both for this.
        let taken = unsafe { callback(env.data(), bytes.as_ptr().cast(), bytes.len()) };
        if taken { Ok(()) } else { Err(io::Error::other("refused")) }
    })
}

/// Gives the host's folder `host` under the name `guest`, to be read, or also to be
/// written: one of `witrt_wasi_access_enum`. Guests cannot leave it: not by `..`,
/// not by absolute paths, not by symbolic links. Each instance opens it anew. False
/// where it is no folder that can be opened, and for an unknown access.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_preopen_dir(
    wasi: *mut witrt_wasi_t,
    host: *const wasm_string_t,
    guest: *const wasm_string_t,
    access: witrt_wasi_access_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands strings.
        let (host, guest) = unsafe { (path_of(host, "host")?, path_of(guest, "guest")?) };
        let access = match access {
            0 => Access::Read,
            1 => Access::ReadWrite,
            _ => {
                let message = format!("{access} is no access to a folder");
                return Err(Error::new(ErrorKind::UnknownKind, message));
            }
        };
        wasi.preopen_dir(host, guest, access).map(drop)
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Permits connections to an address, and to listen there: `127.0.0.1:8080`,
/// `[::1]:80`; all ports without one; a range of addresses as `10.0.0.0/8`. False for
/// what is no address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_allow_address(
    wasi: *mut witrt_wasi_t,
    address: *const wasm_string_t,
) -> bool {
    let change = |wasi: &mut Wasi| {
        // SAFETY: the header demands a string.
        wasi.allow_address(&unsafe { text(address, "address") }?).map(drop)
    };
    // SAFETY: as in the first setter.
    unsafe { set(wasi, change) }
}

/// Permits all addresses that the process can reach.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_allow_network(wasi: *mut witrt_wasi_t) -> bool {
    // SAFETY: as in the first setter.
    unsafe {
        set(wasi, |wasi| {
            wasi.allow_network();
            Ok(())
        })
    }
}

/// Permits to look up which addresses names have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_allow_name_lookup(wasi: *mut witrt_wasi_t) -> bool {
    // SAFETY: as in the first setter.
    unsafe {
        set(wasi, |wasi| {
            wasi.allow_name_lookup();
            Ok(())
        })
    }
}

/// Clocks that are the same in each run: the wall clock starts at this time, in
/// nanoseconds since 1970, the monotonic one at zero, and each reading of one moves
/// it on by `step` nanoseconds. Waiting takes real time all the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_clocks(
    wasi: *mut witrt_wasi_t,
    start: u64,
    step: u64,
) -> bool {
    // SAFETY: as in the first setter.
    unsafe {
        set(wasi, |wasi| {
            wasi.fixed_clocks(start, step);
            Ok(())
        })
    }
}

/// Random numbers that are the same in each run. They are no secret then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_random_seed(wasi: *mut witrt_wasi_t, seed: u64) -> bool {
    // SAFETY: as in the first setter.
    unsafe {
        set(wasi, |wasi| {
            wasi.random_seed(seed);
            Ok(())
        })
    }
}

/// How many handles an instance may have at once: of open files and folders, of
/// streams, sockets and what it waits for. More trap. Default: 512.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_max_handles(
    wasi: *mut witrt_wasi_t,
    handles: usize,
) -> bool {
    // SAFETY: as in the first setter.
    unsafe {
        set(wasi, |wasi| {
            wasi.max_handles(handles);
            Ok(())
        })
    }
}

/// Gives a store's guests what WASI has for them, in place of what they were given
/// before. It is what instances get that are made from now on, each with
/// descriptors, streams and clocks of its own, as a process has. `wasi` is borrowed.
///
/// Imports of `wasi_snapshot_preview1`, and of `wasi:cli`, `clocks`, `filesystem`,
/// `io`, `random` and `sockets` of any version 0.2, come from there, where a linker
/// does not define them, or `imports` has NULL in their places or leaves all of them
/// out; a component's interface is taken from one of the two as a whole. Of a core
/// module that exports it, `_initialize` is called when an instance is made.
///
/// False where a folder cannot be opened, and, with `WITRT_ERROR_UNSUPPORTED`, where
/// this library was built without WASI. `error` may be NULL; what is written there is
/// owned by the caller, NULL on success.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_store_set_wasi(
    store: *const wasm_store_t,
    wasi: *const witrt_wasi_t,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // What it takes the place of is given up at the end, with its finalizers,
        // which may delete both: they are not used after this.
        // SAFETY: the header demands objects or NULL.
        let (store, wasi) = unsafe { (borrow(store), borrow(wasi)) };
        let (cell, wasi) = (cell_of(store)?, need(wasi, "wasi")?.wasi.clone());
        cell.enter(|inside| inside.context().set_wasi(&wasi))??;
        Ok::<_, Error>(true)
    };
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}

/// Runs a command to its end: `_start` of a core module, `wasi:cli/run` of a
/// component. True where it has ended by itself, with its status in `*status`, which
/// may be NULL: zero is success. False for what is no command, for traps, and as for
/// a call. `error` may be NULL; what is written there is owned by the caller, NULL on
/// success.
///
/// What ends a guest in a call otherwise is a trap, `WITRT_TRAP_EXITED`: see
/// `witrt_trap_exit_status`. A core module can be called again; a component that has
/// exited cannot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_instance_run(
    instance: *const wasm_instance_t,
    status: *mut i32,
    error: *mut *mut witrt_error_t,
) -> bool {
    let body = || {
        // Guests run, and may have the handle deleted: it is not used after this.
        // SAFETY: the header demands an instance or NULL.
        let (cell, instance) = super::instance::get(unsafe { borrow(instance) })?;
        let ran = cell.clone().enter(|inside| instance.run(inside.context()));
        let ended = ran.and_then(|ran| ran);
        let ended = ended.map_err(|error| Failure { error, cell: Some(cell) })?;
        // SAFETY: the header demands a writable pointer or NULL.
        unsafe { offer(status, ended) };
        Ok::<_, Failure>(true)
    };
    // SAFETY: as above.
    unsafe { report(error, body) }
}
