//! How much work a component asks for: what instances and components hold is
//! counted, as often as it is passed on, before anything is made of it. A file of a
//! kilobyte, in which each instance holds the one before twice, would be compiled
//! with millions of items.
//!
//! What is counted is what the engine does when it puts nested components together:
//! it goes through their definitions as often as they are instantiated, and makes a
//! copy of all that is in an instance wherever one is named.
//!
//! Whoever goes through all definitions also finds out which core functions are behind
//! what is exported.
//!
//! Not here: how it is read; what is in core modules and functions.

use super::definitions::{Def, Lift, Op, Read, read, too_much};
use crate::error::Result;
use std::collections::{HashMap, HashSet};
use wasmparser::component_types::{ComponentEntityType, ComponentInstanceTypeId};
use wasmparser::types::Types;
use wasmparser::{ComponentExternalKind as Kind, WasmFeatures};

/// So many items may be named or copied in all. Components of tools need some
/// hundreds, and those that are composed of dozens some ten thousand.
const MOST_ITEMS: usize = 100_000;

/// So deep may components instantiate each other.
const DEEPEST: usize = 100;

/// Checks the types in a component, and counts.
///
/// # Errors
///
/// As [`super::component::check`], but bodies of core functions are not looked at;
/// and [`ErrorKind::InvalidCore`] for one that asks for too much.
pub(super) fn check(bytes: &[u8], features: WasmFeatures) -> Result<Found> {
    let Read { defs, types, is_named_like_a_door } = read(bytes, features)?;
    let mut count = Count { types: &types, sizes: HashMap::new(), left: MOST_ITEMS };
    let mut run = Run {
        defs: &defs,
        count: &mut count,
        scopes: Vec::new(),
        instances: Vec::new(),
        lifts: Vec::new(),
        leaves: false,
        wasi: false,
    };
    run.all()?;
    let (leaves, mut room, mut exports) = (run.leaves, MOST_NAMED, Vec::new());
    let whole = run.instances.len().wrapping_sub(1);
    if run.exports(whole, "", &mut room, &mut exports).is_none() {
        exports.clear();
    }
    exports.sort_unstable();
    let names = run.instances.last().map(|made| made.items.keys());
    let names = names.into_iter().flatten().map(|name| name.to_ascii_lowercase()).collect();
    let (lifts, wasi) = (run.lifts, run.wasi);
    Ok(Found { types, lifts, exports, names, leaves, wasi, is_named_like_a_door })
}

/// What is behind the exports of a component.
pub(super) struct Found {
    /// All its types, and what stands at its indices.
    pub types: Types,
    /// Its own lifted functions: at which index, and how.
    pub lifts: Vec<(u32, Lift)>,
    /// Exports by their flat names, and which of those they are.
    pub exports: Vec<(String, usize)>,
    /// The names of all that it exports, in lower case.
    pub names: HashSet<String>,
    /// Whether its core code can call more than functions that are imported, and what
    /// may always be called.
    pub leaves: bool,
    /// Whether it imports from WASI.
    pub wasi: bool,
    /// Whether one of its core modules is.
    pub is_named_like_a_door: bool,
}

/// So many exports are told, with names of so many bytes in all; of a component with
/// more of either, none.
const MOST_EXPORTS: usize = 1000;
const MOST_NAMED: usize = 1 << 20;

/// What is left to be counted.
struct Count<'t> {
    types: &'t Types,
    /// How many items an imported instance holds.
    sizes: HashMap<ComponentInstanceTypeId, usize>,
    left: usize,
}

impl Count<'_> {
    fn take(&mut self, items: usize) -> Result<()> {
        self.left = self.left.checked_sub(items).ok_or_else(|| {
            let items = format!("{MOST_ITEMS} items");
            too_much(format!("passing on its instances, with all that is in them, takes {items}"))
        })?;
        Ok(())
    }

    fn size_of(&mut self, ty: ComponentInstanceTypeId) -> usize {
        if let Some(known) = self.sizes.get(&ty) {
            return *known;
        }
        let types = self.types;
        let mut size = 1usize;
        // No deeper than types may be.
        for item in types[ty].exports.values() {
            size = size.saturating_add(match item.ty {
                ComponentEntityType::Instance(inner) => self.size_of(inner),
                _ => 1,
            });
        }
        self.sizes.insert(ty, size);
        size
    }
}

