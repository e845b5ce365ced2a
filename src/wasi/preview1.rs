//! WASI preview 1: functions for core modules.
//!
//! Not here: what they do, which is the engine's.

use super::block::{Deadline, block_on};
use super::{Context, Guests};
use crate::error::{Result, Trap};
use wasmtime::{AsContextMut, Caller, Extern, Func};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1 as _;
use wiggle::GuestMemory;

/// The functions: how each is run, its core type, and the engine's answer.
macro_rules! functions {
    ($($run:ident $name:ident($($arg:ident: $ty:ident),*) $(-> $out:ty)?;)+) => {
        /// The function of that name, for the instance whose context has that
        /// number; `None` where there is no such function.
        pub(crate) fn function<T: Guests>(
            cx: impl AsContextMut<Data = T>,
            name: &str,
            context: usize,
        ) -> Option<Func> {
            Some(match name {
                $(stringify!($name) => Func::wrap(
                    cx,
                    move |mut caller: Caller<'_, T>, $($arg: $ty),*| $(-> wasmtime::Result<$out>)? {
                        let deadline = caller.data().deadline();
                        let (mut memory, context) = entered(&mut caller, context)?;
                        let cx = &mut context.inner;
                        let done = $run(&deadline, functions::$name(cx, &mut memory, $($arg),*))?;
                        T::keep(&mut caller.as_context_mut(), &deadline);
                        done
                    },
                ),)+
                _ => return None,
            })
        }
    };
}

