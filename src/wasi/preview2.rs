//! WASI 0.2: interfaces for components.
//!
//! The engine's are taken as they are, but for what may block or uses sockets, which
//! it would run on threads of its own: those are defined again, to wait as `block`
//! does.
//!
//! Not here: what they do, which is the engine's.

use super::Guests;
use super::block::{block_on, in_reactor, wait_for};
use super::wrapped::{self, Kind};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry,
    DirectoryEntryStream, ErrorCode as FileError, HostDescriptor, HostDirectoryEntryStream,
    MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    Host as Names, HostResolveAddressStream, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{
    ErrorCode as SocketError, IpAddress, IpAddressFamily, IpSocketAddress, Network,
};
use wasmtime_wasi::p2::bindings::sockets::tcp::{HostTcpSocket, ShutdownType};
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host as TcpCreateSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream, HostOutgoingDatagramStream, HostUdpSocket, IncomingDatagram,
    IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream,
};
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket::Host as UdpCreateSocket;
use wasmtime_wasi::p2::{
    DynInputStream as In, DynOutputStream as Out, DynPollable, FsResult, SocketResult, StreamError,
    TcpSocket, UdpSocket,
};
use wasmtime_wasi::sockets::{WasiSocketsCtxView, WasiSocketsView as _};
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

/// Calls a function of the engine's, the way that it is called.
macro_rules! run {
    (directly $deadline:ident $call:expr) => {
        $call
    };
    (in_reactor $deadline:ident $call:expr) => {
        in_reactor(|| $call)?
    };
    ($run:ident $deadline:ident $call:expr) => {
        $run(&$deadline, $call)?
    };
}

/// Defines functions: how each is run, its name, the engine's, and the types of
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
                let done = run!($run deadline $of::$method(view, $($arg),*));
                T::keep(&mut store, &deadline);
                $give(&mut $view(store.data_mut()), done)
            },
        )?;
    )+};
}

