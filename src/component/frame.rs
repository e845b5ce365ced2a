//! [`Frame`]: what a call that is running refers to; and [`Shared`], what all calls of an
//! instance do.
//!
//! Not here: the instance itself; its calls.

#![allow(unsafe_code)] // what a call lends to those who lower and lift

use super::check::Notes;
use super::component::{Component, Told};
use super::engine_types::{Reader, Resources};
use super::gate::{Gate, Room};
use crate::error::{Error, ErrorKind};
use crate::guest::Limits;
use crate::guest::context::Cx;
use crate::guest::meter::put_off;
use crate::guest::resource::{Owner, Resource};
use crate::guest::tree::arena::Arena;
use crate::string::Encoding;
use crate::types::tree::Tuple;
use std::cell::{Cell, RefCell, RefMut};
use std::collections::HashMap;
use std::ptr::null;
use std::sync::{Arc, OnceLock};
use wasmtime::component::__internal::{InstanceType, InterfaceType};

/// What a call that is running refers to.
pub(super) struct Frame {
    host: *mut Cx<'static>,
    shared: *const Shared,
    encoding: Encoding,
    /// What the engine's own way refers to while the engine makes the call.
    pub running: Cell<*const ()>,
}

thread_local! {
    /// The innermost call of a component on this thread.
    static CURRENT: Cell<*const Frame> = const { Cell::new(null()) };
}

impl Frame {
    /// Runs `body` with this as the innermost call.
    pub fn run<R>(
        host: &mut Cx<'_>,
        shared: &Shared,
        encoding: Encoding,
        body: impl FnOnce(&Frame) -> R,
    ) -> R {
        struct Restore(*const Frame);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        let frame = Frame {
            host: std::ptr::from_mut(host).cast(),
            shared,
            encoding,
            running: Cell::new(null()),
        };
        let _restore = Restore(CURRENT.replace(&frame));
        body(&frame)
    }

    /// The innermost call, in what the engine calls within it.
    pub fn current<R>(body: impl FnOnce(&Frame) -> wasmtime::Result<R>) -> wasmtime::Result<R> {
        // SAFETY: `run` keeps the frame for as long as it is the innermost.
        match unsafe { CURRENT.get().as_ref() } {
            Some(frame) => body(frame),
            None => Err(Error::new(ErrorKind::Panic, "internal error: no call is running").into()),
        }
    }

    /// The same in a host function that the guest calls, which it may not always do.
    pub fn called<R>(body: impl FnOnce(&Frame) -> wasmtime::Result<R>) -> wasmtime::Result<R> {
        Frame::current(|frame| match frame.shared().may_not_leave() {
            true => Err(wasmtime::Trap::CannotLeaveComponent.into()),
            false => body(frame),
        })
    }

    /// The host's store.
    #[allow(clippy::mut_from_ref)]
    pub fn host(&self) -> &mut Cx<'_> {
        // SAFETY: `run` has it lent for the time of the call, during which
        // nothing else refers to it; those who ask use it for one thing at a
        // time. The lifetime is made shorter.
        unsafe { &mut *self.host.cast() }
    }

    pub fn shared(&self) -> &Shared {
        // SAFETY: `run` keeps it.
        unsafe { &*self.shared }
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub fn owner(&self) -> &Arc<Owner> {
        &self.shared().owner
    }

    pub fn host_table(&self) -> RefMut<'_, HostTable> {
        self.shared().hosts.borrow_mut()
    }

    /// The types behind one of the engine's tuples.
    pub fn tuple(&self, ty: InterfaceType, types: InstanceType<'_>) -> wasmtime::Result<Tuple> {
        let InterfaceType::Tuple(index) = ty else {
            return Err(Error::new(ErrorKind::Panic, "internal error: no tuple").into());
        };
        if let Some(known) = self.shared().tuple(index.as_u32()) {
            return Ok(known.clone());
        }
        let mut known = self.shared().tuples.borrow_mut();
        if let Some(known) = known.get(&index.as_u32()) {
            return Ok(known.clone());
        }
        let types = InstanceType { types: types.types, resources: None };
        let mut reader = Reader::new(types, self.shared().resources());
        let made = reader.tuple(index)?;
        known.insert(index.as_u32(), made.clone());
        Ok(made)
    }
}

/// What calls of an instance share.
pub(super) struct Shared {
    component: Component,
    pub owner: Arc<Owner>,
    /// The host's resources that it holds.
    pub hosts: RefCell<HostTable>,
    /// The types of parameters and results of what components within it import, by
    /// the engine's numbers, where the component does not know them.
    pub tuples: RefCell<HashMap<u32, Tuple>>,
    /// The component's door, if calls go by it, with its frame.
    pub gate: OnceLock<(Gate, Room)>,
    notes: RefCell<Vec<Notes>>,
    arenas: RefCell<Vec<Arena>>,
}

