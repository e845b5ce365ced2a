//! A guest's values straight to a host's own structs, with no slots in between: into room
//! of the host's, and into an arena.
//!
//! Not here: what a description permits; how values are read.

#![allow(unsafe_code)] // memory that the host vouches for

use super::arena::Arena;
use super::direct_walk::{Stop, Taking, Walk};
use super::gather::gather;
use super::layout::{Form, Node, Span, element_of};
use super::pour::Place;
use super::sink::Grow;
use super::slot::{Slot, many};
use super::walk::{Reading, Take, Taken};
use crate::error::{Error, ErrorKind};
use crate::string::Policy;
use crate::types::tree::Type;
use std::ffi::c_void;
use wasmtime::{Result, ValRaw};

/// A place of the host's for a value that is described.
pub struct HostRoom<'a> {
    node: &'a Node,
    policy: Policy,
    room: Room,
    /// Where it went: of a list its elements, of others where they begin and how many
    /// bytes they have.
    pub span: Span,
    /// What is wrong with the place, and where that is its size, the value.
    pub failed: Option<(Error, Option<Left>)>,
}

/// A value that there was no room for.
pub struct Left {
    /// It refers to what is here.
    pub slot: Slot,
    _arena: Arena,
    _memory: Vec<u64>,
}

enum Room {
    At(*mut u8, usize),
    Grow(Grow, *mut c_void),
}

impl<'a> HostRoom<'a> {
    /// Memory of so many bytes. What the engine does with ill-formed text is done with
    /// what an encoding does not hold.
    ///
    /// # Safety
    ///
    /// There must be so many bytes, aligned as the description has it, which nobody else
    /// uses as long as this is used; and the functions in it do what they should.
    pub unsafe fn new(node: &'a Node, policy: Policy, data: *mut c_void, size: usize) -> Self {
        HostRoom::of(node, policy, Room::At(data.cast(), size))
    }

    /// Memory that a function makes, once it is known how much is needed.
    ///
    /// # Safety
    ///
    /// It must give so many bytes, or NULL, and not unwind; and the functions in the
    /// description do what they should.
    pub unsafe fn grown(node: &'a Node, policy: Policy, grow: Grow, env: *mut c_void) -> Self {
        HostRoom::of(node, policy, Room::Grow(grow, env))
    }

    fn of(node: &'a Node, policy: Policy, room: Room) -> Self {
        let span = Span { data: std::ptr::null(), size: 0 };
        HostRoom { node, policy, room, span, failed: None }
    }

