//! [`Store`]: who may use one, what it keeps for the host functions in it, and how
//! a guest that runs is interrupted.
//!
//! Not here: what is called.

use crate::engine::Engine;
use crate::error::{exception, new};
use crate::ticker::{self, Ticking};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};
use std::cell::UnsafeCell;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};
use witrt::capi::base::door::Door;
use witrt::{AsContextMut, Caller, Context, ErrorKind, Policy, Wasi};

/// A store, and the door into it: one thread at a time is inside, and a host function
/// that a guest calls may come in again.
pub struct Cell {
    door: Door,
    store: UnsafeCell<Option<witrt::Store>>,
    /// What host functions are made of, where Python's collector sees it.
    hosts: Mutex<Vec<Py<PyAny>>>,
    /// What ended the last call: Ctrl-C, mostly.
    interrupt: Arc<Interrupt>,
    /// Whether calls give up the interpreter lock.
    release: bool,
    ticking: Option<Arc<Ticking>>,
}

// SAFETY: the store is touched by whom the door has let in only, and may move between
// threads, which `is_send` checks.
unsafe impl Send for Cell {}
// SAFETY: as above.
unsafe impl Sync for Cell {}

const _: () = {
    const fn is_send<T: Send>() {}
    is_send::<witrt::Store>();
};

/// What is asked at each tick of the epoch while a guest runs.
struct Interrupt {
    raised: Mutex<Option<PyErr>>,
    /// How long a call may take, in nanoseconds; zero for any time.
    timeout: AtomicU64,
    /// When the call that is running has to be over, in nanoseconds since `START`.
    deadline: AtomicU64,
}

/// The thread on which Python looks at signals.
static MAIN: OnceLock<ThreadId> = OnceLock::new();

/// Says that this is it.
pub fn is_main() {
    MAIN.get_or_init(|| std::thread::current().id());
}

fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

impl Interrupt {
    fn raised(&self) -> MutexGuard<'_, Option<PyErr>> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a guest may go on.
    fn tick(&self, releases: bool) -> Option<NonZeroU64> {
        ticker::note();
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline != 0 && now() > deadline {
            return None;
        }
        let is_main = MAIN.get().is_none_or(|main| *main == std::thread::current().id());
        // Others have the lock, which takes its time, and no signals come here.
        if releases && !is_main {
            return NonZeroU64::new(1);
        }
        let asked = Python::attach(|py| {
            py.check_signals()?;
            if !releases {
                // Other threads have their turn, as between instructions of Python's.
                py.detach(|| {});
            }
            Ok(())
        });
        match asked {
            Ok(()) => NonZeroU64::new(1),
            Err(raised) => {
                *self.raised() = Some(raised);
                None
            }
        }
    }
}

