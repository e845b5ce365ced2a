//! WASI 0.2: interfaces for components.
//!
//! The engine's are taken as they are, but for what may block, which it would run
//! on threads of its own: those are defined again, to wait as `block` does.
//!
//! Not here: what they do, which is the engine's.

use super::Guests;
use super::block::{block_on, wait_for};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};
use wasmtime_wasi::filesystem::WasiFilesystemView as _;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry,
    DirectoryEntryStream, ErrorCode as FileError, HostDescriptor, HostDirectoryEntryStream,
    MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::bindings::sockets::network::{
    ErrorCode as SocketError, IpAddressFamily, IpSocketAddress, Network,
};
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostOutgoingDatagramStream, HostUdpSocket, IncomingDatagramStream, OutgoingDatagramStream,
};
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket::Host as UdpCreateSocket;
use wasmtime_wasi::p2::{
    DynInputStream as In, DynOutputStream as Out, DynPollable, StreamError, TcpSocket, UdpSocket,
};
use wasmtime_wasi::sockets::WasiSocketsView as _;
use wasmtime_wasi::{ResourceTable, TrappableError};
use wasmtime_wasi_io::bindings::wasi::io::poll::{Host as Poll, HostPollable};
use wasmtime_wasi_io::bindings::wasi::io::streams as io;
use wasmtime_wasi_io::bindings::wasi::io::streams::{HostInputStream, HostOutputStream};

/// The version that the engine defines; others of 0.2 are found by it.
const VERSION: &str = "0.2.12";

/// A linker with all of WASI.
pub(crate) fn linker<T: Guests>(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<T>> {
    let mut linker = Linker::<T>::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    linker.allow_shadowing(true);
    waiting(&mut linker)?;
    streams(&mut linker)?;
    files(&mut linker)?;
    sockets(&mut linker)?;
    linker.allow_shadowing(false);
    Ok(linker)
}

fn instance<'a, T>(
    linker: &'a mut Linker<T>,
    interface: &str,
) -> wasmtime::Result<LinkerInstance<'a, T>> {
    linker.instance(&format!("wasi:{interface}@{VERSION}"))
}

/// Defines functions: how each waits, its name, the engine's, and the types of
/// parameters and results. `$view` is what they are called on, and `$give` makes
/// results of what comes back.
macro_rules! define {
    ($instance:ident, $view:expr, $give:expr; $(
        $run:ident $name:literal = $of:ident::$method:ident($($arg:ident: $ty:ty),*) -> $out:ty;
    )+) => {$(
        $instance.func_wrap(
            $name,
            |mut store: StoreContextMut<'_, T>, ($($arg,)*): ($($ty,)*)| -> wasmtime::Result<$out> {
                let deadline = store.data().deadline();
                let view = &mut $view(store.data_mut());
                let done = $run(&deadline, $of::$method(view, $($arg),*))?;
                $give(view, done)
            },
        )?;
    )+};
}

type Res<R> = Resource<R>;

fn waiting<T: Guests>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut poll = instance(linker, "io/poll")?;
    define! { poll, table, |_: &mut _, done: wasmtime::Result<_>| Ok((done?,));
        wait_for "poll" = Poll::poll(a: Vec<Res<DynPollable>>) -> (Vec<u32>,);
        wait_for "[method]pollable.ready" = HostPollable::ready(a: Res<DynPollable>) -> (bool,);
    }
    define! { poll, table, |_: &mut _, done: wasmtime::Result<_>| done;
        wait_for "[method]pollable.block" = HostPollable::block(a: Res<DynPollable>) -> ();
    }
    Ok(())
}

/// Handles are in a table, which some functions are called on.
fn table<T: Guests>(data: &mut T) -> TableOf<'_> {
    data.ctx().table
}

type TableOf<'a> = &'a mut ResourceTable;

