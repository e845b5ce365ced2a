//! Names of imports and exports, flat: `ns:pkg/iface@1.2.3#func`, and what is
//! found under them.
//!
//! Not here: what the names are of.

/// What is in an instance, by the flat name of that: `iface#instance`. The world has
/// no name.
pub fn within(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}#{name}"),
    }
}

/// A flat name taken apart: that of the instance that it is in, and its own.
pub fn parts(flat: &str) -> (&str, &str) {
    flat.rsplit_once('#').unwrap_or(("", flat))
}

/// An interface's name and version: `ns:pkg/iface`, `1.2.3`; with the way to an
/// instance within it.
fn split(interface: &str) -> ((&str, &str), Option<&str>) {
    let (interface, instance) = interface.split_once('#').unwrap_or((interface, ""));
    match interface.split_once('@') {
        Some((name, version)) => ((name, instance), Some(version)),
        None => ((interface, instance), None),
    }
}

/// What stays the same among versions that can stand for each other; `None` for
/// those that only stand for themselves.
fn track(version: &str) -> Option<String> {
    let version = version.split('+').next().unwrap_or_default();
    if version.contains('-') {
        return None;
    }
    let mut numbers = version.split('.').map(|n| n.parse::<u64>().ok());
    match (numbers.next()??, numbers.next()??, numbers.next()??) {
        (0, 0, _) => None,
        (0, minor, _) => Some(format!("0.{minor}")),
        (major, ..) => Some(major.to_string()),
    }
}

/// Its three numbers, to tell which is newer.
fn order(version: &str) -> [u64; 3] {
    let plain = version.split(['+', '-']).next().unwrap_or_default();
    let mut numbers = plain.split('.').map(|n| n.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

/// Which of these interfaces is the one that is asked for: the same, else the
/// newest version that can stand for it.
pub fn interface<'a, T>(
    wanted: &str,
    all: impl IntoIterator<Item = (&'a str, T)> + Clone,
) -> Option<T> {
    if let Some((_, exact)) = all.clone().into_iter().find(|(name, _)| *name == wanted) {
        return Some(exact);
    }
    let (name, version) = split(wanted);
    let version = version?;
    let without_build = |version: &str| version.split('+').next().unwrap_or_default().to_owned();
    let fits = |other: &str| match (split(other), track(version)) {
        ((same, Some(other)), Some(track_of)) => {
            same == name && track(other).is_some_and(|track| track == track_of)
        }
        ((same, Some(other)), None) => {
            same == name && without_build(other) == without_build(version)
        }
        _ => false,
    };
    let fitting = all.into_iter().filter(|(other, _)| fits(other));
    let newest = fitting.max_by_key(|(other, _)| order(split(other).1.unwrap_or_default()));
    newest.map(|(_, found)| found)
}

/// Which of these exports a name means: all of it; another version that can stand
/// for it; without the version, or only the function's, where that is
/// unambiguous; or in the order of WAVE, `ns:pkg/iface.func@1.2.3`.
pub fn export<'a>(wanted: &str, all: impl Iterator<Item = &'a str> + Clone) -> Option<usize> {
    if let Some(exact) = all.clone().position(|name| name == wanted) {
        return Some(exact);
    }
    let wanted = match wanted.split_once('#') {
        None => match wave(wanted) {
            Some((interface, func)) => format!("{interface}#{func}"),
            None => return only(all, |_, func| func == wanted),
        },
        Some(_) => wanted.to_owned(),
    };
    let (interface_of, func) = wanted.rsplit_once('#')?;
    let with_func = all.clone().enumerate().filter_map(|(i, name)| {
        let (interface, of) = name.rsplit_once('#')?;
        (of == func).then_some((interface, i))
    });
    if let Some(found) = interface(interface_of, with_func) {
        return Some(found);
    }
    let (name, version) = split(interface_of);
    only(all, |interface, of| version.is_none() && of == func && split(interface).0 == name)
}

/// The one export that fits, if there is exactly one.
fn only<'a>(
    all: impl Iterator<Item = &'a str>,
    fits: impl Fn(&str, &str) -> bool,
) -> Option<usize> {
    let fits = |name: &str| name.rsplit_once('#').is_some_and(|(i, func)| fits(i, func));
    let mut found = all.enumerate().filter(|(_, name)| fits(name)).map(|(i, _)| i);
    found.next().filter(|_| found.next().is_none())
}

