//! Waiting for what the engine's WASI leaves unfinished, on the thread that runs
//! the guest.
//!
//! Most of what it calls a future is done at once. Where it is not, a guest
//! blocks, and only then is a thread started: one for the process, which has the
//! timers and the sockets. The host's own runtime, where it has one, is neither
//! entered nor waited for.
//!
//! Not here: what is waited for.

use crate::error::{Error, ErrorKind, Result, Trap, TrapCode};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, EnterGuard, Runtime};

/// When a guest has to stop.
pub(crate) struct Deadline {
    pub epoch: Option<Arc<AtomicU64>>,
    /// It is put off while the guest waits, where the host says so.
    pub at: Cell<u64>,
    /// Who is asked then for how many ticks it may go on.
    pub callback: Option<Callback>,
}

type Callback = Arc<dyn Fn() -> Option<NonZeroU64> + Send + Sync>;

impl Deadline {
    /// An error where it has come to pass.
    fn check(&self) -> Result<()> {
        let now = self.epoch.as_ref().map(|epoch| epoch.load(Ordering::Relaxed));
        let Some(now) = now.filter(|now| *now >= self.at.get()) else { return Ok(()) };
        let answer = self.callback.as_ref().map(|ask| catch_unwind(AssertUnwindSafe(|| ask())));
        let answer = answer
            .unwrap_or(Ok(None))
            .map_err(|_| Error::new(ErrorKind::Panic, "the epoch callback panicked"))?;
        match answer {
            Some(ticks) => self.at.set(now.saturating_add(ticks.get())),
            None => {
                let message = wasmtime::Trap::Interrupt.to_string();
                return Err(Trap::with_code(message, TrapCode::Interrupted).into());
            }
        }
        Ok(())
    }
}

/// What timers and sockets need.
static REACTOR: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(1).thread_name("witrt-wasi").enable_all().build()
});

/// Lets timers and sockets be made on this thread until it is dropped, in place of
/// a runtime of the host's.
fn reactor() -> Result<EnterGuard<'static>> {
    match &*REACTOR {
        Ok(runtime) => Ok(runtime.enter()),
        Err(e) => Err(Trap::new(format!("no thread for timers and sockets: {e}")).into()),
    }
}

/// Runs what makes or uses sockets, and does not wait. No code of the host's runs
/// there: its runtime is its own.
pub(super) fn in_reactor<R>(run: impl FnOnce() -> R) -> Result<R> {
    let _reactor = reactor()?;
    at_once(async { run() })
}

/// A future that is looked at where timers and sockets can be made. What the host is
/// asked meanwhile is not.
pub(super) async fn with_reactor<F: Future>(future: F) -> Result<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let _reactor = reactor()?;
        future.as_mut().poll(cx).map(Ok)
    })
    .await
}

thread_local! {
    /// When a future that is waited for on this thread wants to be looked at again.
    static NEXT: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// A future that is done after a while, for [`block_on`] alone.
pub(super) struct Sleep(Option<Instant>);

impl Sleep {
    pub fn new(time: Duration) -> Sleep {
        Sleep(Instant::now().checked_add(time))
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        // Where there is no such time, it is never.
        match self.0 {
            Some(end) if Instant::now() >= end => Poll::Ready(()),
            end => {
                NEXT.set(end);
                Poll::Pending
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What a future gives that is done when it is first looked at.
pub(super) fn at_once<F: Future>(future: F) -> Result<F::Output> {
    // What the host's runtime allots to a task of its own is not for this.
    let future = pin!(tokio::task::unconstrained(future));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Ok(done),
        Poll::Pending => Err(Error::internal("what is done at once was not")),
    }
}

/// Waits, until the deadline.
pub(super) fn block_on<F: Future>(deadline: &Deadline, future: F) -> Result<F::Output> {
    let mut future = pin!(tokio::task::unconstrained(future));
    // Nothing is made for what is done at once.
    if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return Ok(done);
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut slice = Duration::from_micros(100);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut cx) {
            return Ok(done);
        }
        deadline.check()?;
        // It looks at the clock now and then. Some futures give way to others of a
        // runtime, and within a host's that may wake nobody.
        let next = NEXT.take().map(|end| end.saturating_duration_since(Instant::now()));
        std::thread::park_timeout(next.unwrap_or(slice).min(slice));
        slice = (slice * 2).min(Duration::from_millis(10));
    }
}

/// The same for what may need a timer or a socket.
pub(super) fn wait_for<F: Future>(deadline: &Deadline, future: F) -> Result<F::Output> {
    block_on(deadline, with_reactor(future))?
}
