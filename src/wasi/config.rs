//! [`Wasi`]: what a host gives to guests.
//!
//! Not here: what becomes of it.

use crate::error::{Error, ErrorKind, Result};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What guests of a store get of the system by WASI: preview 1 for core modules,
/// 0.2 for components. A new one gives nothing: no arguments, no environment, an
/// empty standard input, output that goes nowhere, no folders, no network; clocks
/// and random numbers are the system's.
///
/// It is plain data. A store is given it by [`Store::set_wasi`](crate::Store::set_wasi),
/// and each instance then has descriptors, streams and clocks of its own, as a
/// process has.
///
/// ```
/// use witrt::{Engine, Linker, Module, Store, Wasi};
/// # if !cfg!(feature = "wasi") { return Ok(()); }
/// let engine = Engine::default();
/// let module = Module::new(&engine, br#"(module
///     (import "wasi_snapshot_preview1" "fd_write"
///         (func $write (param i32 i32 i32 i32) (result i32)))
///     (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
///     (memory (export "memory") 1)
///     (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
///     (func (export "_start")
///         (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
///         (call $exit (i32.const 3))))"#)?;
/// let mut wasi = Wasi::new();
/// wasi.stdout(|bytes| Ok(assert_eq!(bytes, b"hello\n")));
/// let mut store = Store::new(&engine);
/// store.set_wasi(&wasi)?;
/// let instance = Linker::new().instantiate(&mut store, &module)?;
/// assert_eq!(instance.run(&mut store)?, 3);
/// # Ok::<(), witrt::Error>(())
/// ```
#[derive(Clone)]
pub struct Wasi {
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) stdin: Input,
    pub(super) stdout: Output,
    pub(super) stderr: Output,
    pub(super) folders: Vec<Folder>,
    pub(super) addresses: Vec<Addresses>,
    pub(super) names: bool,
    pub(super) clocks: Option<(u64, u64)>,
    pub(super) seed: Option<u64>,
    pub(super) max_handles: usize,
    /// How long arguments and variables are together.
    text: usize,
}

/// What may be done in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Files are read and folders listed.
    Read,
    /// Files are also made, changed and deleted.
    ReadWrite,
}

pub(super) type Reader = Arc<dyn Fn(&mut [u8]) -> io::Result<usize> + Send + Sync>;
pub(super) type Writer = Arc<dyn Fn(&[u8]) -> io::Result<()> + Send + Sync>;

#[derive(Clone)]
pub(super) enum Input {
    Empty,
    Inherited,
    Bytes(Arc<Vec<u8>>),
    Reader(Reader),
}

#[derive(Clone)]
pub(super) enum Output {
    Nowhere,
    Inherited,
    Writer { write: Writer, lines: bool },
}

#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub host: PathBuf,
    pub guest: String,
    pub access: Access,
}

/// Addresses with the same first bits, and a port or all of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses {
    pub ip: IpAddr,
    pub bits: u32,
    pub port: Option<u16>,
}

/// So many handles an instance may have at once, where the host does not say.
const HANDLES: usize = 512;

/// So many bytes arguments and variables may have together, with 16 more for each:
/// every instance copies them.
const MOST_TEXT: usize = 2 << 20;

impl Default for Wasi {
    fn default() -> Wasi {
        Wasi::new()
    }
}

impl Wasi {
    /// Gives nothing.
    pub fn new() -> Wasi {
        Wasi {
            args: Vec::new(),
            env: Vec::new(),
            stdin: Input::Empty,
            stdout: Output::Nowhere,
            stderr: Output::Nowhere,
            folders: Vec::new(),
            addresses: Vec::new(),
            names: false,
            clocks: None,
            seed: None,
            max_handles: HANDLES,
            text: 0,
        }
    }

