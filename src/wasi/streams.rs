//! Standard streams that are functions of the host's.
//!
//! Not here: whose they are.

use super::config::{Reader, Writer};
use bytes::Bytes;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{self, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdinStream, StdoutStream};
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

/// So much is read or written at a time, and so long may a line be.
const MOST: usize = 64 * 1024;

/// Input from a function.
#[derive(Clone)]
pub(super) struct In(pub Reader);

impl In {
    fn fill(&self, room: &mut [u8]) -> io::Result<usize> {
        guarded(|| (self.0)(room)).map(|read| read.min(room.len()))
    }
}

/// A panic of the host's function is a failure of the stream.
fn guarded<R>(run: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(io::Error::other("a host function panicked")))
}

/// Output to a function.
#[derive(Clone)]
pub(super) struct Out {
    write: Writer,
    /// The start of a line, where lines are wanted.
    line: Option<Arc<Mutex<Vec<u8>>>>,
}

impl Out {
    pub fn new(write: Writer, lines: bool) -> Out {
        Out { write, line: lines.then(Arc::default) }
    }

    fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        let Some(line) = &self.line else { return guarded(|| (self.write)(bytes)) };
        let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
        while !bytes.is_empty() {
            let end = bytes.iter().position(|b| *b == b'\n').map(|at| at + 1);
            let take = end.unwrap_or(bytes.len()).min(MOST - line.len());
            line.extend_from_slice(&bytes[..take]);
            bytes = &bytes[take..];
            if end == Some(take) || line.len() == MOST {
                // What is refused does not come again.
                let whole = std::mem::take(&mut *line);
                guarded(|| (self.write)(&whole))?;
            }
        }
        Ok(())
    }

    /// Gives out what is not a whole line.
    pub fn finish(&self) {
        let Some(line) = &self.line else { return };
        let rest = std::mem::take(&mut *line.lock().unwrap_or_else(PoisonError::into_inner));
        if !rest.is_empty() {
            // No guest is there to be told.
            let _ = guarded(|| (self.write)(&rest));
        }
    }
}

fn failed(error: io::Error) -> StreamError {
    match error.kind() {
        io::ErrorKind::BrokenPipe => StreamError::Closed,
        _ => StreamError::LastOperationFailed(error.into()),
    }
}

#[async_trait]
impl InputStream for In {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if size == 0 {
            return Ok(Bytes::new());
        }
        let mut room = vec![0; size.min(MOST)];
        let read = self.fill(&mut room).map_err(failed)?;
        if read == 0 {
            return Err(StreamError::Closed);
        }
        room.truncate(read);
        Ok(room.into())
    }
}

#[async_trait]
impl OutputStream for Out {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        Out::write(self, &bytes).map_err(failed)
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MOST)
    }
}

#[async_trait]
impl Pollable for In {
    async fn ready(&mut self) {}
}

#[async_trait]
impl Pollable for Out {
    async fn ready(&mut self) {}
}

impl IsTerminal for In {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl IsTerminal for Out {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdinStream for In {
    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncRead + Send + Sync> {
        Box::new(self.clone())
    }
}

impl StdoutStream for Out {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

// The engine wants these for WASI 0.3.

impl AsyncRead for In {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.fill(into.initialize_unfilled())?;
        into.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Out {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Out::write(&self, bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
