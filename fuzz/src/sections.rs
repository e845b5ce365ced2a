//! Changes to a file of sections that keep it one: their sizes stay true, however deep
//! within each other the modules and components are.

use super::{Bytes, built};

/// What libFuzzer does to bytes: where they are, how many, and how many there may be.
pub type Inner = fn(&mut [u8], usize, usize) -> usize;

/// A section's number, and what is in it.
type Section = (u8, Vec<u8>);

const HEADER: usize = 8;
/// Numbers of sections of components that hold files: a core module, a component.
const FILES: [u8; 2] = [1, 4];

/// Random numbers, of a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// Changes a file in place, or puts another one there; how long it is then.
pub fn mutate(data: &mut [u8], size: usize, max: usize, seed: u32, inner: Inner) -> usize {
    let mut random = Random(u64::from(seed) << 16 | 0x9e37);
    let made = match random.below(8) {
        0 => {
            let decisions = (0..512).map(|_| random.below(256) as u8).collect::<Vec<_>>();
            built::component(&mut Bytes(&decisions))
        }
        1 => None,
        _ => changed(&data[..size], &mut random, inner, 4),
    };
    match made {
        Some(made) if made.len() <= max => {
            data[..made.len()].copy_from_slice(&made);
            made.len()
        }
        _ => inner(data, size, max),
    }
}

/// The file with one change in its sections; `None` where it has none.
fn changed(file: &[u8], random: &mut Random, inner: Inner, depth: usize) -> Option<Vec<u8>> {
    let mut sections = sections(file)?;
    let at = random.below(sections.len());
    let other = random.below(sections.len());
    let is_component = file[4..HEADER] == [0x0d, 0, 1, 0];
    match random.below(16) {
        0 => drop(sections.remove(at)),
        1 => sections.insert(other, sections[at].clone()),
        2 => sections.swap(at, other),
        // A component, and more so what is within it, may be in place of another.
        3 => sections[at].1 = sections[other].1.clone(),
        _ => {
            let (id, content) = &mut sections[at];
            let within = match is_component && FILES.contains(id) && depth > 0 {
                true => changed(content, random, inner, depth - 1),
                false => None,
            };
            *content = within.unwrap_or_else(|| {
                let (size, max) = (content.len(), content.len() + 16);
                let mut content = content.clone();
                content.resize(max, 0);
                let size = inner(&mut content, size, max);
                content.truncate(size);
                content
            });
        }
    }
    let mut made = file[..HEADER].to_vec();
    for (id, content) in sections {
        made.push(id);
        let mut size = content.len();
        while size >= 0x80 {
            made.push(size as u8 | 0x80);
            size >>= 7;
        }
        made.push(size as u8);
        made.extend(content);
    }
    Some(made)
}

/// A file's sections; `None` where it is none, or has none.
fn sections(file: &[u8]) -> Option<Vec<Section>> {
    let mut rest = file.get(HEADER..).filter(|_| file.starts_with(b"\0asm"))?;
    let mut found = Vec::new();
    while let Some((id, after)) = rest.split_first() {
        let (mut size, mut shift) = (0, 0);
        let mut bytes = after.iter();
        loop {
            let byte = *bytes.next()?;
            size |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
            if shift > 28 {
                return None;
            }
        }
        let (content, after) = bytes.as_slice().split_at_checked(size)?;
        found.push((*id, content.to_vec()));
        rest = after;
    }
    (!found.is_empty()).then_some(found)
}