    /// Adds an argument. By convention the first is the program's name.
    ///
    /// # Errors
    /// [`ErrorKind::BadText`] for U+0000 in it, which guests could not tell from
    /// its end; [`ErrorKind::OutOfRange`] where arguments and variables are longer
    /// than 2 MiB together, with 16 bytes more for each.
    pub fn arg(&mut self, arg: impl Into<String>) -> Result<&mut Wasi> {
        let arg = without_nul(arg.into(), "an argument")?;
        self.take(arg.len(), None)?;
        self.args.push(arg);
        Ok(self)
    }

    /// Sets a variable of the environment, in place of an earlier one of that name.
    ///
    /// # Errors
    /// [`ErrorKind::BadText`] for U+0000 in it, for `=` in the name, and for an
    /// empty name; [`ErrorKind::OutOfRange`] where arguments and variables are longer
    /// than 2 MiB together.
    pub fn env(&mut self, name: impl Into<String>, value: impl Into<String>) -> Result<&mut Wasi> {
        let name = without_nul(name.into(), "a variable's name")?;
        if name.is_empty() || name.contains('=') {
            let message = "a variable's name cannot be empty, nor have = in it";
            return Err(Error::new(ErrorKind::BadText, message));
        }
        let value = without_nul(value.into(), "a variable")?;
        let known = self.env.iter().position(|(known, _)| *known == name);
        let earlier = known.map(|i| name.len() + self.env[i].1.len());
        self.take(name.len() + value.len(), earlier)?;
        match known {
            Some(i) => self.env[i].1 = value,
            None => self.env.push((name, value)),
        }
        Ok(self)
    }

    /// Makes sure that so many bytes more are not too many, in place of so many earlier
    /// ones.
    fn take(&mut self, bytes: usize, earlier: Option<usize>) -> Result<()> {
        const EACH: usize = 16;
        let text = self.text + bytes + EACH - earlier.map_or(0, |bytes| bytes + EACH);
        if text > MOST_TEXT {
            let message = "arguments and environment have more than 2 MiB";
            return Err(Error::new(ErrorKind::OutOfRange, message));
        }
        self.text = text;
        Ok(())
    }