    /// Takes a value, as often as it has to be looked at.
    fn run<'l>(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, 'l>,
        mut source: impl FnMut() -> Source<'l>,
    ) -> Result<()> {
        let done = self.put(ty, from, &mut source);
        match done {
            Ok(()) => Ok(()),
            Err(Stop::Guest(error)) => Err(error),
            Err(Stop::Host(fault)) => {
                self.failed = Some((fault.into_error("result".into()), None));
                Ok(())
            }
        }
    }

    fn put<'l>(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, 'l>,
        source: &mut impl FnMut() -> Source<'l>,
    ) -> Taking {
        let (data, size) = match self.room {
            Room::At(data, size) => (data, size),
            Room::Grow(grow, env) => {
                let mut place = Place::nowhere();
                self.whole(ty, from, source(), &mut place, true)?;
                let bytes = place.used();
                // SAFETY: the maker vouches for it.
                let data: *mut u8 = unsafe { grow(env, bytes) }.cast();
                if data.is_null() && bytes > 0 {
                    let message = format!("`grow` gave no memory for {bytes} bytes");
                    let error = Error::new(ErrorKind::OutOfMemory, message).needing(bytes);
                    return self.keep(ty, from, source(), bytes, error);
                }
                if !data.addr().is_multiple_of(self.node.room_align()) {
                    let message = "what `grow` gave is not aligned for its elements";
                    return Err(Error::new(ErrorKind::OutOfRange, message).into());
                }
                (data, bytes)
            }
        };
        // SAFETY: the maker vouches for so many bytes.
        let mut place = unsafe { Place::room(data.cast(), size) };
        let is_first = matches!(self.room, Room::At(..));
        let span = self.whole(ty, from, source(), &mut place, is_first)?;
        let used = place.used();
        if used > size {
            let message = format!("the value takes {used} bytes, and there is room for {size}");
            let error = Error::new(ErrorKind::BufferTooSmall, message).needing(used);
            return self.keep(ty, from, source(), used, error);
        }
        self.span = span;
        Ok(())
    }

    /// Takes the value into this place.
    fn whole(
        &self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        source: Source<'_>,
        place: &mut Place<'_>,
        is_first: bool,
    ) -> std::result::Result<Span, Stop> {
        // SAFETY: the maker vouches for the functions.
        unsafe { whole(self.node, self.policy, ty, from, source, place, is_first) }
    }

    /// Keeps a value that there is no room for.
    #[cold]
    fn keep<'l>(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, 'l>,
        source: Source<'l>,
        bytes: usize,
        error: Error,
    ) -> Taking {
        let mut memory = Vec::<u64>::new();
        let full = |_| Error::new(ErrorKind::OutOfMemory, format!("no memory for {bytes} bytes"));
        memory.try_reserve_exact(bytes.div_ceil(8)).map_err(full)?;
        memory.resize(bytes.div_ceil(8), 0);
        // SAFETY: there are so many bytes.
        let mut place = unsafe { Place::room(memory.as_mut_ptr().cast(), bytes) };
        let span = self.whole(ty, from, source, &mut place, false)?;
        let at: *const c_void = match self.node.is_span() {
            true => std::ptr::from_ref(&span).cast(),
            false => span.data,
        };
        let mut arena = Arena::new(0);
        // SAFETY: it was put there just now, and stays beside the slot.
        let slot = unsafe { gather(self.node, ty, at, &mut arena, || "result".into()) }?;
        self.failed = Some((error, Some(Left { slot, _arena: arena, _memory: memory })));
        Ok(())
    }
}

/// Where a value comes from.
pub(super) enum Source<'w> {
    Memory(usize),
    Words(Taken<'w>),
}

/// Takes a value with its root. It is paid for the first time that it is looked at.
///
/// # Safety
///
/// The functions in its description must do what they should.
pub(super) unsafe fn whole(
    node: &Node,
    policy: Policy,
    ty: &Type,
    from: &mut Reading<'_, '_>,
    source: Source<'_>,
    place: &mut Place<'_>,
    is_first: bool,
) -> std::result::Result<Span, Stop> {
    let mut taking = Walk { from, place, policy, is_first };
    // SAFETY: what the place gives has room, and the caller vouches for the functions.
    unsafe {
        if let (Form::List(inner), true) = (&node.form, node.is_span()) {
            let (at, len) = match source {
                Source::Memory(at) => taking.from.pair(at)?,
                Source::Words(mut words) => words.pair(),
            };
            return taking.elements(inner, element_of(ty)?, at, len);
        }
        let data = taking.place.take(node.size, node.align.max(1))?;
        match source {
            Source::Memory(at) => taking.memory(node, ty, at, data)?,
            Source::Words(mut words) => taking.words(node, ty, &mut words, data)?,
        }
        Ok(Span { data: data.cast_const().cast(), size: place.used() })
    }
}

impl Take for HostRoom<'_> {
    fn take_words(
        &mut self,
        ty: &Type,
        from: &mut Reading<'_, '_>,
        words: &mut Taken<'_>,
    ) -> Result<()> {
        let all = words.0.as_slice();
        words.0 = [].iter();
        // Words outlive the call, as memory does.
        // SAFETY: they are there until this returns, and nothing keeps them.
        let all: &[ValRaw] = unsafe { many(all.as_ptr(), all.len()) };
        self.run(ty, from, || Source::Words(Taken(all.iter())))
    }

    fn take_memory(&mut self, ty: &Type, from: &mut Reading<'_, '_>, at: usize) -> Result<()> {
        self.run(ty, from, || Source::Memory(at))
    }
}
