//! The layout of a precompiled module, in memory or in a file: the engine's
//! artefact, a description, the module as a binary, and a footer. A component is
//! all in the engine's artefact, and described is the door to it.
//!
//! The engine's comes first, because the engine maps files that begin with it;
//! it does not mind what follows. The description is what the compiled back end
//! has found out, so that loading reads neither sections nor adapters.
//!
//! Not here: the engine; how values are stored.

use super::config::BackEnd;
use super::stored::{Reader, Stored, Writer};
#[cfg(feature = "component")]
use crate::abi::door::Door;
use crate::codegen::Compiled;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Program;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The last word. It says what the bytes are, and in its last two what version
/// of the layout. Up to version 5 it was the first.
const MAGIC: [u8; 8] = *b"\0witrt\x0a\0";
/// In words: the back end, the lengths of the three parts, a checksum of all
/// before it, and the magic.
const FOOTER: usize = 48;
/// In place of a back end.
const COMPONENT: usize = 2;
const UNSUMMED: usize = 16;

/// What a file is read in: some cache holds it, and it has whole
/// [blocks](Checksum::add).
const CHUNK: usize = 64 << 10;

const SHORT: &str = "too short for a precompiled module";
const FOREIGN: &str = "this is no precompiled module";
const OTHER: &str = "this precompiled module was made by another version of the library";
const NO_END: &str = "the precompiled module was cut off, added to, or damaged at its end";
const LENGTH: &str = "the precompiled module has another length than it was made with";
const DAMAGED: &str = "the precompiled module is damaged";

pub(super) fn bad(what: &str) -> Error {
    Error::new(ErrorKind::BadArtefact, what)
}

fn unreadable(error: io::Error) -> Error {
    Error::new(ErrorKind::UnreadableFile, error.to_string())
}

/// Where the parts of a precompiled module are.
#[derive(Clone, Copy)]
pub(super) struct Artefact {
    /// A [`BackEnd`], or [`COMPONENT`].
    back_end: usize,
    /// How many bytes are the engine's.
    pub code: usize,
    description: usize,
    source: usize,
    #[cfg_attr(not(feature = "component"), allow(dead_code))]
    sum: u64,
}

impl Artefact {
    /// Puts a precompiled module together. `compiled` is what the compiled back
    /// end knows, `code` the engine's artefact.
    pub fn write(program: &Program, compiled: Option<&Compiled>, code: Vec<u8>) -> Vec<u8> {
        let mut writer = Writer::default();
        // Of an interface always: the names of parameters are nowhere else.
        if program.wrapped {
            program.put(&mut writer);
        }
        let back_end = match compiled {
            Some(compiled) => {
                compiled.put(&mut writer);
                BackEnd::Compiled
            }
            None => BackEnd::Reference,
        };
        let description = if program.wrapped { writer.finish() } else { Vec::new() };
        finish(back_end as usize, code, &description, &program.core)
    }

    /// What is stored of a component.
    #[cfg(feature = "component")]
    pub fn write_component(door: Option<&Door>, code: Vec<u8>) -> Vec<u8> {
        let mut description = Vec::new();
        if let Some(door) = door {
            let mut writer = Writer::default();
            door.put(&mut writer);
            description = writer.finish();
        }
        finish(COMPONENT, code, &description, &[])
    }

    /// The door of a component, if it has one.
    #[cfg(feature = "component")]
    pub fn door(&self, bytes: &[u8]) -> Result<Option<Door>> {
        if self.description == 0 {
            return Ok(None);
        }
        let read = || {
            let description = bytes.get(self.code..self.code + self.description)?;
            let mut reader = Reader::new(description)?;
            let door = Door::get(&mut reader)?;
            reader.is_empty().then_some(door)
        };
        read().map(Some).ok_or_else(|| bad(DAMAGED))
    }

    /// Whether it is of a component.
    pub fn is_component(&self) -> bool {
        self.back_end == COMPONENT
    }

    /// Whether this ends like the file that was opened.
    #[cfg(feature = "component")]
    pub fn ends(&self, bytes: &[u8]) -> bool {
        let head = bytes.first_chunk();
        let parsed = head.zip(bytes.last_chunk()).map(|(h, f)| Artefact::parse(h, f, bytes.len()));
        matches!(parsed, Some(Ok(found)) if found.code == self.code && found.sum == self.sum)
    }

    /// Finds the parts of one in memory, if it is whole; else tells what is
    /// wrong.
    pub fn find(bytes: &[u8]) -> Result<Artefact> {
        let (Some(head), Some(footer)) = (bytes.first_chunk(), bytes.last_chunk()) else {
            return Err(bad(SHORT));
        };
        let artefact = Artefact::parse(head, footer, bytes.len())?;
        let mut sum = Checksum::default();
        sum.add(&bytes[..bytes.len() - UNSUMMED]);
        if sum.finish() == artefact.sum { Ok(artefact) } else { Err(bad(DAMAGED)) }
    }

