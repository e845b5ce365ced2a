//! Resources: handles of what a component made, and the host's own things that
//! components hold handles of.
//!
//! Not here: lowering and lifting.

#![cfg_attr(not(feature = "component"), allow(dead_code))]

use crate::error::{Error, ErrorKind};
use crate::types::tree::ResourceType;
use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "component")]
use wasmtime::component::ResourceAny;

/// There are no components.
#[cfg(not(feature = "component"))]
type ResourceAny = std::convert::Infallible;

/// A resource. Clones are the same one; when the last is dropped, what it owns
/// is given back: the host's own at once, a component's before the component
/// runs the next time.
#[derive(Clone)]
pub struct Resource(Arc<Inner>);

struct Inner {
    /// The host's own, if it is that.
    data: Option<Arc<dyn Any + Send + Sync>>,
    state: Mutex<State>,
    /// Where a component's is given back.
    home: Option<Arc<Owner>>,
}

#[derive(Default)]
pub(crate) struct State {
    /// The engine's handle, of a component's.
    pub any: Option<ResourceAny>,
    /// What it was lowered or lifted as first.
    pub ty: Option<Arc<ResourceType>>,
    /// Whether a component owns it.
    pub given: bool,
    /// How many arguments of the call that is being made lend it.
    pub lent: u32,
    /// What the component that made it knows it as, once a call that lent it has told,
    /// and in which table of the engine's.
    pub known: Option<(u32, u32)>,
}

/// The instance of a component that resources are of.
#[derive(Default)]
pub(crate) struct Owner {
    /// What hosts have dropped, and has to be given back to it, and whether there is
    /// such.
    dropped: Mutex<Vec<ResourceAny>>,
    has_dropped: AtomicBool,
    /// The types that it imports and WASI supplies, by their numbers.
    wasis: Vec<u32>,
}

impl Owner {
    pub fn new(wasis: Vec<u32>) -> Owner {
        Owner { wasis, ..Owner::default() }
    }

    /// Takes what was dropped.
    pub fn dropped(&self) -> Vec<ResourceAny> {
        if !self.has_dropped.load(Ordering::Acquire) {
            return Vec::new();
        }
        self.has_dropped.store(false, Ordering::Relaxed);
        std::mem::take(&mut self.dropped.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a type is left to WASI: the host has no part in what is of it.
    pub fn leaves(&self, ty: &ResourceType) -> bool {
        ty.is_hosts && self.wasis.contains(&ty.number)
    }
}

impl Resource {
    /// Something of the host's, for components that import its type. It is
    /// dropped when neither the host nor a component holds it.
    pub fn new(data: Arc<dyn Any + Send + Sync>) -> Resource {
        Resource(Arc::new(Inner { data: Some(data), state: Mutex::default(), home: None }))
    }

    pub(crate) fn of_guest(any: ResourceAny, ty: Arc<ResourceType>, home: Arc<Owner>) -> Resource {
        let state = State { any: Some(any), ty: Some(ty), ..State::default() };
        Resource(Arc::new(Inner { data: None, state: state.into(), home: Some(home) }))
    }

    /// What [`Resource::new`] was given; `None` for a component's.
    pub fn data(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.0.data.as_ref()
    }

    /// The name of its type, once that is known.
    pub fn type_name(&self) -> Option<String> {
        self.state().ty.as_ref().map(|ty| ty.name.to_string())
    }

    /// Whether both are the same resource.
    pub fn same(a: &Resource, b: &Resource) -> bool {
        Arc::ptr_eq(&a.0, &b.0)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes part in a call as an argument of this type, or tells why not. A component
    /// may lend what was given to it: `owned` says that it is the one who calls.
    pub(crate) fn claim(
        &self,
        ty: &Arc<ResourceType>,
        own: bool,
        owned: bool,
        home: Option<&Arc<Owner>>,
    ) -> Result<(), Error> {
        let refuse = |kind, message: String| Err(Error::new(kind, message));
        let mut state = self.state();
        if let Some(of) = state.ty.as_ref().filter(|of| **of != *ty) {
            let message = format!("expected a resource {}, found one {}", ty.name, of.name);
            return refuse(ErrorKind::WrongKind, message);
        }
        if home.is_some_and(|home| home.leaves(ty)) {
            let message = format!("a {} is WASI's, which no host can give", ty.name);
            return refuse(ErrorKind::WrongKind, message);
        }
        // To a component that imports its type, a resource of another component is as
        // good as one of the host's.
        let is_own = match (&self.0.home, home) {
            (Some(own), Some(home)) => Arc::ptr_eq(own, home),
            (own, _) => own.is_some() && !ty.is_hosts,
        };
        if !is_own && !ty.is_hosts {
            let (kind, message) = match self.0.home {
                None => (ErrorKind::WrongKind, format!("a {} is made by the component", ty.name)),
                Some(_) => {
                    (ErrorKind::WrongStore, format!("this {} is of another instance", ty.name))
                }
            };
            return refuse(kind, message);
        }
        if is_own && ty.is_hosts {
            return refuse(ErrorKind::WrongKind, format!("a {} is made by the host", ty.name));
        }
        if let Some(of) = &state.ty
            && is_own
            && of.number != ty.number
        {
            let message = format!("this {} is one of another interface", ty.name);
            return refuse(ErrorKind::WrongKind, message);
        }
        if state.given && (own || !owned) {
            return refuse(ErrorKind::WrongKind, format!("this {} was given away", ty.name));
        }
        if own && state.lent > 0 {
            let message = format!("this {} is lent and given in one call", ty.name);
            return refuse(ErrorKind::WrongKind, message);
        }
        match own {
            true => state.given = true,
            false => state.lent += 1,
        }
        state.ty.get_or_insert_with(|| ty.clone());
        Ok(())
    }

    /// Ends [`Resource::claim`]: nobody took it, or whoever did has given it back.
    pub(crate) fn unclaim(&self, own: bool) {
        let mut state = self.state();
        match own {
            true => state.given = false,
            false => state.lent = state.lent.saturating_sub(1),
        }
    }

    /// Ends [`Resource::claim`] where a call took it. It stays given; a component whose
    /// own it is has the engine's handle now, and others hold this.
    pub(crate) fn give(&self, to_others: bool) {
        if !to_others {
            self.state().any = None;
        }
    }

    /// Forgets the engine's handle: somebody else has given it back.
    pub(crate) fn forget(&self) {
        let mut state = self.state();
        (state.any, state.given) = (None, true);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let (Some(any), Some(home)) = (state.any.take(), &self.home) {
            home.dropped.lock().unwrap_or_else(PoisonError::into_inner).push(any);
            home.has_dropped.store(true, Ordering::Release);
        }
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.0.data.is_some() { "host" } else { "component" };
        write!(f, "Resource({whose})")
    }
}