/// What can be passed on.
#[derive(Clone, Copy)]
enum Item {
    /// A function, a type, or something that is not passed on.
    One,
    /// A function that the whole component imports.
    Host,
    /// One of the whole component's own that were lifted.
    Lifted(usize),
    /// A core module, with so many imports.
    Module(usize),
    /// One of the instances that were made.
    Instance(usize),
    /// An instance that the whole component imports.
    Imported(ComponentInstanceTypeId),
    /// A component, the scope that it was defined in, and what it holds of it.
    Component { def: usize, scope: usize, size: usize },
}

struct Made<'a> {
    items: HashMap<&'a str, Item>,
    size: usize,
}

/// A component that is being instantiated, or was.
#[derive(Default)]
struct Scope<'a> {
    def: usize,
    /// Where the component was defined.
    outer: Option<usize>,
    next: usize,
    args: HashMap<&'a str, Item>,
    exports: HashMap<&'a str, Item>,
    instances: Vec<Item>,
    components: Vec<Item>,
    modules: Vec<Item>,
    funcs: Vec<Item>,
}

/// Goes through all definitions as the engine does.
struct Run<'a, 'c, 't> {
    defs: &'c [Def<'a>],
    count: &'c mut Count<'t>,
    scopes: Vec<Scope<'a>>,
    instances: Vec<Made<'a>>,
    /// See [`Found`].
    lifts: Vec<(u32, Lift)>,
    leaves: bool,
    wasi: bool,
}

impl<'a> Run<'a, '_, '_> {
    fn all(&mut self) -> Result<()> {
        self.scopes.push(Scope::default());
        let mut running = vec![0];
        while let Some(&at) = running.last() {
            let scope = &mut self.scopes[at];
            let Some(op) = self.defs[scope.def].ops.get(scope.next) else {
                running.pop();
                self.end(at, running.last().copied())?;
                continue;
            };
            scope.next += 1;
            self.count.take(1)?;
            if let Some(entered) = self.step(at, op)? {
                running.push(entered);
                if running.len() > DEEPEST {
                    let what = format!("more than {DEEPEST} components instantiate each other");
                    return Err(too_much(what));
                }
            }
        }
        Ok(())
    }

    /// All of a component is there: it becomes an instance of where it was
    /// instantiated.
    fn end(&mut self, at: usize, within: Option<usize>) -> Result<()> {
        let items = std::mem::take(&mut self.scopes[at].exports);
        let made = self.made(items)?;
        if let Some(within) = within {
            self.scopes[within].instances.push(made);
        }
        Ok(())
    }

    fn made(&mut self, items: HashMap<&'a str, Item>) -> Result<Item> {
        let mut size = 1usize;
        for item in items.values() {
            size = size.saturating_add(self.size(*item));
        }
        self.count.take(size)?;
        self.instances.push(Made { items, size });
        Ok(Item::Instance(self.instances.len() - 1))
    }

    fn size(&mut self, item: Item) -> usize {
        match item {
            Item::One | Item::Host | Item::Lifted(_) | Item::Module(_) => 1,
            Item::Instance(at) => self.instances[at].size,
            Item::Imported(ty) => self.count.size_of(ty),
            Item::Component { size, .. } => size,
        }
    }

    /// What stands at an index, in a scope so many levels up; all indices were
    /// checked.
    fn get(&self, mut at: usize, levels: usize, kind: Kind, index: u32) -> Item {
        for _ in 0..levels {
            at = self.scopes[at].outer.unwrap_or(at);
        }
        let scope = &self.scopes[at];
        let all = match kind {
            Kind::Instance => &scope.instances,
            Kind::Component => &scope.components,
            Kind::Module => &scope.modules,
            Kind::Func => &scope.funcs,
            _ => return Item::One,
        };
        all.get(index as usize).copied().unwrap_or(Item::One)
    }

    /// Gives an item an index, and counts it.
    fn put(&mut self, at: usize, kind: Kind, item: Item) -> Result<()> {
        let size = self.size(item);
        self.count.take(size)?;
        let scope = &mut self.scopes[at];
        match kind {
            Kind::Instance => scope.instances.push(item),
            Kind::Component => scope.components.push(item),
            Kind::Module => scope.modules.push(item),
            Kind::Func => scope.funcs.push(item),
            _ => {}
        }
        Ok(())
    }

    /// The functions in an instance that were lifted, with their flat names.
    fn exports(
        &self,
        at: usize,
        path: &str,
        room: &mut usize,
        found: &mut Vec<(String, usize)>,
    ) -> Option<()> {
        for (name, item) in &self.instances.get(at)?.items {
            *room = room.checked_sub(path.len() + name.len() + 1)?;
            match item {
                Item::Lifted(lift) => found.push((format!("{path}{name}"), *lift)),
                Item::Instance(inner) => {
                    self.exports(*inner, &format!("{path}{name}#"), room, found)?;
                }
                _ => {}
            }
        }
        (found.len() <= MOST_EXPORTS).then_some(())
    }