impl Cell {
    /// Goes in, with the innermost live context.
    #[inline]
    pub fn enter<R>(&self, body: impl FnOnce(Context<'_>) -> PyResult<R>) -> PyResult<R> {
        let _leave = self.door.open().map_err(busy)?;
        match self.door.innermost() {
            // SAFETY: `call_back` keeps its caller alive for as long as it is the innermost,
            // and the door lets in one at a time.
            Some(caller) => body(unsafe { (*caller.as_ptr()).as_context_mut() }),
            None => {
                // SAFETY: the door lets in one at a time, and no host function is running
                // that has the store.
                match unsafe { &mut *self.store.get() } {
                    Some(store) => {
                        if self.ticking.is_some() {
                            ticker::note();
                        }
                        let timeout = self.interrupt.timeout.load(Ordering::Relaxed);
                        if timeout != 0 {
                            let deadline = now().saturating_add(timeout);
                            self.interrupt.deadline.store(deadline, Ordering::Relaxed);
                        }
                        body(store.as_context_mut())
                    }
                    None => Err(new(ErrorKind::WrongStore, "the store is closed")),
                }
            }
        }
    }

    /// Runs guests in a context, without the interpreter lock if the store is one of
    /// those. `body` may not use Python but by `Python::attach`.
    #[inline]
    pub fn run<R>(
        &self,
        py: Python<'_>,
        cx: &mut Context<'_>,
        body: impl FnOnce(&mut Context<'_>) -> witrt::Result<R>,
    ) -> PyResult<R> {
        struct Sent<T>(T);
        // SAFETY: nothing is sent: `detach` runs the closure on this thread, and `body` is
        // told not to use Python in it.
        unsafe impl<T> Send for Sent<T> {}
        impl<T: FnOnce() -> R, R> Sent<T> {
            fn run(self) -> Sent<R> {
                Sent(self.0())
            }
        }
        let done = if self.release {
            let sent = Sent(|| body(cx));
            py.detach(move || sent.run()).0
        } else {
            body(cx)
        };
        done.map_err(|error| self.failed(py, &error))
    }

    #[cold]
    fn failed(&self, py: Python<'_>, error: &witrt::Error) -> PyErr {
        if let Some(raised) = self.interrupt.raised().take() {
            return raised;
        }
        exception(py, error)
    }

    /// Lets a host function in: `body`, which runs Python code, may use the store.
    #[inline]
    pub fn call_back<R>(&self, caller: &mut Caller<'_>, body: impl FnOnce() -> R) -> R {
        let _restore = self.door.call_back(caller);
        let done = self.door.lend(body);
        // It may have taken its time.
        ticker::note();
        done
    }

    fn hosts(&self) -> MutexGuard<'_, Vec<Py<PyAny>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what a host function is made of, and gives the number of the first.
    pub fn keep<const N: usize>(&self, parts: [Py<PyAny>; N]) -> usize {
        let mut hosts = self.hosts();
        hosts.extend(parts);
        hosts.len() - N
    }

    /// What was kept under a number; nothing once the collector has found the store
    /// to be out of use.
    pub fn host<'py>(&self, py: Python<'py>, number: usize) -> Option<Bound<'py, PyAny>> {
        self.hosts().get(number).map(|host| host.bind(py).clone())
    }
}

#[cold]
fn busy(why: &str) -> PyErr {
    new(ErrorKind::StoreBusy, format!("the store is in use {why}"))
}

/// Holds instances and everything that belongs to them. One thread at a time may
/// use it.
#[pyclass(frozen, module = "witrt", weakref)]
pub struct Store {
    pub cell: Arc<Cell>,
    #[pyo3(get)]
    engine: Py<Engine>,
}