/// Defines a resource: how its end is run, and whose it is.
macro_rules! resource {
    ($instance:ident, $view:expr; $($run:ident $name:literal = $of:ident::drop($ty:ty);)+) => {$(
        $instance.resource($name, ResourceType::host::<$ty>(), |mut store, at| {
            let deadline = store.data().deadline();
            let view = &mut $view(store.data_mut());
            let done = run!($run deadline $of::drop(view, Resource::new_own(at)));
            T::keep(&mut store, &deadline);
            done
        })?;
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
    resource! { streams, table;
        block_on "input-stream" = HostInputStream::drop(In);
        block_on "output-stream" = HostOutputStream::drop(Out);
    }
    Ok(())
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
    fn input(
        view: &mut WasiFilesystemCtxView<'_>,
        done: FsResult<Res<In>>,
    ) -> wasmtime::Result<Done<Res<In>>> {
        let done = done.and_then(|at| Ok(wrapped::input(view.table, at, Kind::File)?));
        coded(view, done)
    }
    fn output(
        view: &mut WasiFilesystemCtxView<'_>,
        done: FsResult<Res<Out>>,
    ) -> wasmtime::Result<Done<Res<Out>>> {
        let done = done.and_then(|at| Ok(wrapped::output(view.table, at, Kind::File)?));
        coded(view, done)
    }
    define! { files, T::filesystem, input;
        directly "[method]descriptor.read-via-stream"
            = HostDescriptor::read_via_stream(a: D, b: u64) -> Done<Res<In>>;
    }
    define! { files, T::filesystem, output;
        directly "[method]descriptor.write-via-stream"
            = HostDescriptor::write_via_stream(a: D, b: u64) -> Done<Res<Out>>;
        directly "[method]descriptor.append-via-stream"
            = HostDescriptor::append_via_stream(a: D) -> Done<Res<Out>>;
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
    type Tcp = Res<TcpSocket>;
    type Udp = Res<UdpSocket>;
    type Connection = (Res<In>, Res<Out>);
    type Accepted = (Tcp, Res<In>, Res<Out>);
    type Datagrams = (Res<IncomingDatagramStream>, Res<OutgoingDatagramStream>);
    fn connected(
        view: &mut WasiSocketsCtxView<'_>,
        done: SocketResult<Connection>,
    ) -> wasmtime::Result<Done<Connection>> {
        let wrap = |(input, output)| {
            let input = wrapped::input(view.table, input, Kind::Socket)?;
            Ok((input, wrapped::output(view.table, output, Kind::Socket)?))
        };
        let done = done.and_then(wrap);
        coded(view, done)
    }
    fn accepted(
        view: &mut WasiSocketsCtxView<'_>,
        done: SocketResult<Accepted>,
    ) -> wasmtime::Result<Done<Accepted>> {
        let wrap = |(socket, input, output)| {
            let input = wrapped::input(view.table, input, Kind::Socket)?;
            Ok((socket, input, wrapped::output(view.table, output, Kind::Socket)?))
        };
        let done = done.and_then(wrap);
        coded(view, done)
    }
    let mut create = instance(linker, "sockets/tcp-create-socket")?;
    define! { create, T::sockets, coded;
        in_reactor "create-tcp-socket"
            = TcpCreateSocket::create_tcp_socket(a: IpAddressFamily) -> Done<Tcp>;
    }
    let mut tcp = instance(linker, "sockets/tcp")?;
    define! { tcp, T::sockets, coded;
        wait_for "[method]tcp-socket.start-bind"
            = HostTcpSocket::start_bind(a: Tcp, b: Net, c: Address) -> Done<()>;
        wait_for "[method]tcp-socket.start-listen" = HostTcpSocket::start_listen(a: Tcp) -> Done<()>;
        in_reactor "[method]tcp-socket.start-connect"
            = HostTcpSocket::start_connect(a: Tcp, b: Net, c: Address) -> Done<()>;
        in_reactor "[method]tcp-socket.shutdown"
            = HostTcpSocket::shutdown(a: Tcp, b: ShutdownType) -> Done<()>;
    }
    define! { tcp, T::sockets, connected;
        in_reactor "[method]tcp-socket.finish-connect"
            = HostTcpSocket::finish_connect(a: Tcp) -> Done<Connection>;
    }
    define! { tcp, T::sockets, accepted;
        in_reactor "[method]tcp-socket.accept" = HostTcpSocket::accept(a: Tcp) -> Done<Accepted>;
    }
    let mut create = instance(linker, "sockets/udp-create-socket")?;
    define! { create, T::sockets, coded;
        wait_for "create-udp-socket"
            = UdpCreateSocket::create_udp_socket(a: IpAddressFamily) -> Done<Udp>;
    }
    let mut udp = instance(linker, "sockets/udp")?;
    define! { udp, T::sockets, coded;
        wait_for "[method]udp-socket.start-bind"
            = HostUdpSocket::start_bind(a: Udp, b: Net, c: Address) -> Done<()>;
        wait_for "[method]udp-socket.stream"
            = HostUdpSocket::stream(a: Udp, b: Option<Address>) -> Done<Datagrams>;
        in_reactor "[method]incoming-datagram-stream.receive"
            = HostIncomingDatagramStream::receive(a: Res<IncomingDatagramStream>, b: u64)
            -> Done<Vec<IncomingDatagram>>;
        in_reactor "[method]outgoing-datagram-stream.check-send"
            = HostOutgoingDatagramStream::check_send(a: Res<OutgoingDatagramStream>) -> Done<u64>;
        in_reactor "[method]outgoing-datagram-stream.send"
            = HostOutgoingDatagramStream::send(
                a: Res<OutgoingDatagramStream>, b: Vec<OutgoingDatagram>
            ) -> Done<u64>;
    }
    resource! { udp, T::sockets;
        wait_for "outgoing-datagram-stream"
            = HostOutgoingDatagramStream::drop(OutgoingDatagramStream);
    }
    let mut names = instance(linker, "sockets/ip-name-lookup")?;
    define! { names, T::sockets, coded;
        in_reactor "resolve-addresses"
            = Names::resolve_addresses(a: Net, b: String) -> Done<Res<ResolveAddressStream>>;
        in_reactor "[method]resolve-address-stream.resolve-next-address"
            = HostResolveAddressStream::resolve_next_address(a: Res<ResolveAddressStream>)
            -> Done<Option<IpAddress>>;
    }
    Ok(())
}
