//! What the host may touch of a guest. This file holds the data that every store carries.
//! Each of the others uses those above it only.
//!
//! | file         | holds                                                          |
//! |--------------|----------------------------------------------------------------|
//! | errors       | what goes wrong with values                                    |
//! | context      | the two ways to a store                                        |
//! | stack        | the host's stack, and how deep calls may be                    |
//! | traps        | what comes out of code that failed                             |
//! | meter        | fuel and deadlines                                             |
//! | wasi         | what instances have of the system                              |
//! | engine_types | the engine's types and this crate's                            |
//! | number       | numbers as bits                                                |
//! | memory       | the window onto linear memory; whose it is                     |
//! | core_func    | core functions, with what is known of their types              |
//! | text         | strings that guests hand over: views, then copies              |
//! | strings      | strings as values                                              |
//! | measure      | how long a text is for a guest                                 |
//! | refs         | references, and how they become words                          |
//! | resource     | resources of components, and hosts' own                        |
//! | words        | core code calls the host: raw words                            |
//! | link         | how a place in core code calls a host function                 |
//! | tree         | how values lie with a host: slots, ends of calls               |
//! | value        | values, lists and functions, which contain each other          |
//! | words/values | values as words, and words as values                           |
//! | tree/ends    | what an end of a call can be                                   |
//! | frame        | the crossing: the words of a call into core code               |
//! | inline       | text on its way into linear memory, in words or copied         |
//! | slots        | strings that compiled adapters refer to by number              |
//! | pending      | calls owed to guests                                           |
//! | turn         | the safe point, the crossing, what is made good after failures |
//! | wrapper      | core functions that stand for the host's                       |
//! | idle         | what runs between calls only                                   |
//! | transfer     | text from a guest to where it goes, and into a guest           |
//! | func         | calls with lists of values                                     |
//! | host         | host functions that take and give values in order              |
//! | packed       | packed lists, between the host and linear memory               |
//! | laid         | values with parts in memory of the host's, and back            |
//! | parts        | values with parts, where adapters take numbers and texts       |
//!
//! Not here: behaviour.

pub(crate) mod context;
pub(crate) mod core_func;
pub(crate) mod engine_types;
pub(crate) mod errors;
pub(crate) mod frame;
pub(crate) mod func;
pub(crate) mod host;
pub(crate) mod idle;
pub(crate) mod inline;
#[cfg(feature = "component")]
mod laid;
pub(crate) mod link;
pub(crate) mod measure;
pub(crate) mod memory;
pub(crate) mod meter;
pub(crate) mod number;
#[cfg(feature = "component")]
mod packed;
#[cfg(feature = "component")]
pub(crate) mod parts;
pub(crate) mod pending;
pub(crate) mod refs;
pub(crate) mod resource;
pub(crate) mod slots;
pub(crate) mod stack;
pub(crate) mod strings;
pub(crate) mod text;
pub(crate) mod transfer;
pub(crate) mod traps;
pub(crate) mod tree;
pub(crate) mod turn;
pub(crate) mod value;
#[cfg(feature = "wasi")]
pub(crate) mod wasi;
pub(crate) mod words;
mod wrapper;

use crate::abi::Measure;
use crate::string::Policy;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

/// What each store carries.
pub(crate) struct StoreData {
    /// Tells this store's objects from another's.
    pub id: u64,
    /// What becomes of ill-formed text where a string does not say.
    pub policy: Policy,
    pub texts: text::Texts,
    pub debts: pending::Debts,
    pub slots: slots::Slots,
    pub refs: refs::Refs,
    pub scratch: Scratch,
    pub stack: stack::Stack,
    pub meter: meter::Meter,
    /// Functions that core code can name, so that a `funcref` comes back as the
    /// function it was.
    pub funcs: HashMap<core_func::FuncId, Weak<value::Inner>>,
    /// The number of the next global, table, memory or tag.
    pub next: u64,
    /// How to name the modules that frames of traps are in, by the start of
    /// their machine code.
    pub modules: HashMap<usize, ModuleName>,
    pub limits: Limits,
    /// How many instances of core modules there are.
    pub instances: usize,
    /// Each instance of a component has one besides this.
    #[cfg(feature = "component")]
    pub components: Arc<()>,
    #[cfg(feature = "wasi")]
    pub wasi: wasi::Grants,
}