/// The host's resources that a component holds handles of.
#[derive(Default)]
pub(super) struct HostTable {
    entries: Vec<Option<Resource>>,
    free: Vec<u32>,
    /// Those that are lent for the call that is being made.
    loans: Vec<u32>,
}

impl HostTable {
    /// A number for a resource; for a loan, until the call is over.
    pub fn insert(&mut self, resource: Resource, loan: bool) -> u32 {
        let at = self.free.pop().unwrap_or(self.entries.len() as u32);
        match self.entries.get_mut(at as usize) {
            Some(entry) => *entry = Some(resource),
            None => self.entries.push(Some(resource)),
        }
        if loan {
            self.loans.push(at);
        }
        at
    }

    pub fn get(&self, at: u32) -> Option<Resource> {
        self.entries.get(at as usize)?.clone()
    }

    pub fn remove(&mut self, at: u32) -> Option<Resource> {
        let found = self.entries.get_mut(at as usize)?.take()?;
        self.free.push(at);
        Some(found)
    }

    /// Takes out what was lent for the call that is over, one of them.
    fn end_loan(&mut self) -> Option<Option<Resource>> {
        let at = self.loans.pop()?;
        Some(self.remove(at))
    }
}

impl Shared {
    /// Of an instance of this component, whose resources this owns.
    pub fn new(component: Component, owner: Arc<Owner>) -> Shared {
        Shared {
            owner,
            hosts: RefCell::default(),
            tuples: RefCell::default(),
            gate: OnceLock::new(),
            notes: RefCell::default(),
            arenas: RefCell::default(),
            component,
        }
    }

    /// How values are lowered and lifted for each of the functions that are behind its
    /// door, as far as that is known.
    pub fn told(&self) -> &[OnceLock<Told>] {
        self.component.told()
    }

    /// The component's resource types, with their names.
    pub fn resources(&self) -> &Resources {
        self.component.resources()
    }

    /// The types behind one of the engine's tuples, if the component knows them.
    pub fn tuple(&self, index: u32) -> Option<&Tuple> {
        self.component.tuple(index)
    }

    /// Whether the guest runs where it may call nobody.
    pub fn may_not_leave(&self) -> bool {
        self.gate.get().is_some_and(|(gate, _)| gate.is_inside())
    }

    /// Ends what was lent for a call. Nothing is borrowed while the host's code runs,
    /// which a resource's end may be.
    pub fn end_loans(&self) {
        let next = || self.hosts.borrow_mut().end_loan();
        while let Some(ended) = next() {
            drop(ended);
        }
    }

    /// Room for what a call notes.
    pub fn notes(&self) -> Notes {
        self.notes.borrow_mut().pop().unwrap_or_default()
    }

    /// Takes it back.
    pub fn keep_notes(&self, notes: Notes) {
        self.notes.borrow_mut().push(notes);
    }

    /// An arena for the arguments of a host function.
    pub fn spare(&self) -> Arena {
        self.arenas.borrow_mut().pop().unwrap_or_else(|| Arena::new(0))
    }

    /// Takes one back.
    pub fn keep(&self, mut arena: Arena) {
        arena.reset();
        self.arenas.borrow_mut().push(arena);
    }

    /// The host's store has what is left of the fuel while host code runs, and the time
    /// that the guest was granted.
    pub fn lend_limits(&self, own: &mut Cx<'_>, host: &mut Cx<'_>) {
        if host.data().meter.fuel
            && let Ok(fuel) = own.get_fuel()
        {
            // Both are of one engine.
            let _ = host.set_fuel(fuel);
        }
        put_off(host, own.data().meter.deadline);
    }

    /// The instance's own store has what is left of it while the guest runs,
    /// and as much time as the host's.
    pub fn take_limits(&self, own: &mut Cx<'_>, host: &mut Cx<'_>) {
        if host.data().meter.fuel
            && let Ok(fuel) = host.get_fuel()
        {
            let _ = own.set_fuel(fuel);
        }
        own.data_mut().limits = limits(host, &self.component);
        if let Some(ticks) = host.data().meter.left() {
            own.set_epoch_deadline(ticks);
            own.data_mut().meter.follow(&host.data().meter);
        }
    }
}

/// As much as a store may have, and what a door adds to a component.
pub(super) fn limits(host: &Cx<'_>, component: &Component) -> Limits {
    let mut limits = host.data().limits;
    if let Some(door) = component.door() {
        limits.beside = [door.instances as usize, door.memories as usize];
    }
    limits
}