fn streams<T: Guests>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut streams = instance(linker, "io/streams")?;
    fn give<R>(
        table: &mut TableOf<'_>,
        done: Result<R, StreamError>,
    ) -> wasmtime::Result<(Result<R, io::StreamError>,)> {
        match done {
            Ok(done) => Ok((Ok(done),)),
            Err(error) => Ok((Err(io::Host::convert_stream_error(*table, error)?),)),
        }
    }
    type Done<R> = (Result<R, io::StreamError>,);
    define! { streams, table, give;
        block_on "[method]input-stream.blocking-read"
            = HostInputStream::blocking_read(a: Res<In>, b: u64) -> Done<Vec<u8>>;
        block_on "[method]input-stream.blocking-skip"
            = HostInputStream::blocking_skip(a: Res<In>, b: u64) -> Done<u64>;
        block_on "[method]output-stream.blocking-write-and-flush"
            = HostOutputStream::blocking_write_and_flush(a: Res<Out>, b: Vec<u8>) -> Done<()>;
        block_on "[method]output-stream.blocking-write-zeroes-and-flush"
            = HostOutputStream::blocking_write_zeroes_and_flush(a: Res<Out>, b: u64) -> Done<()>;
        block_on "[method]output-stream.blocking-flush"
            = HostOutputStream::blocking_flush(a: Res<Out>) -> Done<()>;
        block_on "[method]output-stream.blocking-splice"
            = HostOutputStream::blocking_splice(a: Res<Out>, b: Res<In>, c: u64) -> Done<u64>;
    }
    streams.resource("input-stream", ResourceType::host::<In>(), |mut store, at| {
        let deadline = store.data().deadline();
        let stream = Resource::new_own(at);
        block_on(&deadline, HostInputStream::drop(table(store.data_mut()), stream))?
    })?;
    streams.resource("output-stream", ResourceType::host::<Out>(), |mut store, at| {
        let deadline = store.data().deadline();
        let stream = Resource::new_own(at);
        block_on(&deadline, HostOutputStream::drop(table(store.data_mut()), stream))?
    })
}

/// What comes back of functions with error codes of their own.
type Coded<R, E> = (Result<R, E>,);

fn coded<V, R, E>(_: &mut V, done: Result<R, TrappableError<E>>) -> wasmtime::Result<Coded<R, E>>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match done {
        Ok(done) => Ok((Ok(done),)),
        Err(error) => Ok((Err(error.downcast()?),)),
    }
}

