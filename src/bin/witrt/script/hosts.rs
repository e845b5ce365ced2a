//! What scripts expect a host to supply: `spectest` for core modules, and for
//! components what the suites of other runtimes have.
//!
//! Not here: linking.

use witrt::{AsContextMut as _, Instance, Linker, Module, Result, Store};

/// It prints nothing: what a script prints tells nobody whether it passed.
const SPECTEST: &str = r#"(module
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (table (export "table64") i64 10 20 funcref)
  (memory (export "memory") 1 2)
  (func (export "print"))
  (func (export "print_i32") (param i32))
  (func (export "print_i64") (param i64))
  (func (export "print_f32") (param f32))
  (func (export "print_f64") (param f64))
  (func (export "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (param f64 f64)))"#;

/// The interface `host`, but for its resources.
#[cfg(feature = "component")]
const HOST: &str = r#"(component
  (core module $m
    (global (export "g") i32 (i32.const 100))
    (func (export "f") (result i32) (i32.const 101))
    (func (export "three") (result i32) (i32.const 3))
    (func (export "four") (result i32) (i32.const 4)))
  (core instance $i (instantiate $m))
  (func $three (result u32) (canon lift (core func $i "three")))
  (func $four (result u32) (canon lift (core func $i "four")))
  (instance $nested (export "return-four" (func $four)))
  (export "return-three" (func $three))
  (export "nested" (instance $nested))
  (export "simple-module" (core module $m)))"#;

/// Defines the module `spectest`, and the interface `host`.
pub fn define(store: &mut Store, linker: &mut Linker) -> Result<()> {
    let mut make = |text: &str| {
        let module = Module::new(store.engine(), text.as_bytes())?;
        Instance::new(store.as_context_mut(), &module, &[])
    };
    let spectest = make(SPECTEST)?;
    #[cfg(feature = "component")]
    let host = make(HOST)?;
    #[cfg(feature = "component")]
    linker.define_instance_as(&mut *store, "host", &host)?;
    linker.define_instance(store, "spectest", &spectest)?;
    Ok(())
}

#[cfg(feature = "component")]
pub use components::Hosts;

#[cfg(not(feature = "component"))]
#[derive(Default)]
pub struct Hosts;

#[cfg(not(feature = "component"))]
impl Hosts {
    pub fn supply(&self, _: &mut Store, _: &mut Linker, _: &Module) {}
}

#[cfg(feature = "component")]
mod components {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
    use witrt::{Error, ExternType, Func, FuncType, Linker, Module, Resource, Result, Store, Val};

    /// The host's functions for components, and what they share.
    #[derive(Default)]
    pub struct Hosts(Arc<Drops>);

    /// What became of the resources that were made.
    #[derive(Default)]
    struct Drops {
        count: AtomicU32,
        last: AtomicU32,
    }

    /// A resource: a number, and whether a function has taken it for good.
    struct Numbered {
        number: u32,
        taken: AtomicBool,
        drops: Arc<Drops>,
    }

    impl Drop for Numbered {
        fn drop(&mut self) {
            if !self.taken.load(Relaxed) {
                self.drops.count.fetch_add(1, Relaxed);
                self.drops.last.store(self.number, Relaxed);
            }
        }
    }

    /// The functions, by interface and name, with their types.
    const FUNCS: [(&str, &str, &str); 8] = [
        ("", "host-return-two", "func() -> u32"),
        ("host", "[constructor]resource1", "func(r: u32) -> own<resource1>"),
        ("host", "[static]resource1.assert", "func(r: own<resource1>, rep: u32)"),
        ("host", "[static]resource1.last-drop", "func() -> u32"),
        ("host", "[static]resource1.drops", "func() -> u32"),
        ("host", "[method]resource1.simple", "func(self: borrow<resource1>, rep: u32)"),
        ("host", "[method]resource1.take-own", "func(self: borrow<resource1>, b: own<resource1>)"),
        (
            "host",
            "[method]resource1.take-borrow",
            "func(self: borrow<resource1>, b: borrow<resource1>)",
        ),
    ];

    /// A type without the names of parameters, and of interfaces.
    fn shape(wit: &str) -> String {
        let words = wit.split_inclusive([' ', '(', '<', '>', ',', ')']);
        let kept = words.filter(|word| !word.trim_end().ends_with(':'));
        kept.map(|word| word.rsplit_once(['#', '/']).map_or(word, |(_, name)| name)).collect()
    }

    impl Hosts {
        /// Defines what a component imports, as far as it is known here.
        pub fn supply(&self, store: &mut Store, linker: &mut Linker, module: &Module) {
            for import in module.imports() {
                let ExternType::Func(ty) = &import.ty else { continue };
                let known = FUNCS.iter().find(|(interface, name, _)| {
                    *interface == import.module && *name == import.name
                });
                let found = ty.signature().map(|signature| shape(&signature.to_wit()));
                if let Some((.., expected)) = known
                    && found.as_deref() == Some(&*shape(expected))
                {
                    let func = self.func(store, &import.name, ty.clone());
                    linker.define(&import.module, &import.name, func);
                }
            }
        }

        fn func(&self, store: &mut Store, name: &str, ty: FuncType) -> Func {
            let (name, drops) = (name.to_owned(), self.0.clone());
            Func::new(store, ty, move |_, args, results| {
                let answer = answer(&name, args, &drops)?;
                if let Some((result, answer)) = results.first_mut().zip(answer) {
                    *result = answer;
                }
                Ok(())
            })
        }
    }

    fn answer(name: &str, args: &[Val<'_>], drops: &Arc<Drops>) -> Result<Option<Val<'static>>> {
        let number = |i: usize| {
            let Some(Val::U32(number)) = args.get(i) else { return 0 };
            *number
        };
        Ok(Some(match name {
            "host-return-two" => Val::U32(2),
            "[constructor]resource1" => {
                let (taken, drops) = (AtomicBool::new(false), drops.clone());
                let made = Numbered { number: number(0), taken, drops };
                Val::Own(Resource::new(Arc::new(made)))
            }
            "[static]resource1.last-drop" => Val::U32(drops.last.load(Relaxed)),
            "[static]resource1.drops" => Val::U32(drops.count.load(Relaxed)),
            "[static]resource1.assert" | "[method]resource1.simple" => {
                let found = numbered(&args[0])?;
                found.taken.fetch_or(name.starts_with("[static]"), Relaxed);
                if found.number != number(1) {
                    let message = format!("resource {}, not {}", found.number, number(1));
                    return Err(Error::host(message));
                }
                return Ok(None);
            }
            _ => {
                numbered(&args[0])?;
                let taken = matches!(args[1], Val::Own(_));
                numbered(&args[1])?.taken.fetch_or(taken, Relaxed);
                return Ok(None);
            }
        }))
    }

    fn numbered<'a>(val: &'a Val<'_>) -> Result<&'a Numbered> {
        let found = match val {
            Val::Own(resource) | Val::Borrow(resource) => resource.data(),
            _ => None,
        };
        let found = found.and_then(|data| data.downcast_ref());
        found.ok_or_else(|| Error::host("this is no resource1"))
    }
}