    fn step(&mut self, at: usize, op: &Op<'a>) -> Result<Option<usize>> {
        match op {
            Op::Component(def) => {
                let mut size = 1usize;
                for (levels, kind, index) in &self.defs[*def].taken {
                    let held = self.get(at, levels - 1, *kind, *index);
                    size = size.saturating_add(self.size(held));
                }
                self.put(at, Kind::Component, Item::Component { def: *def, scope: at, size })?;
            }
            Op::Module(imports) => self.put(at, Kind::Module, Item::Module(*imports))?,
            Op::Core(module) => {
                if let Item::Module(imports) = self.get(at, 0, Kind::Module, *module) {
                    self.count.take(imports)?;
                }
            }
            Op::Others(count) => self.count.take(*count)?,
            Op::Lift(lift) => {
                let mut item = Item::One;
                // What is called of other components is not looked at.
                if at == 0 {
                    self.lifts.push((self.scopes[at].funcs.len() as u32, *lift));
                    item = Item::Lifted(self.lifts.len() - 1);
                }
                self.put(at, Kind::Func, item)?;
            }
            Op::Lower(func) => {
                self.count.take(1)?;
                let is_host = matches!(self.get(at, 0, Kind::Func, *func), Item::Host);
                self.leaves |= at == 0 && !is_host;
            }
            Op::Builtin => {
                self.count.take(1)?;
                self.leaves |= at == 0;
            }
            Op::Bag(items) => {
                let items = items.iter();
                let items = items.map(|(name, kind, i)| (*name, self.get(at, 0, *kind, *i)));
                let made = self.made(items.collect())?;
                self.scopes[at].instances.push(made);
            }
            Op::Alias(kind, instance, name) => {
                let item = match self.get(at, 0, Kind::Instance, *instance) {
                    Item::Instance(made) => self.instances[made].items.get(name).copied(),
                    Item::Imported(ty) => {
                        self.count.types[ty].exports.get(*name).map(|item| of_type(item.ty))
                    }
                    _ => None,
                };
                self.put(at, *kind, item.unwrap_or(Item::One))?;
            }
            Op::Outer(kind, levels, index) => {
                self.put(at, *kind, self.get(at, *levels, *kind, *index))?;
            }
            Op::Import(name, kind) => {
                self.wasi |= at == 0 && name.starts_with("wasi:");
                let item = match (self.scopes[at].args.get(name), kind) {
                    (Some(item), _) => *item,
                    (None, Kind::Instance) => {
                        let index = self.scopes[at].instances.len() as u32;
                        Item::Imported(self.count.types.component_instance_at(index))
                    }
                    (None, Kind::Func) => Item::Host,
                    _ => Item::One,
                };
                // The engine passes on where an import is, and not what is in it.
                match item {
                    Item::Imported(_) => self.scopes[at].instances.push(item),
                    item => self.put(at, *kind, item)?,
                }
            }
            Op::Export(name, kind, index) => {
                let item = self.get(at, 0, *kind, *index);
                self.put(at, *kind, item)?;
                self.scopes[at].exports.insert(name, item);
            }
            Op::Instantiate(component, args) => {
                let Item::Component { def, scope, size } =
                    self.get(at, 0, Kind::Component, *component)
                else {
                    self.scopes[at].instances.push(Item::One);
                    return Ok(None);
                };
                self.count.take(size)?;
                let mut given = HashMap::new();
                for (name, kind, index) in args {
                    let item = self.get(at, 0, *kind, *index);
                    let size = self.size(item);
                    self.count.take(size)?;
                    given.insert(*name, item);
                }
                let outer = Some(scope);
                self.scopes.push(Scope { def, outer, args: given, ..Scope::default() });
                return Ok(Some(self.scopes.len() - 1));
            }
        }
        Ok(None)
    }
}

