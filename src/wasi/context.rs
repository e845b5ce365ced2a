//! [`Context`]: what one instance has of the system.
//!
//! Not here: what it may do with it, which the engine's WASI says.

use super::config::{Access, Addresses, Input, Output, Wasi};
use super::streams::{In, Out};
use crate::error::{Error, ErrorKind, Result};
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi::{
    Deterministic, FsPerms, HostMonotonicClock, HostWallClock, WasiCtxBuilder, WasiView,
};

/// What an instance has: descriptors, handles, streams. It serves both versions of
/// WASI.
pub(crate) struct Context {
    pub inner: WasiP1Ctx,
    lines: Vec<Out>,
    /// Whether standard output is the process's, which holds back what is no whole line.
    inherits: bool,
}

impl Context {
    /// A new one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnreadableFile`] for a folder that cannot be opened.
    pub fn new(wasi: &Wasi) -> Result<Context> {
        let mut builder = WasiCtxBuilder::new();
        let mut lines = Vec::new();
        let mut out = |write: &Arc<_>, is_by_line: bool| {
            let out = Out::new(Arc::clone(write), is_by_line);
            lines.push(out.clone());
            out
        };
        builder.args(&wasi.args).envs(&wasi.env).allow_blocking_current_thread(true);
        match &wasi.stdin {
            Input::Empty => {}
            Input::Inherited => drop(builder.stdin(std::io::stdin())),
            Input::Bytes(bytes) => {
                let (bytes, at) = (bytes.clone(), AtomicUsize::new(0));
                let read = move |room: &mut [u8]| {
                    let from = at.load(Ordering::Relaxed);
                    let size = room.len().min(bytes.len() - from);
                    room[..size].copy_from_slice(&bytes[from..][..size]);
                    at.store(from + size, Ordering::Relaxed);
                    Ok(size)
                };
                builder.stdin(In(Arc::new(read)));
            }
            Input::Reader(read) => drop(builder.stdin(In(read.clone()))),
        }
        match &wasi.stdout {
            Output::Nowhere => {}
            Output::Inherited => drop(builder.stdout(std::io::stdout())),
            Output::Writer { write, lines } => drop(builder.stdout(out(write, *lines))),
        }
        match &wasi.stderr {
            Output::Nowhere => {}
            Output::Inherited => drop(builder.stderr(std::io::stderr())),
            Output::Writer { write, lines } => drop(builder.stderr(out(write, *lines))),
        }
        for folder in &wasi.folders {
            let perms = match folder.access {
                Access::Read => FsPerms::ReadOnly,
                Access::ReadWrite => FsPerms::ReadWrite,
            };
            builder.preopened_dir(&folder.host, &folder.guest, perms).map_err(|e| {
                let message = format!("{:?}: {e:#}", folder.host);
                Error::new(ErrorKind::UnreadableFile, message)
            })?;
        }
        let network = !wasi.addresses.is_empty();
        builder.allow_tcp(network).allow_udp(network).allow_ip_name_lookup(wasi.names);
        let addresses = wasi.addresses.clone();
        builder.socket_addr_check(move |address, of| {
            let is_permitted = permits(&addresses, address, of);
            Box::pin(async move { is_permitted })
        });
        if let Some((start, step)) = wasi.clocks {
            builder.wall_clock(Fixed { next: start.into(), step });
            builder.monotonic_clock(Fixed { next: 0.into(), step });
        }
        if let Some(seed) = wasi.seed {
            builder.secure_random(Deterministic::new(random_bytes(seed)));
            builder.insecure_random(Deterministic::new(random_bytes(!seed)));
            builder.insecure_random_seed(u128::from(seed) << 64 | u128::from(!seed));
        }
        let mut inner = builder.build_p1();
        inner.ctx().table.set_max_capacity(wasi.max_handles);
        Ok(Context { inner, lines, inherits: matches!(wasi.stdout, Output::Inherited) })
    }

    /// One that has nothing.
    pub fn empty() -> Context {
        let inner = WasiCtxBuilder::new().build_p1();
        Context { inner, lines: Vec::new(), inherits: false }
    }

    /// Gives the host the ends of what was written that are not whole lines.
    pub fn finish(&self) {
        self.lines.iter().for_each(Out::finish);
        if self.inherits {
            // No guest is there to be told.
            let _ = std::io::stdout().flush();
        }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Whether a guest may use an address. Whoever connects or sends has a local one, which
/// says nothing; nor does that of who connects to where a guest listens.
fn permits(addresses: &[Addresses], address: SocketAddr, of: SocketAddrUse) -> bool {
    let is_any = address.ip().is_unspecified() && address.port() == 0;
    match of {
        SocketAddrUse::TcpBind | SocketAddrUse::UdpBind if is_any => true,
        SocketAddrUse::TcpAccept => true,
        _ => addresses.iter().any(|permitted| permitted.has(address)),
    }
}

/// A clock that moves when it is read.
struct Fixed {
    next: AtomicU64,
    step: u64,
}

impl Fixed {
    fn read(&self) -> u64 {
        self.next.fetch_add(self.step, Ordering::Relaxed)
    }
}

impl HostWallClock for Fixed {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(self.step.max(1))
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(self.read())
    }
}

impl HostMonotonicClock for Fixed {
    fn resolution(&self) -> u64 {
        self.step.max(1)
    }

    fn now(&self) -> u64 {
        self.read()
    }
}

/// Bytes that look random, by the generator SplitMix64.
fn random_bytes(mut seed: u64) -> Vec<u8> {
    let mut next = || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..2048).flat_map(|_| next().to_le_bytes()).collect()
}
