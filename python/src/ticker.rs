//! What moves the epochs of engines on while guests run, so that a call can be
//! interrupted: one thread, which sleeps while nothing is called.
//!
//! Not here: what becomes of a tick.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use witrt::Engine;

/// An engine, known to the thread as long as somebody has it.
pub struct Ticking(pub Engine);

/// A tick: how soon a guest that runs is stopped.
const TICK: Duration = Duration::from_millis(10);
/// After so many ticks without a call the thread waits for one.
const IDLE: u32 = 100;

static ENGINES: Mutex<Vec<Weak<Ticking>>> = Mutex::new(Vec::new());
static WAKE: Condvar = Condvar::new();
/// Whether the thread waits, or is not there.
static ASLEEP: AtomicBool = AtomicBool::new(true);
/// Whether it is there.
static STARTED: AtomicBool = AtomicBool::new(false);
/// Whether something was called since the last tick.
static USED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The engines, on a thread that forks.
    static HELD: Cell<Option<MutexGuard<'static, Vec<Weak<Ticking>>>>> = const { Cell::new(None) };
}

fn engines() -> MutexGuard<'static, Vec<Weak<Ticking>>> {
    ENGINES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Uses the engines, also on a thread that has them because it forks.
fn with_engines<R>(body: impl FnOnce(&mut Vec<Weak<Ticking>>) -> R) -> R {
    let Some(mut held) = HELD.take() else { return body(&mut engines()) };
    let done = body(&mut held);
    HELD.set(Some(held));
    done
}

/// An engine whose epoch is moved on.
pub fn register(engine: &Engine) -> Arc<Ticking> {
    let ticking = Arc::new(Ticking(engine.clone()));
    with_engines(|engines| engines.push(Arc::downgrade(&ticking)));
    ticking
}

/// Says that a guest is about to run.
#[inline]
pub fn note() {
    if !USED.load(Ordering::Relaxed) {
        USED.store(true, Ordering::SeqCst);
        if ASLEEP.load(Ordering::SeqCst) {
            wake();
        }
    }
}

#[cold]
fn wake() {
    with_engines(|_| start_or_wake());
}

fn start_or_wake() {
    if !STARTED.swap(true, Ordering::SeqCst) {
        ASLEEP.store(false, Ordering::SeqCst);
        let thread = std::thread::Builder::new().name("witrt-epochs".into());
        // Without it, guests run to their end.
        if thread.stack_size(64 << 10).spawn(run).is_err() {
            STARTED.store(false, Ordering::SeqCst);
        }
        return;
    }
    WAKE.notify_one();
}

fn run() {
    let mut idle = 0;
    loop {
        std::thread::sleep(TICK);
        let mut engines = engines();
        idle = if USED.swap(false, Ordering::SeqCst) { 0 } else { idle + 1 };
        engines.retain(|engine| {
            let engine = engine.upgrade();
            engine.is_some_and(|engine| {
                engine.0.increment_epoch();
                true
            })
        });
        if idle < IDLE {
            continue;
        }
        ASLEEP.store(true, Ordering::SeqCst);
        while !USED.load(Ordering::SeqCst) {
            engines = WAKE.wait(engines).unwrap_or_else(PoisonError::into_inner);
        }
        ASLEEP.store(false, Ordering::SeqCst);
        idle = 0;
    }
}

/// A process is about to be forked: nobody else has the engines until that is done, for
/// whom the new process would wait for ever.
pub fn forking() {
    HELD.set(Some(engines()));
}

/// A process was made, or could not be.
pub fn forked() {
    drop(HELD.take());
}

/// In a process that was made so, the thread is not there.
pub fn is_fork() {
    forked();
    STARTED.store(false, Ordering::SeqCst);
    ASLEEP.store(true, Ordering::SeqCst);
    USED.store(false, Ordering::SeqCst);
}
