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
use crate::string::{Text, copy_to_string};
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
    /// What the callbacks of the standard streams were given, by number.
    envs: [Env; 3],
}

/// A callback's `env`. Who takes it out drops it once nothing is borrowed: its
/// finalizer may delete the object that it was in.
type Env = Option<Arc<Foreign>>;

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
    enter(|| Ok(Some(Box::new(witrt_wasi_t { wasi: Wasi::new(), envs: Default::default() }))))
}

/// Deletes it; stores that were given it keep what they have. NULL is accepted.
#[unsafe(no_mangle)]
pub extern "C" fn witrt_wasi_delete(wasi: Option<Box<witrt_wasi_t>>) {
    quietly(|| drop(wasi))
}

/// Changes what is given. What the change takes out of the object is dropped when
/// that is not borrowed any more.
///
/// # Safety
///
/// The pointer must be NULL or an object that nobody else uses.
unsafe fn set<R>(
    wasi: *mut witrt_wasi_t,
    change: impl FnOnce(&mut witrt_wasi_t) -> Result<R>,
) -> bool {
    enter(|| {
        // SAFETY: the caller vouches for it; the borrow ends with the change.
        let replaced = change(need(unsafe { wasi.as_mut() }, "wasi")?)?;
        drop(replaced);
        Ok(true)
    })
}

/// Makes a file a standard stream, by its number.
///
/// # Safety
///
/// As for [`set`] and [`text`].
unsafe fn set_file(
    wasi: *mut witrt_wasi_t,
    path: *const wasm_string_t,
    stream: usize,
    open: impl FnOnce(&mut Wasi, String) -> Result<()>,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        // SAFETY: the caller vouches for the string.
        let path = unsafe { path_of(path, "path") }?;
        open(&mut object.wasi, path).map_err(|e| e.context("`path`"))?;
        Ok(object.envs[stream].take())
    };
    // SAFETY: the caller vouches for the object.
    unsafe { set(wasi, change) }
}

/// A copy of a text, in which no U+0000 may be.
///
/// # Safety
///
/// The pointer must be NULL or a string.
unsafe fn text(string: *const wasm_string_t, name: &str) -> Result<String> {
    let copy = |text: Text<'_>, policy| {
        if let Some(at) = text.zero() {
            let message = "there cannot be U+0000 in it";
            return Err(Error::new(ErrorKind::BadText, message).at_position(at));
        }
        let mut copy = String::new();
        copy_to_string(text, &mut copy, policy)?;
        Ok(copy)
    };
    // SAFETY: the caller vouches for it.
    let copied = unsafe { string::read(string, copy) };
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
/// with U+0000 in it, which guests could not tell from its end, and where arguments
/// and variables have more than 2 MiB together, in UTF-8 and with 16 bytes more for
/// each. Guests may take less: a component that was made of a core module by the
/// adapter of preview 1 traps where one of them has more than some 40 KiB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_push_arg(
    wasi: *mut witrt_wasi_t,
    arg: *const wasm_string_t,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        // SAFETY: the header demands a string or NULL.
        let arg = unsafe { text(arg, "arg") }?;
        object.wasi.arg(arg).map(drop).map_err(|e| e.context("`arg`"))
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Sets a variable of the environment, in place of an earlier one of that name.
/// False for text with U+0000 in it, for a name with `=`, and for an empty one, and
/// beyond the limit that `witrt_wasi_push_arg` tells.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_env(
    wasi: *mut witrt_wasi_t,
    name: *const wasm_string_t,
    value: *const wasm_string_t,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        // SAFETY: the header demands strings or NULL.
        let (name, value) = unsafe { (text(name, "name")?, text(value, "value")?) };
        object.wasi.env(name, value).map(drop)
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Gives what the process itself has: bits of `witrt_wasi_inherit_enum`. False for
/// unknown ones.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_inherit(
    wasi: *mut witrt_wasi_t,
    what: witrt_wasi_inherit_t,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        if what & !31 != 0 {
            let message = format!("`what`: {what} has bits that are not known");
            return Err(Error::new(ErrorKind::UnknownKind, message));
        }
        let wasi = &mut object.wasi;
        if what & 1 != 0 {
            wasi.inherit_args();
        }
        if what & 2 != 0 {
            wasi.inherit_env();
        }
        let mut replaced = <[Env; 3]>::default();
        let streams = [Wasi::inherit_stdin, Wasi::inherit_stdout, Wasi::inherit_stderr];
        for (i, inherit) in streams.into_iter().enumerate() {
            if what & 4 << i != 0 {
                inherit(wasi);
                replaced[i] = object.envs[i].take();
            }
        }
        Ok(replaced)
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Standard input is a copy of these bytes. Each instance reads them from the start.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdin_bytes(
    wasi: *mut witrt_wasi_t,
    data: *const wasm_byte_t,
    size: usize,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        // SAFETY: the header demands `size` bytes at `data`.
        let bytes = unsafe { slice(data.cast::<u8>(), size, "data") }?;
        let mut copy = Vec::new();
        copy.try_reserve_exact(bytes.len()).map_err(|_| {
            let message = format!("no memory for {size} bytes of standard input");
            Error::new(ErrorKind::OutOfMemory, message)
        })?;
        copy.extend_from_slice(bytes);
        object.wasi.stdin_bytes(copy);
        Ok(object.envs[0].take())
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Standard input is a file, which is opened now, and of which all instances have
/// the same position. False where it cannot be opened.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdin_file(
    wasi: *mut witrt_wasi_t,
    path: *const wasm_string_t,
) -> bool {
    let open = |wasi: &mut Wasi, path| wasi.stdin_file(path).map(drop);
    // SAFETY: the header demands an object that only this thread uses, and a string,
    // or NULL.
    unsafe { set_file(wasi, path, 0, open) }
}