    /// Adds this process's arguments. What is not Unicode gets U+FFFD.
    pub fn inherit_args(&mut self) -> &mut Wasi {
        self.args.extend(std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()));
        self
    }

    /// Adds this process's environment as it is now, but for what is not Unicode.
    pub fn inherit_env(&mut self) -> &mut Wasi {
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                // What guests cannot have is left out.
                let _ = self.env(name, value);
            }
        }
        self
    }

    /// Standard input is this process's. It is read by a thread of its own, which
    /// starts with the first read.
    pub fn inherit_stdin(&mut self) -> &mut Wasi {
        self.stdin = Input::Inherited;
        self
    }

    /// Standard output is this process's.
    pub fn inherit_stdout(&mut self) -> &mut Wasi {
        self.stdout = Output::Inherited;
        self
    }

    /// Standard error is this process's.
    pub fn inherit_stderr(&mut self) -> &mut Wasi {
        self.stderr = Output::Inherited;
        self
    }

    /// Standard input is these bytes. Each instance reads them from the start.
    pub fn stdin_bytes(&mut self, bytes: impl Into<Vec<u8>>) -> &mut Wasi {
        self.stdin = Input::Bytes(Arc::new(bytes.into()));
        self
    }

    /// Standard input is a file, which is opened now, and of which all instances
    /// have the same position.
    ///
    /// # Errors
    /// [`ErrorKind::UnreadableFile`].
    pub fn stdin_file(&mut self, path: impl AsRef<Path>) -> Result<&mut Wasi> {
        let path = path.as_ref();
        let file = std::fs::File::open(path).map_err(|e| no_file(path, e))?;
        Ok(self.stdin(move |room| (&file).read(room)))
    }

    /// Standard input comes from a function, which fills the room that it is given
    /// and tells how much; nothing is the end. It is called on the thread that runs
    /// the guest, which waits for it; for stores on several threads at once.
    pub fn stdin(
        &mut self,
        read: impl Fn(&mut [u8]) -> io::Result<usize> + Send + Sync + 'static,
    ) -> &mut Wasi {
        self.stdin = Input::Reader(Arc::new(read));
        self
    }

    /// Standard output goes to a file, which is made, or emptied, now.
    ///
    /// # Errors
    /// [`ErrorKind::UnreadableFile`].
    pub fn stdout_file(&mut self, path: impl AsRef<Path>) -> Result<&mut Wasi> {
        self.stdout = to_file(path.as_ref())?;
        Ok(self)
    }

    /// Standard error goes to a file, which is made, or emptied, now.
    ///
    /// # Errors
    /// [`ErrorKind::UnreadableFile`].
    pub fn stderr_file(&mut self, path: impl AsRef<Path>) -> Result<&mut Wasi> {
        self.stderr = to_file(path.as_ref())?;
        Ok(self)
    }

    /// Standard output goes to a function, as the guest writes it. An error is what
    /// the guest gets for its write. It is called on the thread that runs the
    /// guest; for stores on several threads at once.
    pub fn stdout(
        &mut self,
        write: impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static,
    ) -> &mut Wasi {
        self.stdout = Output::Writer { write: Arc::new(write), lines: false };
        self
    }

    /// The same for standard error.
    pub fn stderr(
        &mut self,
        write: impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static,
    ) -> &mut Wasi {
        self.stderr = Output::Writer { write: Arc::new(write), lines: false };
        self
    }

    /// As [`Wasi::stdout`], a line at a time, with the line feed at its end. What is
    /// not a whole line comes when [`Instance::run`](crate::Instance::run) returns,
    /// or when the store goes, on the thread that drops it, or in pieces where it is
    /// longer than 64 KiB.
    pub fn stdout_lines(
        &mut self,
        write: impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static,
    ) -> &mut Wasi {
        self.stdout = Output::Writer { write: Arc::new(write), lines: true };
        self
    }

    /// The same for standard error.
    pub fn stderr_lines(
        &mut self,
        write: impl Fn(&[u8]) -> io::Result<()> + Send + Sync + 'static,
    ) -> &mut Wasi {
        self.stderr = Output::Writer { write: Arc::new(write), lines: true };
        self
    }

    /// Gives a folder of the host's, under this name. Guests cannot leave it: not by
    /// `..`, not by absolute paths, not by symbolic links. Each instance opens it
    /// anew.
    ///
    /// # Errors
    /// [`ErrorKind::UnreadableFile`] where it is no folder that can be opened.
    pub fn preopen_dir(
        &mut self,
        host: impl AsRef<Path>,
        guest: impl Into<String>,
        access: Access,
    ) -> Result<&mut Wasi> {
        let host = host.as_ref().to_owned();
        let found = std::fs::read_dir(&host).map(drop);
        found.map_err(|e| no_file(&host, e))?;
        let guest = without_nul(guest.into(), "a folder's name")?;
        self.folders.push(Folder { host, guest, access });
        Ok(self)
    }

    /// Permits connections to an address, and to listen there for whoever connects:
    /// `127.0.0.1:8080`, `[::1]:80`; all ports without one; a range of addresses as
    /// `10.0.0.0/8`. Connections are made and datagrams sent from the local address
    /// and port that the system chooses (`0.0.0.0:0`, `[::]:0`); datagrams come from
    /// addresses that are permitted.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`] for what is no address.
    pub fn allow_address(&mut self, address: &str) -> Result<&mut Wasi> {
        let shown: String = address.chars().take(100).collect();
        let message = || format!("{shown:?} is no address, as 127.0.0.1:80 or 10.0.0.0/8 is");
        let parsed = Addresses::parse(address);
        let parsed = parsed.ok_or_else(|| Error::new(ErrorKind::OutOfRange, message()))?;
        self.addresses.push(parsed);
        Ok(self)
    }

    /// Permits all addresses that the host can reach.
    pub fn allow_network(&mut self) -> &mut Wasi {
        for ip in [IpAddr::from([0; 4]), IpAddr::from([0; 16])] {
            self.addresses.push(Addresses { ip, bits: 0, port: None });
        }
        self
    }

    /// Permits to look names up: which addresses they have.
    pub fn allow_name_lookup(&mut self) -> &mut Wasi {
        self.names = true;
        self
    }

    /// Clocks that are the same in each run: the wall clock starts at this time, in
    /// nanoseconds since 1970, the monotonic one at zero, and each reading of one
    /// moves it on by `step` nanoseconds. Waiting takes real time all the same.
    pub fn fixed_clocks(&mut self, start: u64, step: u64) -> &mut Wasi {
        self.clocks = Some((start, step));
        self
    }

    /// Random numbers that are the same in each run.
    pub fn random_seed(&mut self, seed: u64) -> &mut Wasi {
        self.seed = Some(seed);
        self
    }

    /// How many handles an instance may have at once: of open files and folders, of
    /// streams, sockets and what it waits for. More trap. 512 where nobody says.
    pub fn max_handles(&mut self, handles: usize) -> &mut Wasi {
        self.max_handles = handles;
        self
    }
}

