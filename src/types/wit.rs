//! Types as WIT, the text in which the component model writes interfaces: for
//! people, and for tools that know no other.
//!
//! Not here: reading it; components.

use super::{Class, ExportType, ExternType, FuncType, ImportType, Sign, ValType};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// What cannot be a name without a sign in front.
pub(crate) const KEYWORDS: &[&str] = &[
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "export",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
];

/// A module's imports and exports as a world. What WIT cannot say, or not under
/// such a name, is in a comment.
pub(crate) fn world(imports: &[ImportType], exports: &[ExportType]) -> String {
    let mut text = String::from("package module:interface;\n\nworld module {\n");
    let mut met = Names::default();
    let mut modules: Vec<(&str, Vec<&ImportType>)> = Vec::new();
    let mut places = HashMap::new();
    for import in imports {
        let place = *places.entry(&import.module).or_insert_with(|| {
            modules.push((&import.module, Vec::new()));
            modules.len() - 1
        });
        modules[place].1.push(import);
    }
    for (module, imports) in modules {
        let (mut inside, mut funcs) = (String::new(), Names::default());
        let module = met.take(module);
        for import in imports {
            let func = module.as_ref().and_then(|_| item(&mut funcs, &import.name, &import.ty));
            let _ = match func {
                Some(func) => writeln!(inside, "    {func}"),
                None => writeln!(
                    text,
                    "  // import {:?} {:?} {}",
                    import.module, import.name, import.ty
                ),
            };
        }
        if let (Some(module), false) = (module, inside.is_empty()) {
            let _ = writeln!(text, "  import {module}: interface {{\n{inside}  }}");
        }
    }
    let mut met = Names::default();
    for export in exports {
        let _ = match item(&mut met, &export.name, &export.ty) {
            Some(func) => writeln!(text, "  export {func}"),
            None => writeln!(text, "  // export {:?} {}", export.name, export.ty),
        };
    }
    text + "}\n"
}

/// `name: func(text: string) -> string;`
fn item(met: &mut Names, name: &str, ty: &ExternType) -> Option<String> {
    let ExternType::Func(ty) = ty else { return None };
    let ty = ty.to_wit()?;
    Some(format!("{}: {ty};", met.take(name)?))
}

impl FuncType {
    /// The type as WIT has it; `None` where a type in it is core WebAssembly's
    /// alone. Several results are a tuple, and parameters without a name that WIT
    /// permits are called `p0`, `p1` and so on.
    ///
    /// ```
    /// use witrt::{FuncType, ValType};
    /// let ty = FuncType::new([ValType::String, ValType::U32], [ValType::String])
    ///     .with_param_names([Some("my_text")]);
    /// assert_eq!(ty.to_wit().unwrap(), "func(my-text: string, p1: u32) -> string");
    /// ```
    pub fn to_wit(&self) -> Option<String> {
        if let Some(signature) = self.signature() {
            return Some(signature.to_wit());
        }
        let mut names = Names::default();
        let mut params = Vec::new();
        for (i, (ty, name)) in self.params().iter().zip(self.param_names()).enumerate() {
            let name = name.and_then(|name| names.take(name));
            let name = name.or_else(|| names.take(&format!("p{i}")));
            let name = name.or_else(|| names.take(&format!("parameter-p{i}")))?;
            params.push(format!("{name}: {}", val_type(*ty)?));
        }
        let results = self.results().iter().map(|ty| val_type(*ty)).collect::<Option<Vec<_>>>()?;
        let results = match &results[..] {
            [] => String::new(),
            [one] => format!(" -> {one}"),
            more => format!(" -> tuple<{}>", more.join(", ")),
        };
        Some(format!("func({}){results}", params.join(", ")))
    }
}

fn val_type(ty: ValType) -> Option<&'static str> {
    match ty.kind().class {
        Class::Number(_, Sign::Core) | Class::Reference | Class::Vector | Class::OtherReference => {
            None
        }
        Class::Number(_, Sign::Signed | Sign::Unsigned | Sign::Float) | Class::Text => {
            Some(ty.name())
        }
        Class::Scalar(_) => Some(ty.name()),
        Class::Composite => None,
    }
}

/// The names that have been used in one place.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// A name as WIT wants it: words of small letters and digits, with hyphens
    /// between them. `None` where it cannot be made so, or is there already.
    fn take(&mut self, name: &str) -> Option<String> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if !name.split('-').all(is_word) || !self.0.insert(name.clone()) {
            return None;
        }
        Some(if KEYWORDS.contains(&&*name) { format!("%{name}") } else { name })
    }
}
