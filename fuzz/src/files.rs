//! Files of components: real ones with anything else in them, and any that can be put
//! together (`fuzz/src/built.rs`), in the shapes that `fuzz/src/sections.rs` makes of them.
//!
//! What is a component for one back end is one for the other, and for the tools; what it
//! does is the same by the engine's way, by its doors, and by the other back end.

use super::Bytes;
use super::components::{check, value};
use super::doors::shown;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, Mutex};
use witrt::{
    BackEnd, Engine, Error, Extern, ExternType, Func, Instance, Module, Store, TrapCode, Val, tools,
};

/// The first counts fuel, so that all that is called ends; the others do not.
static ENGINES: LazyLock<[Engine; 3]> = LazyLock::new(|| {
    [(BackEnd::Compiled, true), (BackEnd::Compiled, false), (BackEnd::Reference, false)].map(
        |(back_end, fuel)| {
            let mut config = super::config();
            config.back_end(back_end).consume_fuel(fuel);
            config.max_memory_bytes(4 << 20);
            Engine::new(&config).expect("the options fit")
        },
    )
});

/// Calls of each file.
const CALLS: usize = 6;

/// Reads the file, and calls what it exports.
///
/// # Panics
///
/// Where there is a difference.
pub fn play(data: &[u8]) {
    let [counting, by_door, reference] = &*ENGINES;
    let checked = tools::check(data);
    // The library may be without components.
    if !tools::is_component(data) {
        return;
    }
    let module = match Module::new(counting, data) {
        Ok(module) => module,
        Err(error) => {
            assert!(!error.message().is_empty());
            let other = Module::new(reference, data).err().as_ref().map(verdict);
            assert_eq!(Some(verdict(&error)), other);
            return;
        }
    };
    checked.expect("it is a component");
    let _ = tools::wit(data);
    let Some(first) = outcomes(counting, &module, data) else { return };
    for engine in [by_door, reference] {
        let module = Module::new(engine, data).expect("it is a component");
        assert_eq!(Some(&first), outcomes(engine, &module, data).as_ref());
    }
}

fn verdict(error: &Error) -> String {
    format!("{:?} {}", error.kind(), error.message())
}

/// What is seen from outside; `None` where that depends on how much there is of something.
fn outcomes(engine: &Engine, module: &Module, data: &[u8]) -> Option<Vec<String>> {
    // The file's end decides, which is nothing that a component needs to be one.
    let mut bytes = Bytes(&data[data.len().saturating_sub(64)..]);
    let mut store = Store::new(engine);
    let _ = store.set_fuel(50_000);
    let said = Arc::new(Mutex::new(String::new()));
    let mut imports = Vec::<Extern>::new();
    for import in module.imports() {
        let ExternType::Func(ty) = &import.ty else { return None };
        let results = ty.signature().and_then(|signature| signature.results.fields.first());
        let answer = results.map(|field| Mutex::new(value(&mut bytes, &field.ty, 2)));
        let (to, name) = (said.clone(), import.name.clone());
        let func = Func::new(&mut store, ty.clone(), move |cx, args, results| {
            let mut to = to.lock().expect("nobody panics with it");
            let _ = write!(to, " {name}");
            args.iter().for_each(|arg| to.push_str(&shown(&cx, arg)));
            if let (Some(answer), [result, ..]) = (&answer, results) {
                *result = answer.lock().expect("as above").clone();
            }
            Ok(())
        });
        imports.push(func.into());
    }
    let instance = match Instance::new(&mut store, module, &imports) {
        Ok(instance) => instance,
        Err(error) => return ended(&error).then(|| vec![verdict(&error)]),
    };
    let mut found = Vec::new();
    for _ in 0..CALLS {
        let count = module.exports().len();
        let Some(export) = module.exports().nth(bytes.below(count)) else { break };
        let Ok(func) = instance.func(&mut store, &export.name) else { continue };
        let Some(signature) = func.ty().signature().cloned() else { continue };
        let params = signature.params.fields.iter();
        let args = params.map(|field| value(&mut bytes, &field.ty, 2)).collect::<Vec<_>>();
        let fields = &signature.results.fields;
        let mut results = vec![Val::Bool(false); fields.len()];
        let mut outcome = match func.call(&mut store, &args, &mut results) {
            Ok(()) => {
                fields.iter().zip(&results).for_each(|(field, val)| check(&store, &field.ty, val));
                results.iter().map(|val| shown(&store, val)).collect()
            }
            Err(error) if ended(&error) => verdict(&error),
            Err(_) => return None,
        };
        outcome.push_str(&std::mem::take(&mut *said.lock().expect("as above")));
        found.push(format!("{} {outcome}", export.name));
    }
    Some(found)
}

/// Whether an error comes of what a guest did, and not of how much it may do.
fn ended(error: &Error) -> bool {
    let code = error.trap().and_then(witrt::Trap::code);
    !matches!(code, Some(TrapCode::OutOfFuel | TrapCode::StackOverflow))
}