functions! {
    at_once args_get(a: i32, b: i32) -> i32;
    at_once args_sizes_get(a: i32, b: i32) -> i32;
    at_once environ_get(a: i32, b: i32) -> i32;
    at_once environ_sizes_get(a: i32, b: i32) -> i32;
    at_once clock_res_get(a: i32, b: i32) -> i32;
    at_once clock_time_get(a: i32, b: i64, c: i32) -> i32;
    block_on fd_advise(a: i32, b: i64, c: i64, d: i32) -> i32;
    at_once fd_allocate(a: i32, b: i64, c: i64) -> i32;
    block_on fd_close(a: i32) -> i32;
    block_on fd_datasync(a: i32) -> i32;
    block_on fd_fdstat_get(a: i32, b: i32) -> i32;
    at_once fd_fdstat_set_flags(a: i32, b: i32) -> i32;
    at_once fd_fdstat_set_rights(a: i32, b: i64, c: i64) -> i32;
    block_on fd_filestat_get(a: i32, b: i32) -> i32;
    block_on fd_filestat_set_size(a: i32, b: i64) -> i32;
    block_on fd_filestat_set_times(a: i32, b: i64, c: i64, d: i32) -> i32;
    block_on fd_pread(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32;
    at_once fd_prestat_get(a: i32, b: i32) -> i32;
    at_once fd_prestat_dir_name(a: i32, b: i32, c: i32) -> i32;
    block_on fd_pwrite(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32;
    block_on fd_read(a: i32, b: i32, c: i32, d: i32) -> i32;
    block_on fd_readdir(a: i32, b: i32, c: i32, d: i64, e: i32) -> i32;
    block_on fd_renumber(a: i32, b: i32) -> i32;
    block_on fd_seek(a: i32, b: i64, c: i32, d: i32) -> i32;
    block_on fd_sync(a: i32) -> i32;
    at_once fd_tell(a: i32, b: i32) -> i32;
    block_on fd_write(a: i32, b: i32, c: i32, d: i32) -> i32;
    block_on path_create_directory(a: i32, b: i32, c: i32) -> i32;
    block_on path_filestat_get(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32;
    block_on path_filestat_set_times(a: i32, b: i32, c: i32, d: i32, e: i64, f: i64, g: i32) -> i32;
    block_on path_link(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32) -> i32;
    block_on path_open(
        a: i32, b: i32, c: i32, d: i32, e: i32, f: i64, g: i64, h: i32, i: i32
    ) -> i32;
    block_on path_readlink(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32;
    block_on path_remove_directory(a: i32, b: i32, c: i32) -> i32;
    block_on path_rename(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32;
    block_on path_symlink(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32;
    block_on path_unlink_file(a: i32, b: i32, c: i32) -> i32;
    block_on poll_oneoff(a: i32, b: i32, c: i32, d: i32) -> i32;
    at_once proc_exit(a: i32) -> ();
    at_once proc_raise(a: i32) -> i32;
    at_once sched_yield() -> i32;
    at_once random_get(a: i32, b: i32) -> i32;
    at_once sock_accept(a: i32, b: i32, c: i32) -> i32;
    at_once sock_recv(a: i32, b: i32, c: i32, d: i32, e: i32, f: i32) -> i32;
    at_once sock_send(a: i32, b: i32, c: i32, d: i32, e: i32) -> i32;
    at_once sock_shutdown(a: i32, b: i32) -> i32;
}

/// The engine's functions, but for one of which it would block the thread.
mod functions {
    use super::super::block::{Sleep, with_reactor};
    use std::time::Duration;
    use wasmtime_wasi::p1::WasiP1Ctx;
    pub use wasmtime_wasi::p1::wasi_snapshot_preview1::*;
    use wiggle::{GuestMemory, GuestPtr};

    /// Any status is the guest's to tell; the engine's function refuses large ones.
    pub fn proc_exit(
        _: &mut WasiP1Ctx,
        _: &mut GuestMemory<'_>,
        status: i32,
    ) -> wasmtime::Result<()> {
        Err(wasmtime_wasi::I32Exit(status).into())
    }

    pub async fn poll_oneoff(
        cx: &mut WasiP1Ctx,
        memory: &mut GuestMemory<'_>,
        subscriptions: i32,
        events: i32,
        count: i32,
        count_of_events: i32,
    ) -> wasmtime::Result<i32> {
        use wasmtime_wasi::p1::types::{
            Errno, Event, EventFdReadwrite, Eventrwflags, Eventtype, Subclockflags, Subscription,
            SubscriptionU,
        };
        let ptr = GuestPtr::<Subscription>::new(subscriptions as u32);
        if count == 1
            && let Ok(subscription) = memory.read(ptr)
            && let SubscriptionU::Clock(clock) = &subscription.u
            && !clock.flags.contains(Subclockflags::SUBSCRIPTION_CLOCK_ABSTIME)
        {
            Sleep::new(Duration::from_nanos(clock.timeout)).await;
            let event = Event {
                userdata: subscription.userdata,
                error: Errno::Success,
                type_: Eventtype::Clock,
                fd_readwrite: EventFdReadwrite { nbytes: 1, flags: Eventrwflags::empty() },
            };
            memory.write(GuestPtr::<Event>::new(events as u32), event)?;
            memory.write(GuestPtr::<u32>::new(count_of_events as u32), 1)?;
            return Ok(Errno::Success as i32);
        }
        use wasmtime_wasi::p1::wasi_snapshot_preview1 as engine;
        let waits = engine::poll_oneoff(cx, memory, subscriptions, events, count, count_of_events);
        with_reactor(waits).await?
    }
}

/// What is done when it returns.
fn at_once<R>(_: &Deadline, done: R) -> Result<R> {
    Ok(done)
}

/// The caller's memory and its context.
fn entered<'a, T: Guests>(
    caller: &'a mut Caller<'_, T>,
    number: usize,
) -> Result<(GuestMemory<'a>, &'a mut Context)> {
    let memory = caller.get_export("memory");
    let fuel = caller.as_context_mut().hostcall_fuel();
    let (memory, data) = match &memory {
        Some(Extern::Memory(memory)) => {
            let (memory, data) = memory.data_and_store_mut(caller);
            (GuestMemory::Unshared(memory), data)
        }
        _ => return Err(Trap::new("WASI needs an export \"memory\" of the module").into()),
    };
    let none = || Trap::new("this instance was not made, and has nothing of the system");
    let context = data.context(number).ok_or_else(none)?;
    context.inner.set_hostcall_fuel(fuel);
    Ok((memory, context))
}
