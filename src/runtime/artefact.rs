//! The bytes of a precompiled module: what it is, its own bytes, and the
//! engine's artefact.
//!
//! What the compiled back end has found out about a module is stored with it, so
//! that loading reads neither its sections nor its adapters.
//!
//! Not here: the engine; how values are stored.

use super::config::BackEnd;
use super::stored::{Reader, Stored, Writer};
use crate::codegen::Compiled;
use crate::plan::Program;

/// Says what the bytes are, and in the last two what version of the layout.
const MAGIC: [u8; 8] = *b"\0witrt\x05\0";
/// After it: a checksum of what follows, the back end, and the lengths of the
/// description and of the module as a binary.
const HEADER: usize = 40;
const SUMMED: usize = 16;

/// A precompiled module, taken apart.
pub(super) struct Artefact<'a> {
    /// A [`BackEnd`].
    back_end: u64,
    description: &'a [u8],
    /// The module as a binary.
    pub source: &'a [u8],
    /// The engine's.
    pub code: &'a [u8],
}

impl<'a> Artefact<'a> {
    /// Puts one together. `compiled` is what the compiled back end knows.
    pub fn write(program: &Program, compiled: Option<&Compiled>, code: &[u8]) -> Vec<u8> {
        let mut writer = Writer::default();
        let back_end = match compiled {
            Some(compiled) => {
                program.put(&mut writer);
                compiled.put(&mut writer);
                BackEnd::Compiled
            }
            None => BackEnd::Reference,
        };
        let description = writer.finish();
        let source = &program.core;
        let mut out = Vec::with_capacity(HEADER + description.len() + source.len() + code.len());
        out.extend_from_slice(&MAGIC);
        let lengths = [description.len() as u64, source.len() as u64];
        for number in [0, back_end as u64].into_iter().chain(lengths) {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for part in [&description, source, code] {
            out.extend_from_slice(part);
        }
        let sum = checksum(&out[SUMMED..]);
        out[MAGIC.len()..SUMMED].copy_from_slice(&sum.to_le_bytes());
        out
    }

    /// Takes one apart, if it is whole; else tells what is wrong.
    pub fn read(bytes: &'a [u8]) -> Result<Artefact<'a>, &'static str> {
        if !bytes.starts_with(&MAGIC) {
            return Err("these bytes are no precompiled module of this version of the library");
        }
        let Some((header, body)) = bytes.split_first_chunk::<HEADER>() else {
            return Err("the precompiled module ends too early");
        };
        let [_, sum, back_end, description, source] = header
            .as_chunks()
            .0
            .try_into()
            .map(|words: [[u8; 8]; 5]| words.map(u64::from_le_bytes))
            .map_err(|_| DAMAGED)?;
        if checksum(&bytes[SUMMED..]) != sum {
            return Err(DAMAGED);
        }
        let (description, body) = split(body, description)?;
        let (source, code) = split(body, source)?;
        Ok(Artefact { back_end, description, source, code })
    }

    /// What the compiled back end knew, if it was that: the program, without
    /// the plans of adapters.
    pub fn described(&self) -> Result<Option<(Program, Compiled)>, &'static str> {
        if self.back_end != BackEnd::Compiled as u64 {
            return Ok(None);
        }
        let read = || {
            let mut reader = Reader::new(self.description)?;
            let mut program = Program::get(&mut reader)?;
            let compiled = Compiled::get(&mut reader)?;
            program.core = self.source.to_vec();
            reader.is_empty().then_some((program, compiled))
        };
        read().map(Some).ok_or(DAMAGED)
    }
}

const DAMAGED: &str = "the precompiled module is damaged";

fn split(bytes: &[u8], at: u64) -> Result<(&[u8], &[u8]), &'static str> {
    let at = usize::try_from(at).ok();
    at.and_then(|at| bytes.split_at_checked(at)).ok_or(DAMAGED)
}

/// Finds damage by accident. Four sums of words and four of those sums, so that
/// order counts and nothing but additions wait for each other: the processor
/// does several at once.
fn checksum(bytes: &[u8]) -> u64 {
    let (mut sums, mut sums_of_sums) = ([1u64; 4], [0u64; 4]);
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        for (i, word) in block.as_chunks().0.iter().enumerate() {
            sums[i] = sums[i].wrapping_add(u64::from_le_bytes(*word));
            sums_of_sums[i] = sums_of_sums[i].wrapping_add(sums[i]);
        }
    }
    let mix = |sum: u64, word: u64| {
        let sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum ^ sum >> 29
    };
    let rest = rest.iter().map(|byte| u64::from(*byte));
    sums.into_iter().chain(sums_of_sums).chain(rest).fold(bytes.len() as u64, mix)
}