fn of_type(ty: ComponentEntityType) -> Item {
    match ty {
        ComponentEntityType::Instance(ty) => Item::Imported(ty),
        ComponentEntityType::Func(_) => Item::Host,
        _ => Item::One,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn checked(text: &str) -> Result<()> {
        let buffer = wast::parser::ParseBuffer::new(text).unwrap();
        let bytes = wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap().encode().unwrap();
        check(&bytes, super::super::FEATURES).map(drop)
    }

    fn is_too_much(text: &str) {
        let error = checked(text).unwrap_err();
        assert!(error.message().contains("asks for too much"), "{error}");
    }

    const FUNC: &str = "(core module $m (func (export \"f\"))) (core instance $m (instantiate $m))
        (func $f (canon lift (core func $m \"f\")))";

    #[test]
    fn instances_that_double() {
        let doubled = |times: usize| {
            let mut text = format!("(component {FUNC} (instance $i0 (export \"f\" (func $f)))\n");
            for i in 1..=times {
                let _ = writeln!(
                    text,
                    "(instance $i{i} (export \"a\" (instance $i{0})) (export \"b\" (instance $i{0})))",
                    i - 1
                );
            }
            text + &format!("(export \"i\" (instance $i{times})))")
        };
        checked(&doubled(10)).unwrap();
        is_too_much(&doubled(18));
    }

    #[test]
    fn components_that_double() {
        let doubled = |times: usize, second: &str| {
            let mut text = format!("(component (component $c0 {FUNC})\n");
            for i in 1..=times {
                let before = i - 1;
                let inner = format!(
                    "(alias outer 1 $c{before} (component $x)) (instance (instantiate $x))"
                );
                let _ = writeln!(text, "(component $c{i} {inner} {})", second.replace("$x", "$y"));
            }
            text + &format!("(instance (instantiate $c{times})))")
        };
        let again =
            |i: usize| format!("(alias outer 1 {i} (component $x)) (instance (instantiate $x))");
        let mut text = format!("(component (component $c0 {FUNC})\n");
        for i in 1..=20 {
            let _ =
                writeln!(text, "(component {} {})", again(i - 1), again(i - 1).replace('x', "y"));
        }
        checked(&doubled(50, "")).unwrap();
        is_too_much(&doubled(120, ""));
        is_too_much(&(text + "(instance (instantiate 20)))"));
    }

    /// Text has a bound of its own, which is lower.
    #[test]
    fn components_that_are_too_deep() {
        const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";
        let within = |inner: Vec<u8>| {
            let mut size = inner.len();
            let mut outer = [EMPTY, &[4]].concat();
            while size > 0x7f {
                outer.push(size as u8 | 0x80);
                size >>= 7;
            }
            outer.push(size as u8);
            [outer, inner].concat()
        };
        let deepest = (1..DEEPEST).fold(EMPTY.to_vec(), |inner, _| within(inner));
        check(&deepest, super::super::FEATURES).unwrap();
        let error = check(&within(deepest), super::super::FEATURES).err().unwrap();
        assert!(error.message().contains("asks for too much"), "{error}");
    }

    /// What a component takes from around it goes with it, and what that takes.
    #[test]
    fn scopes_that_double() {
        let mut text = String::from("(component (component $c0) (component $c1)\n");
        for i in 2..40 {
            let take = |i: usize| format!("(alias outer 1 $c{i} (component))");
            let _ = writeln!(text, "(component $c{i} {} {})", take(i - 1), take(i - 2));
        }
        is_too_much(&(text + ")"));
    }

    /// What is taken from far around is noted at each level, and counted there.
    #[test]
    fn outer_aliases() {
        let aliases = "(alias outer 51 0 (core module))".repeat(900);
        let leaves = format!("(component {aliases})").repeat(3);
        let text = format!("(component (core module) {}{leaves}", "(component ".repeat(50));
        let error = checked(&(text + &")".repeat(51))).unwrap_err();
        assert!(error.message().contains("outer aliases"), "{error:?}");
    }

    /// Components that are passed to components, which instantiate them.
    #[test]
    fn components_as_arguments() {
        let mut text = String::from("(component (component $c0)\n");
        for i in 1..=20 {
            let _ = writeln!(
                text,
                "(component $t{i} (import \"c\" (component $c))
                   (instance (instantiate $c)) (instance (instantiate $c)))
                 (component $c{i} (alias outer 1 $t{i} (component $t)) (alias outer 1 $c{} (component $c))
                   (instance (instantiate $t (with \"c\" (component $c)))))",
                i - 1
            );
        }
        is_too_much(&(text + "(instance (instantiate $c20)))"));
    }

    #[test]
    fn imports_that_double() {
        let mut text =
            String::from("(component (type $t0 (instance (export \"m\" (core module))))\n");
        for i in 1..=16 {
            let _ = writeln!(
                text,
                "(type $t{i} (instance (alias outer 1 $t{0} (type $t))
                   (export \"a\" (instance (type $t))) (export \"b\" (instance (type $t)))))",
                i - 1
            );
        }
        let text = text + "(import \"i\" (instance $i (type $t16))) ";
        checked(&(text.clone() + ")")).unwrap();
        is_too_much(&(text + "(export \"j\" (instance $i)))"));
    }
}