/// `ns:pkg/iface.func@1.2.3` taken apart.
fn wave(name: &str) -> Option<(String, &str)> {
    let (package, rest) = name.split_once('/')?;
    let ((rest, _), version) = split(rest);
    let (interface, func) = rest.split_once('.')?;
    let version = version.map(|v| format!("@{v}")).unwrap_or_default();
    Some((format!("{package}/{interface}{version}"), func))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let finds = |wanted: &str, defined: &[&str]| {
            interface(wanted, defined.iter().map(|name| (*name, *name))).map(str::to_owned)
        };
        for (wanted, defined, fits) in [
            ("a:b/c@1.9.0", "a:b/c@1.2.0", true),
            ("a:b/c@1.2.0", "a:b/c@1.9.0", true),
            ("a:b/c@1.0.0", "a:b/c@2.0.0", false),
            ("a:b/c@0.1.5", "a:b/c@0.1.0", true),
            ("a:b/c@0.2.99", "a:b/c@0.2.12", true),
            ("a:b/c@0.3.0", "a:b/c@0.2.12", false),
            ("a:b/c@0.0.2", "a:b/c@0.0.1", false),
            ("a:b/c@1.0.0", "a:b/c@1.0.0-rc1", false),
            ("a:b/c@1.0.0+b2", "a:b/c@1.0.0+b1", true),
            ("a:b/c@1.2.0", "a:b/c", false),
            ("a:b/c", "a:b/c@1.2.0", false),
            ("a:b/d@1.2.0", "a:b/c@1.2.0", false),
            ("a:b/c@1.9.0#in", "a:b/c@1.2.0#in", true),
            ("a:b/c@1.2.0#in", "a:b/c@1.2.0", false),
            ("a:b/c@2.0.0#in", "a:b/c@1.2.0#in", false),
        ] {
            assert_eq!(finds(wanted, &[defined]).is_some(), fits, "{wanted} by {defined}");
        }
        let many = ["a:b/c@1.2.0", "a:b/c@1.10.0", "a:b/c@1.3.0"];
        assert_eq!(finds("a:b/c@1.0.0", &many).unwrap(), "a:b/c@1.10.0");
        assert_eq!(finds("a:b/c@1.3.0", &many).unwrap(), "a:b/c@1.3.0");
    }

    #[test]
    fn short_names() {
        let all = ["run", "a:b/c@1.2.0#f", "a:b/c@1.2.0#g", "a:b/d#g", "a:b/c@1.2.0#[method]r.m"];
        let finds = |name: &str| export(name, all.iter().copied());
        assert_eq!(finds("run"), Some(0));
        assert_eq!(finds("a:b/c@1.2.0#f"), Some(1));
        assert_eq!(finds("a:b/c@1.9.9#f"), Some(1));
        assert_eq!(finds("a:b/c@2.0.0#f"), None);
        assert_eq!(finds("a:b/c#f"), Some(1));
        assert_eq!(finds("a:b/c.f@1.2.0"), Some(1));
        assert_eq!(finds("a:b/c.f"), Some(1));
        assert_eq!(finds("f"), Some(1));
        assert_eq!(finds("g"), None);
        assert_eq!(finds("[method]r.m"), Some(4));
        assert_eq!(finds("nothing"), None);
        let all = ["a:b/c@1.2.0#in#f", "a:b/c@1.2.0#f", "a:b/d#in#g"];
        let finds = |name: &str| export(name, all.iter().copied());
        assert_eq!(finds("a:b/c@1.3.0#in#f"), Some(0));
        assert_eq!(finds("a:b/c#in#f"), Some(0));
        assert_eq!(finds("a:b/c#f"), Some(1));
        assert_eq!(finds("g"), Some(2));
        assert_eq!(finds("f"), None);
    }
}