impl fmt::Debug for Wasi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wasi")
            .field("args", &self.args)
            .field("env", &self.env)
            .field("folders", &self.folders)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl Addresses {
    /// An address, a range of them, or one with a port.
    fn parse(text: &str) -> Option<Addresses> {
        if let Ok(address) = text.parse::<std::net::SocketAddr>() {
            let (ip, port) = (address.ip(), Some(address.port()));
            return Some(Addresses { ip, bits: width(ip), port });
        }
        let (ip, bits) = match text.split_once('/') {
            Some((ip, bits)) => (ip, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let ip: IpAddr = ip.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
        let bits = bits.unwrap_or(width(ip));
        (bits <= width(ip)).then_some(Addresses { ip, bits, port: None })
    }

    /// Whether this address is among them.
    pub fn has(&self, address: std::net::SocketAddr) -> bool {
        let same = match (self.ip, address.ip()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                (a.to_bits() ^ b.to_bits()).checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                (a.to_bits() ^ b.to_bits()).checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        };
        same && self.port.is_none_or(|port| port == address.port())
    }
}

fn width(ip: IpAddr) -> u32 {
    if ip.is_ipv4() { 32 } else { 128 }
}

fn without_nul(text: String, what: &str) -> Result<String> {
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let message = format!("{what} cannot have U+0000 in it");
            Err(Error::new(ErrorKind::BadText, message).at_position(at))
        }
    }
}

fn to_file(path: &Path) -> Result<Output> {
    let file = std::fs::File::create(path).map_err(|e| no_file(path, e))?;
    let write: Writer = Arc::new(move |bytes| (&file).write_all(bytes));
    Ok(Output::Writer { write, lines: false })
}

fn no_file(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::UnreadableFile, format!("{path:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (range, address, within) in [
            ("127.0.0.1:80", "127.0.0.1:80", true),
            ("127.0.0.1:80", "127.0.0.1:81", false),
            ("127.0.0.1", "127.0.0.1:81", true),
            ("127.0.0.1", "127.0.0.2:81", false),
            ("10.0.0.0/8", "10.255.3.4:1", true),
            ("10.0.0.0/8", "11.0.0.0:1", false),
            ("0.0.0.0/0", "11.0.0.0:1", true),
            ("0.0.0.0/0", "[::1]:1", false),
            ("::/0", "[::1]:1", true),
            ("[::1]:80", "[::1]:80", true),
            ("fe80::/10", "[fe80::1]:9", true),
            ("fe80::/10", "[::1]:9", false),
        ] {
            let found = Addresses::parse(range).unwrap().has(address.parse().unwrap());
            assert_eq!(found, within, "{address} in {range}");
        }
        for bad in ["", "example.org", "127.0.0.1/33", "1.2.3", "::1/129", "127.0.0.1:x", "/8"] {
            assert!(Wasi::new().allow_address(bad).is_err(), "{bad}");
        }
    }
}