    /// Reads what is stored in a file, all of it once.
    pub fn open(path: &Path) -> Result<(File, Artefact)> {
        let mut file = open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(Error::new(ErrorKind::UnreadableFile, "this is not a regular file"));
        }
        let len = usize::try_from(metadata.len()).map_err(|_| bad(LENGTH))?;
        let Some(start_of_footer) = len.checked_sub(FOOTER) else {
            return Err(bad(SHORT));
        };
        let mut read = |at: usize, into: &mut [u8]| {
            let found = file.seek(SeekFrom::Start(at as u64)).and_then(|_| file.read_exact(into));
            found.map_err(unreadable)
        };
        let (mut head, mut footer) = ([0; 8], [0; FOOTER]);
        read(0, &mut head)?;
        read(start_of_footer, &mut footer)?;
        let artefact = Artefact::parse(&head, &footer, len)?;
        let (mut sum, mut buffer) = (Checksum::default(), vec![0; CHUNK.min(len)]);
        let summed = len - UNSUMMED;
        for at in (0..summed).step_by(CHUNK) {
            let part = &mut buffer[..CHUNK.min(summed - at)];
            read(at, part)?;
            sum.add(part);
        }
        if sum.finish() == artefact.sum { Ok((file, artefact)) } else { Err(bad(DAMAGED)) }
    }

    /// What the footer says.
    fn parse(head: &[u8; 8], footer: &[u8; FOOTER], len: usize) -> Result<Artefact> {
        let ours = |word: &[u8; 8]| word.starts_with(&MAGIC[..6]);
        let (words, magic) = footer.as_chunks().0.split_at(FOOTER / 8 - 1);
        match magic {
            [MAGIC] => {}
            [magic] if ours(magic) || ours(head) => return Err(bad(OTHER)),
            // So begins what the engine makes.
            _ if head.starts_with(b"\x7fELF") => return Err(bad(NO_END)),
            _ => return Err(bad(FOREIGN)),
        }
        let numbers = words.iter().map(|word| u64::from_le_bytes(*word));
        let numbers = <[u64; 5]>::try_from(numbers.collect::<Vec<_>>());
        let [back_end, code, description, source, sum] = numbers.map_err(|_| bad(DAMAGED))?;
        let lengths = [code, description, source, FOOTER as u64];
        let whole = lengths.into_iter().try_fold(0, u64::checked_add);
        if whole != Some(len as u64) {
            return Err(bad(LENGTH));
        }
        // None of them is larger than `len`.
        let [code, description, source, _] = lengths.map(|length| length as usize);
        let back_end = usize::try_from(back_end).map_err(|_| bad(DAMAGED))?;
        Ok(Artefact { back_end, code, description, source, sum })
    }

    /// The module as a binary, of all its bytes.
    pub fn source<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let start = self.code + self.description;
        bytes.get(start..start + self.source).unwrap_or_default()
    }

    /// The program of an interface, without its core and the plans of adapters,
    /// and what the compiled back end knew, if it was that.
    pub fn described(&self, bytes: &[u8]) -> Result<Option<(Program, Option<Compiled>)>> {
        if self.description == 0 {
            return Ok(None);
        }
        let read = || {
            let description = bytes.get(self.code..self.code + self.description)?;
            let mut reader = Reader::new(description)?;
            let program = Program::get(&mut reader)?;
            let compiled = match self.back_end == BackEnd::Compiled as usize {
                true => Some(Compiled::get(&mut reader)?),
                false => None,
            };
            reader.is_empty().then_some((program, compiled))
        };
        read().map(Some).ok_or_else(|| bad(DAMAGED))
    }
}

/// Puts the parts together.
fn finish(what: usize, code: Vec<u8>, description: &[u8], source: &[u8]) -> Vec<u8> {
    let numbers = [what, code.len(), description.len(), source.len()];
    let mut out = code;
    out.reserve_exact(description.len() + source.len() + FOOTER);
    out.extend_from_slice(description);
    out.extend_from_slice(source);
    for number in numbers {
        out.extend_from_slice(&(number as u64).to_le_bytes());
    }
    let mut sum = Checksum::default();
    sum.add(&out);
    out.extend_from_slice(&sum.finish().to_le_bytes());
    out.extend_from_slice(&MAGIC);
    out
}

/// Opens a file so that it can be mapped, and run from there.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt as _;
        const FILE_GENERIC_READ: u32 = 0x12_0089;
        const FILE_GENERIC_EXECUTE: u32 = 0x12_00a0;
        const FILE_SHARE_READ: u32 = 1;
        // While it is mapped nobody may write to it.
        options.access_mode(FILE_GENERIC_READ | FILE_GENERIC_EXECUTE).share_mode(FILE_SHARE_READ);
    }
    options.open(path)
}

/// Finds damage by accident. Four sums of words and four of those sums, so that
/// order counts and nothing but additions wait for each other: the processor
/// does several at once.
struct Checksum {
    sums: [u64; 4],
    sums_of_sums: [u64; 4],
    /// Of what is no whole block.
    rest: u64,
    len: usize,
}

impl Default for Checksum {
    fn default() -> Checksum {
        Checksum { sums: [1; 4], sums_of_sums: [0; 4], rest: 0, len: 0 }
    }
}

impl Checksum {
    /// Adds what comes next: whole blocks of 32 bytes, but for the last time.
    fn add(&mut self, bytes: &[u8]) {
        let Checksum { mut sums, mut sums_of_sums, .. } = *self;
        let (blocks, rest) = bytes.as_chunks::<32>();
        for block in blocks {
            for (i, word) in block.as_chunks().0.iter().enumerate() {
                sums[i] = sums[i].wrapping_add(u64::from_le_bytes(*word));
                sums_of_sums[i] = sums_of_sums[i].wrapping_add(sums[i]);
            }
        }
        let rest = rest.iter().map(|byte| u64::from(*byte)).fold(self.rest, mix);
        *self = Checksum { sums, sums_of_sums, rest, len: self.len + bytes.len() };
    }

    fn finish(&self) -> u64 {
        let sums = self.sums.into_iter().chain(self.sums_of_sums).chain([self.rest]);
        sums.fold(self.len as u64, mix)
    }
}

fn mix(sum: u64, word: u64) -> u64 {
    let sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    sum ^ sum >> 29
}