impl StoreData {
    /// What a new store has.
    pub fn new(
        id: u64,
        policy: Policy,
        stack: stack::Stack,
        meter: meter::Meter,
        limits: Limits,
    ) -> StoreData {
        StoreData {
            id,
            policy,
            texts: Default::default(),
            debts: Default::default(),
            slots: Default::default(),
            refs: Default::default(),
            scratch: Scratch::default(),
            stack,
            meter,
            funcs: HashMap::new(),
            next: 0,
            modules: HashMap::new(),
            limits,
            instances: 0,
            #[cfg(feature = "component")]
            components: Arc::default(),
            #[cfg(feature = "wasi")]
            wasi: wasi::Grants::default(),
        }
    }

    /// The data of an engine's store within this one.
    #[cfg(feature = "component")]
    pub fn apart(&self) -> StoreData {
        let (stack, meter) = (self.stack.apart(), self.meter.clone());
        StoreData::new(self.id, self.policy, stack, meter, self.limits)
    }
}

/// A module, as frames tell of it.
#[derive(Clone)]
pub(crate) struct ModuleName {
    pub id: u64,
    /// What to add to an offset in the compiled core to get the offset in the
    /// file that the host supplied.
    pub shift: isize,
    /// Where frames are, of a core that was encoded anew.
    pub places: Option<Arc<dyn Places>>,
    /// The name of a core module that was added, if one was.
    pub added: Option<&'static str>,
}

/// Tells where a function and an offset in its body are in the file that the
/// host supplied: function, offset in its body, offset in the file. `None` for
/// what is not there.
pub(crate) trait Places: Send + Sync {
    fn place(&self, func: u32, offset: usize) -> Option<(u32, usize, usize)>;
}

/// Buffers that calls use and give back, so that a steady state allocates
/// nothing.
#[derive(Default)]
pub(crate) struct Scratch {
    pub raw: Vec<Vec<std::mem::MaybeUninit<wasmtime::ValRaw>>>,
    pub vals: Vec<Vec<value::Val<'static>>>,
    pub slots: Vec<Vec<Slot<'static>>>,
    pub ends: Vec<tree::Spare>,
    #[cfg(feature = "component")]
    pub laid: Vec<parts::Laid>,
    pub units: Vec<Vec<u16>>,
    pub bytes: Vec<Vec<u8>>,
    pub held: Vec<Vec<slots::Held>>,
    /// Strings that calls of host functions read, innermost last.
    pub kept: Vec<strings::Str<'static>>,
    /// What calls of closures have lifted arguments into.
    pub args: tree::arrive::SpareArgs,
}

/// So many buffers of a sort are kept, and so many elements in each: what a
/// guest has made larger is given back.
const KEPT: usize = 64;
const KEPT_IN_EACH: usize = 1024;

/// Gives a buffer back for the next call.
#[inline]
pub(crate) fn give_back<T>(to: &mut Vec<Vec<T>>, mut buffer: Vec<T>) {
    buffer.clear();
    if buffer.capacity() <= KEPT_IN_EACH && to.len() < KEPT {
        to.push(buffer);
    }
}

/// A value in a frame of adapters, and for text that a host lends, what
/// measuring it found.
pub(crate) struct Slot<'a> {
    pub val: Option<value::Val<'a>>,
    pub measured: Option<Measure>,
}

/// How far a store may grow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub memory_bytes: usize,
    pub table_elements: usize,
    pub instances: usize,
    /// Of instances, and of memories, so many more that are not a guest's.
    pub beside: [usize; 2],
}

/// A buffer, emptied, for values of another lifetime. The standard
/// library collects in place, so the allocation stays.
pub(crate) fn recycle<T, U>(mut buffer: Vec<T>) -> Vec<U> {
    const { assert!(size_of::<T>() == size_of::<U>() && align_of::<T>() == align_of::<U>()) };
    buffer.clear();
    buffer.into_iter().filter_map(|_| None).collect()
}
