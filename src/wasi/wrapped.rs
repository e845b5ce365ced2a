//! The engine's streams of files and of sockets, on the thread that runs the guest.
//!
//! By themselves those of files leave what does not block to threads, and those of
//! sockets take the runtime of the host's where there is one.
//!
//! Not here: standard streams.

use super::block::{at_once, in_reactor};
use bytes::Bytes;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::pipe::{ClosedInputStream, SinkOutputStream};
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, StreamError, StreamResult,
};
use wasmtime_wasi::{ResourceTable, ResourceTableError, async_trait};

/// A stream of a file, which is read and written at once.
struct OfFile<S>(S);

/// A stream of a socket.
struct OfSocket<S>(S);

/// What a stream is made into.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    File,
    Socket,
}

/// Wraps a stream that guests read.
pub(super) fn input(
    table: &mut ResourceTable,
    at: Resource<DynInputStream>,
    kind: Kind,
) -> Result<Resource<DynInputStream>, ResourceTableError> {
    let place = table.get_mut(&at)?;
    let stream = std::mem::replace(place, Box::new(ClosedInputStream));
    *place = match kind {
        Kind::File => Box::new(OfFile(stream)),
        Kind::Socket => Box::new(OfSocket(stream)),
    };
    Ok(at)
}

/// Wraps a stream that guests write.
pub(super) fn output(
    table: &mut ResourceTable,
    at: Resource<DynOutputStream>,
    kind: Kind,
) -> Result<Resource<DynOutputStream>, ResourceTableError> {
    let place = table.get_mut(&at)?;
    let stream = std::mem::replace(place, Box::new(SinkOutputStream));
    *place = match kind {
        Kind::File => Box::new(OfFile(stream)),
        Kind::Socket => Box::new(OfSocket(stream)),
    };
    Ok(at)
}

fn trap(error: crate::error::Error) -> StreamError {
    StreamError::Trap(error.into())
}

#[async_trait]
impl InputStream for OfFile<DynInputStream> {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        // The engine would take that there is nothing to read for the file's end.
        if size == 0 {
            return self.0.read(0);
        }
        at_once(self.0.blocking_read(size)).map_err(trap)?
    }
}

#[async_trait]
impl OutputStream for OfFile<DynOutputStream> {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        at_once(self.0.blocking_write_and_flush(bytes)).map_err(trap)?
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.0.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.0.check_write()
    }
}

#[async_trait]
impl<S: Send + 'static> Pollable for OfFile<S> {
    async fn ready(&mut self) {}
}

#[async_trait]
impl InputStream for OfSocket<DynInputStream> {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        in_reactor(|| self.0.read(size)).map_err(trap)?
    }
}

#[async_trait]
impl OutputStream for OfSocket<DynOutputStream> {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        in_reactor(|| self.0.write(bytes)).map_err(trap)?
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.0.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        in_reactor(|| self.0.check_write()).map_err(trap)?
    }

    async fn cancel(&mut self) {
        self.0.cancel().await;
    }
}

#[async_trait]
impl<S: Pollable> Pollable for OfSocket<S> {
    async fn ready(&mut self) {
        self.0.ready().await;
    }
}