/// Standard output goes to a file, which is made, or emptied, now. False where that
/// cannot be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdout_file(
    wasi: *mut witrt_wasi_t,
    path: *const wasm_string_t,
) -> bool {
    let open = |wasi: &mut Wasi, path| wasi.stdout_file(path).map(drop);
    // SAFETY: the header demands an object that only this thread uses, and a string,
    // or NULL.
    unsafe { set_file(wasi, path, 1, open) }
}

/// The same for standard error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stderr_file(
    wasi: *mut witrt_wasi_t,
    path: *const wasm_string_t,
) -> bool {
    let open = |wasi: &mut Wasi, path| wasi.stderr_file(path).map(drop);
    // SAFETY: the header demands an object that only this thread uses, and a string,
    // or NULL.
    unsafe { set_file(wasi, path, 2, open) }
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
    let change = |object: &mut witrt_wasi_t| {
        let callback = need(callback, "callback")?;
        let env = Arc::new(Foreign::new(env, finalizer));
        let kept = Arc::clone(&env);
        object.wasi.stdin(move |room| {
            // SAFETY: there is so much room, and the host gave both for this.
            let read = unsafe { callback(kept.data(), room.as_mut_ptr().cast(), room.len()) };
            if read <= room.len() { Ok(read) } else { Err(io::Error::other("refused")) }
        });
        Ok(object.envs[0].replace(env))
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Standard output goes to a function, as the guest writes it; or, by line, a whole
/// line at a time with the line feed at its end. Of these, what is not a whole line
/// comes when `witrt_instance_run` returns, else when the store goes, on the thread
/// that deletes it; a line of more than 64 KiB comes in pieces. The finalizer is as
/// that of `witrt_wasi_set_stdin_callback`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_stdout_callback(
    wasi: *mut witrt_wasi_t,
    callback: witrt_wasi_write_t,
    by_line: bool,
    env: *mut c_void,
    finalizer: Option<unsafe extern "C" fn(*mut c_void)>,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        let callback = need(callback, "callback")?;
        let env = Arc::new(Foreign::new(env, finalizer));
        let write = writer(callback, Arc::clone(&env));
        if by_line {
            object.wasi.stdout_lines(write)
        } else {
            object.wasi.stdout(write)
        };
        Ok(object.envs[1].replace(env))
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
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
    let change = |object: &mut witrt_wasi_t| {
        let callback = need(callback, "callback")?;
        let env = Arc::new(Foreign::new(env, finalizer));
        let write = writer(callback, Arc::clone(&env));
        if by_line {
            object.wasi.stderr_lines(write)
        } else {
            object.wasi.stderr(write)
        };
        Ok(object.envs[2].replace(env))
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// A function that writes by a callback.
fn writer(
    callback: unsafe extern "C" fn(*mut c_void, *const wasm_byte_t, usize) -> bool,
    env: Arc<Foreign>,
) -> impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static {
    move |bytes| {
        // SAFETY: the bytes are there, and the host gave both for this.
        let taken = unsafe { callback(env.data(), bytes.as_ptr().cast(), bytes.len()) };
        if taken { Ok(()) } else { Err(io::Error::other("refused")) }
    }
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
    let change = |object: &mut witrt_wasi_t| {
        // SAFETY: the header demands strings or NULL.
        let (host, guest) = unsafe { (path_of(host, "host")?, path_of(guest, "guest")?) };
        let access = match access {
            0 => Access::Read,
            1 => Access::ReadWrite,
            _ => {
                let message = format!("`access`: {access} is no access to a folder");
                return Err(Error::new(ErrorKind::UnknownKind, message));
            }
        };
        let given = object.wasi.preopen_dir(host, guest, access);
        given.map(drop).map_err(|e| e.context("`host`"))
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Permits connections to an address, and to listen there for whoever connects:
/// `127.0.0.1:8080`, `[::1]:80`; all ports without one; a range of addresses as
/// `10.0.0.0/8`. Connections are made and datagrams
/// sent from the local address and port that the system chooses (`0.0.0.0:0`,
/// `[::]:0`); datagrams come from addresses that are permitted. False for what is no
/// address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_allow_address(
    wasi: *mut witrt_wasi_t,
    address: *const wasm_string_t,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        // SAFETY: the header demands a string or NULL.
        let address = unsafe { text(address, "address") }?;
        object.wasi.allow_address(&address).map(drop).map_err(|e| e.context("`address`"))
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Permits all addresses that the process can reach.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_allow_network(wasi: *mut witrt_wasi_t) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        object.wasi.allow_network();
        Ok(())
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Permits to look up which addresses names have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_allow_name_lookup(wasi: *mut witrt_wasi_t) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        object.wasi.allow_name_lookup();
        Ok(())
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
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
    let change = |object: &mut witrt_wasi_t| {
        object.wasi.fixed_clocks(start, step);
        Ok(())
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// Random numbers that are the same in each run. They are no secret then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_random_seed(wasi: *mut witrt_wasi_t, seed: u64) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        object.wasi.random_seed(seed);
        Ok(())
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
}

/// How many handles an instance may have at once: of open files and folders, of
/// streams, sockets and what it waits for. More trap. Default: 512.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn witrt_wasi_set_max_handles(
    wasi: *mut witrt_wasi_t,
    handles: usize,
) -> bool {
    let change = |object: &mut witrt_wasi_t| {
        object.wasi.max_handles(handles);
        Ok(())
    };
    // SAFETY: the header demands an object that only this thread uses, or NULL.
    unsafe { set(wasi, change) }
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
    // SAFETY: the header demands a writable pointer or NULL.
    unsafe { report(error, body) }
}