fn files<T: Guests>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut files = instance(linker, "filesystem/types")?;
    type Done<R> = Coded<R, FileError>;
    type D = Res<Descriptor>;
    type Time = NewTimestamp;
    define! { files, T::filesystem, coded;
        block_on "[method]descriptor.advise"
            = HostDescriptor::advise(a: D, b: u64, c: u64, d: Advice) -> Done<()>;
        block_on "[method]descriptor.sync-data" = HostDescriptor::sync_data(a: D) -> Done<()>;
        block_on "[method]descriptor.get-flags"
            = HostDescriptor::get_flags(a: D) -> Done<DescriptorFlags>;
        block_on "[method]descriptor.get-type"
            = HostDescriptor::get_type(a: D) -> Done<DescriptorType>;
        block_on "[method]descriptor.set-size"
            = HostDescriptor::set_size(a: D, b: u64) -> Done<()>;
        block_on "[method]descriptor.set-times"
            = HostDescriptor::set_times(a: D, b: Time, c: Time) -> Done<()>;
        block_on "[method]descriptor.read"
            = HostDescriptor::read(a: D, b: u64, c: u64) -> Done<(Vec<u8>, bool)>;
        block_on "[method]descriptor.write"
            = HostDescriptor::write(a: D, b: Vec<u8>, c: u64) -> Done<u64>;
        block_on "[method]descriptor.read-directory"
            = HostDescriptor::read_directory(a: D) -> Done<Res<DirectoryEntryStream>>;
        block_on "[method]descriptor.sync" = HostDescriptor::sync(a: D) -> Done<()>;
        block_on "[method]descriptor.create-directory-at"
            = HostDescriptor::create_directory_at(a: D, b: String) -> Done<()>;
        block_on "[method]descriptor.stat" = HostDescriptor::stat(a: D) -> Done<DescriptorStat>;
        block_on "[method]descriptor.stat-at"
            = HostDescriptor::stat_at(a: D, b: PathFlags, c: String) -> Done<DescriptorStat>;
        block_on "[method]descriptor.set-times-at"
            = HostDescriptor::set_times_at(a: D, b: PathFlags, c: String, d: Time, e: Time) -> Done<()>;
        block_on "[method]descriptor.link-at"
            = HostDescriptor::link_at(a: D, b: PathFlags, c: String, d: D, e: String) -> Done<()>;
        block_on "[method]descriptor.open-at" = HostDescriptor::open_at(
            a: D, b: PathFlags, c: String, d: OpenFlags, e: DescriptorFlags
        ) -> Done<D>;
        block_on "[method]descriptor.readlink-at"
            = HostDescriptor::readlink_at(a: D, b: String) -> Done<String>;
        block_on "[method]descriptor.remove-directory-at"
            = HostDescriptor::remove_directory_at(a: D, b: String) -> Done<()>;
        block_on "[method]descriptor.rename-at"
            = HostDescriptor::rename_at(a: D, b: String, c: D, d: String) -> Done<()>;
        block_on "[method]descriptor.symlink-at"
            = HostDescriptor::symlink_at(a: D, b: String, c: String) -> Done<()>;
        block_on "[method]descriptor.unlink-file-at"
            = HostDescriptor::unlink_file_at(a: D, b: String) -> Done<()>;
        block_on "[method]descriptor.metadata-hash"
            = HostDescriptor::metadata_hash(a: D) -> Done<MetadataHashValue>;
        block_on "[method]descriptor.metadata-hash-at"
            = HostDescriptor::metadata_hash_at(a: D, b: PathFlags, c: String) -> Done<MetadataHashValue>;
        block_on "[method]directory-entry-stream.read-directory-entry"
            = HostDirectoryEntryStream::read_directory_entry(a: Res<DirectoryEntryStream>)
            -> Done<Option<DirectoryEntry>>;
    }
    define! { files, T::filesystem, |_: &mut _, done: wasmtime::Result<_>| Ok((done?,));
        block_on "[method]descriptor.is-same-object"
            = HostDescriptor::is_same_object(a: D, b: D) -> (bool,);
    }
    Ok(())
}

fn sockets<T: Guests>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    type Done<R> = Coded<R, SocketError>;
    type Net = Res<Network>;
    type Address = IpSocketAddress;
    type Datagrams = (Res<IncomingDatagramStream>, Res<OutgoingDatagramStream>);
    let mut tcp = instance(linker, "sockets/tcp")?;
    define! { tcp, T::sockets, coded;
        wait_for "[method]tcp-socket.start-bind"
            = HostTcpSocket::start_bind(a: Res<TcpSocket>, b: Net, c: Address) -> Done<()>;
        wait_for "[method]tcp-socket.start-listen"
            = HostTcpSocket::start_listen(a: Res<TcpSocket>) -> Done<()>;
    }
    let mut create = instance(linker, "sockets/udp-create-socket")?;
    define! { create, T::sockets, coded;
        wait_for "create-udp-socket"
            = UdpCreateSocket::create_udp_socket(a: IpAddressFamily) -> Done<Res<UdpSocket>>;
    }
    let mut udp = instance(linker, "sockets/udp")?;
    define! { udp, T::sockets, coded;
        wait_for "[method]udp-socket.start-bind"
            = HostUdpSocket::start_bind(a: Res<UdpSocket>, b: Net, c: Address) -> Done<()>;
        wait_for "[method]udp-socket.stream"
            = HostUdpSocket::stream(a: Res<UdpSocket>, b: Option<Address>) -> Done<Datagrams>;
    }
    let ty = ResourceType::host::<OutgoingDatagramStream>();
    udp.resource("outgoing-datagram-stream", ty, |mut store, at| {
        let deadline = store.data().deadline();
        let stream = Resource::new_own(at);
        let view = &mut store.data_mut().sockets();
        wait_for(&deadline, HostOutgoingDatagramStream::drop(view, stream))?
    })
}
