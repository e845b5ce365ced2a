//! A second thread for the target `capi`: in lock step, so that an input always
//! does the same; or free, where `WITRT_FUZZ_RACES` is set, to do away with what
//! the first one gives it, and to use the store that the first one uses.

use super::api::*;
use super::play::step;
use super::world::{World, read_again};
use std::ptr::null_mut;
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

static RACES: LazyLock<bool> = LazyLock::new(|| std::env::var_os("WITRT_FUZZ_RACES").is_some());

/// Something to be deleted, or looked at and then deleted.
pub enum Task {
    Ref(Ptr),
    String(Ptr),
    Prepared(Ptr),
    Store(Ptr),
    Look(Ptr),
}

// SAFETY: the header permits deleting on any thread, and calls get errors.
unsafe impl Send for Task {}

/// A thread that runs beside the first one.
pub struct Second {
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<()>>,
}

impl Second {
    /// One, if there shall be one.
    pub fn new() -> Option<Second> {
        RACES.then(|| {
            let (tasks, given) = channel();
            Second { tasks: Some(tasks), thread: Some(std::thread::spawn(move || work(&given))) }
        })
    }

    /// Waits until all is done.
    pub fn finish(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no panic there");
        }
    }

    fn give(&self, task: Task) {
        self.tasks.as_ref().and_then(|tasks| tasks.send(task).ok()).expect("it waits for more");
    }
}

fn work(tasks: &Receiver<Task>) {
    for (n, task) in tasks.iter().enumerate() {
        for _ in 0..(n * 7919) % 4000 {
            std::hint::spin_loop();
        }
        // SAFETY: each task owns what it names.
        unsafe {
            match task {
                Task::Look(object) => {
                    look(object);
                    wasm_ref_delete(object);
                }
                task => delete(task),
            }
        }
    }
}

/// Functions that enter the store, and run no guest: so no callback.
unsafe fn look(object: Ptr) {
    // SAFETY: the object is this thread's handle; results are its own.
    unsafe {
        wasm_functype_delete(wasm_func_type(object));
        let element = wasm_table_get(object, 0);
        wasm_table_set(object, 1, element);
        wasm_ref_delete(element);
        let mut value = NO_VALUE;
        wasm_global_get(object, &mut value);
        wasm_val_delete(&mut value);
        wasm_memory_data_size(object);
        assert!(wasm_ref_same(object, object));
        assert_ne!(witrt_error_kind(witrt_error_last()), 699, "a panic");
    }
}

unsafe fn delete(task: Task) {
    // SAFETY: each is deleted once.
    unsafe {
        match task {
            Task::Ref(object) | Task::Look(object) => wasm_ref_delete(object),
            Task::String(string) => wasm_string_delete(string),
            Task::Prepared(prepared) => witrt_prepared_delete(prepared),
            Task::Store(store) => wasm_store_delete(store),
        }
    }
}

/// Deletes something, here or there.
///
/// # Safety
///
/// It must be alive, and is nobody's any more.
pub unsafe fn discard(w: *mut World, task: Task) {
    // SAFETY: as said; the world is reached for a moment.
    unsafe {
        match &(*w).second {
            Some(second) => second.give(task),
            None => delete(task),
        }
    }
}

/// Has some steps made on another thread, and waits for it: within a callback its
/// store is busy then.
///
/// # Safety
///
/// As for [`step`].
pub unsafe fn steps_elsewhere(w: *mut World) {
    struct Lent(*mut World);
    // SAFETY: the first thread waits, so the world is used by one at a time.
    unsafe impl Send for Lent {}
    // SAFETY: as said.
    unsafe {
        let copy = wasm_ref_copy((*w).any());
        if let Some(second) = &(*w).second {
            return second.give(Task::Look(copy));
        }
        wasm_ref_delete(copy);
        let before = (*w).is_elsewhere;
        // Threads within threads are enough after one.
        if before {
            return;
        }
        (*w).is_elsewhere = (*w).depth > 0;
        let lent = Lent(w);
        let there = move || {
            let Lent(w) = { lent };
            for _ in 0..1 + (*w).below(3) {
                step(w);
            }
        };
        std::thread::scope(|scope| scope.spawn(there).join()).expect("no panic there");
        (*w).is_elsewhere = before;
    }
}

/// A finalizer deletes one thing of those that are held.
///
/// # Safety
///
/// As for [`step`].
pub unsafe fn delete_one(w: *mut World) {
    // SAFETY: pools hold what is alive; nothing of them is lent to the call that is
    // running but what it owns.
    unsafe {
        if (*w).second.is_some() {
            return;
        }
        match (*w).below(8) {
            0 if !(*w).refs.is_empty() => {
                let i = (*w).below((*w).refs.len());
                wasm_ref_delete((*w).refs.swap_remove(i));
            }
            1 if !(*w).strings.is_empty() => {
                let i = (*w).below((*w).strings.len());
                wasm_string_delete((*w).strings.swap_remove(i).0);
            }
            2 => super::prepared::delete(w),
            3 if !(*w).stores.is_empty() && (*w).pinned == 0 => {
                let i = (*w).below((*w).stores.len());
                wasm_store_delete((*w).stores.swap_remove(i));
            }
            _ => {}
        }
    }
}

/// References are themselves: through a guest's function and table, and what is
/// attached to them is found again.
///
/// # Safety
///
/// As for [`step`].
pub unsafe fn there_and_back(w: *mut World) {
    // SAFETY: what is lent is owned here; so is what comes back.
    unsafe {
        if (*w).mirrors.is_empty() {
            return;
        }
        let i = (*w).below((*w).mirrors.len());
        let mirror = wasm_ref_copy((&(*w).mirrors)[i]);
        let object = wasm_ref_copy((*w).any());
        let info = wasm_ref_get_host_info(object);
        let mut args = [value_of(object)];
        let mut results = [NO_VALUE];
        let trap = wasm_func_call(mirror, &Vector::of(&mut args), &mut Vector::of(&mut results));
        if trap.is_null() {
            let found = results[0].of as Ptr;
            assert!(wasm_ref_same(found, object), "another object");
            // A finalizer may have run, but not this object's: it is held.
            assert_eq!(wasm_ref_get_host_info(found), info);
            wasm_ref_delete(found);
        }
        wasm_ref_delete(trap);
        wasm_ref_delete(object);
        wasm_ref_delete(mirror);
    }
}

fn value_of(object: Ptr) -> Value {
    Value { kind: EXTERNREF, of: object as u64 }
}

/// Makes garbage in a store, so much that something is collected.
///
/// # Safety
///
/// As for [`step`].
pub unsafe fn burn(w: *mut World) {
    // SAFETY: as said.
    unsafe {
        if (*w).burners.is_empty() {
            return;
        }
        let i = (*w).below((*w).burners.len());
        let burner = wasm_ref_copy((&(*w).burners)[i]);
        let mut args = [Value { kind: 0, of: [20, 300, 3000, 9000][(*w).below(4)] }];
        wasm_ref_delete(wasm_func_call(burner, &Vector::of(&mut args), null_mut()));
        wasm_ref_delete(burner);
    }
}

/// Reads a string of the pool, and notes what it says.
///
/// # Safety
///
/// As for [`step`].
pub unsafe fn read_one(w: *mut World) {
    // SAFETY: the string is alive.
    unsafe {
        let i = (*w).below((*w).strings.len());
        let (string, before) = (&(*w).strings)[i].clone();
        if let Some(text) = read_again(w, string, before.as_ref()) {
            (&mut (*w).strings)[i].1 = Some(text);
        }
    }
}