#[pymethods]
impl Store {
    #[new]
    #[pyo3(signature = (engine=None, *, fuel=None, timeout=None, release_gil=false,
        max_memory_bytes=None, max_table_elements=None, max_instances=None))]
    #[allow(clippy::too_many_arguments)] // they are keywords
    fn new(
        py: Python<'_>,
        engine: Option<Py<Engine>>,
        fuel: Option<u64>,
        timeout: Option<f64>,
        release_gil: bool,
        max_memory_bytes: Option<usize>,
        max_table_elements: Option<usize>,
        max_instances: Option<usize>,
    ) -> PyResult<Store> {
        let engine = match engine {
            Some(engine) => engine,
            None => Engine::default(py)?,
        };
        let own = engine.get();
        let mut store = witrt::Store::new(&own.engine);
        let interrupt = Arc::new(Interrupt {
            raised: Mutex::default(),
            timeout: AtomicU64::new(0),
            deadline: AtomicU64::new(0),
        });
        if own.ticking.is_some() {
            let asked = interrupt.clone();
            store.set_epoch_deadline(1);
            store
                .set_epoch_callback(Some(Arc::new(move || asked.tick(release_gil))))
                .map_err(|error| exception(py, &error))?;
        }
        if let Some(bytes) = max_memory_bytes {
            store.set_max_memory_bytes(bytes);
        }
        if let Some(elements) = max_table_elements {
            store.set_max_table_elements(elements);
        }
        if let Some(instances) = max_instances {
            store.set_max_instances(instances);
        }
        if let Some(fuel) = fuel {
            store.set_fuel(fuel).map_err(|error| exception(py, &error))?;
        }
        let cell = Cell {
            door: Door::default(),
            store: UnsafeCell::new(Some(store)),
            hosts: Mutex::default(),
            interrupt,
            release: release_gil,
            ticking: own.ticking.clone(),
        };
        let made = Store { cell: Arc::new(cell), engine };
        if timeout.is_some() {
            made.set_timeout(timeout)?;
        }
        Ok(made)
    }

    /// The fuel that is left, of an engine that counts it.
    #[getter]
    fn fuel(&self, py: Python<'_>) -> PyResult<u64> {
        self.cell.enter(|cx| cx.fuel().map_err(|error| exception(py, &error)))
    }

    #[setter]
    fn set_fuel(&self, py: Python<'_>, fuel: u64) -> PyResult<()> {
        self.cell.enter(|mut cx| cx.set_fuel(fuel).map_err(|error| exception(py, &error)))
    }

    /// How many seconds a call may take, what it calls included; ``None`` for any time.
    #[getter]
    fn timeout(&self) -> Option<f64> {
        match self.cell.interrupt.timeout.load(Ordering::Relaxed) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos).as_secs_f64()),
        }
    }

    #[setter]
    fn set_timeout(&self, seconds: Option<f64>) -> PyResult<()> {
        if seconds.is_some() && self.cell.ticking.is_none() {
            let message = "a timeout needs an engine whose guests can be interrupted";
            return Err(new(ErrorKind::Unsupported, message));
        }
        let nanos = match seconds.map(Duration::try_from_secs_f64) {
            None => 0,
            Some(Ok(time)) => u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1),
            Some(Err(_)) => {
                return Err(new(ErrorKind::OutOfRange, "a timeout is a number of seconds"));
            }
        };
        self.cell.interrupt.timeout.store(nanos, Ordering::Relaxed);
        self.cell.interrupt.deadline.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// Whether guests run without the interpreter lock.
    #[getter]
    fn release_gil(&self) -> bool {
        self.cell.release
    }

    /// Whether the store was closed.
    #[getter]
    fn closed(&self) -> PyResult<bool> {
        let _leave = self.cell.door.open().map_err(busy)?;
        // SAFETY: the door lets in one at a time, which only looks.
        Ok(self.cell.door.innermost().is_none() && unsafe { (*self.cell.store.get()).is_none() })
    }

    /// Gives up everything that is in the store. What belongs to it cannot be used any
    /// more. Closing it twice is permitted.
    fn close(&self) -> PyResult<()> {
        let leave = self.cell.door.open().map_err(busy)?;
        if self.cell.door.innermost().is_some() {
            return Err(busy("by a call that is running"));
        }
        // SAFETY: the door lets in one at a time, and no host function is running.
        let store = unsafe { (*self.cell.store.get()).take() };
        drop(leave);
        drop(store);
        let hosts = std::mem::take(&mut *self.cell.hosts());
        drop(hosts);
        Ok(())
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_args))]
    fn __exit__(&self, _args: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<()> {
        self.close()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a witrt.Store cannot be pickled or copied"))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)?;
        // Who has it locked is at work with it, so that it is in use.
        if let Ok(hosts) = self.cell.hosts.try_lock() {
            hosts.iter().try_for_each(|host| visit.call(host))?;
        }
        Ok(())
    }

    fn __clear__(&self) {
        let hosts = std::mem::take(&mut *self.cell.hosts());
        drop(hosts);
    }
}

impl Store {
    /// What becomes of ill-formed text.
    pub fn policy(&self) -> Policy {
        self.engine.get().engine.ill_formed()
    }

    /// Gives guests what WASI has for them.
    pub fn set_wasi(&self, py: Python<'_>, wasi: &Wasi) -> PyResult<()> {
        self.cell.enter(|mut cx| cx.set_wasi(wasi).map_err(|error| exception(py, &error)))
    }
}
