//! Writing a model file, on the host.

use super::Dims;
use super::field::{self, HEADER_WORDS};
use super::plan::Plan;
use super::section::{ALIGN_WORDS, ENTRY_WORDS};
#[cfg(feature = "subwords")]
pub use super::subwords::{Choices, PieceTable, Split, Subwords, TooLarge};
use super::{Checksum, MAGIC, Model, VERSION, data_start, header_checksum, words};
use crate::kernel::Layout;
use crate::{Error, Token};
use alloc::vec::Vec;
use core::borrow::Borrow;

/// The content of one section, before it has a place.
#[derive(Clone, Debug)]
pub struct Content {
    words: Vec<u32>,
    layout: Layout,
    scale_exponent: i32,
    bias_exponent: i32,
    bits: u32,
}

/// A matrix: `y = Σ w·x · multiplier · 2^scale_exponent + bias · 2^bias_exponent`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// How the weights lie in the file.
    pub layout: Layout,
    /// `[rows × columns]`, row after row; |w| ≤ 127, or −8 … 7 (`Fours`).
    pub weights: &'a [i8],
    /// Columns.
    pub columns: usize,
    /// `[rows]`, 0 … 32767.
    pub multipliers: &'a [i16],
    /// Their exponent, −64 … 16.
    pub scale_exponent: i32,
    /// `[rows]`, |b| ≤ 2²⁹.
    pub biases: &'a [i32],
    /// Their exponent, −128 … 16; −128 if there are none.
    pub bias_exponent: i32,
    /// Mantissa bits of the input, 8 … 14, such that Σ|w| · 2^(bits−1) is below the layout's
    /// [`Layout::sum_limit`] in every row.
    pub bits: u32,
}

/// A LayerNorm: `y = (x − mean) / √(var + ε) · gamma + beta`.
#[derive(Clone, Copy, Debug)]
pub struct Norm<'a> {
    /// n²·ε as mantissa (16 bits) and exponent (−64 … 64).
    pub epsilon: (u16, i32),
    /// `[n]`: gamma = mantissa · 2^gamma_exponent.
    pub gammas: &'a [i16],
    /// Exponent of the gammas.
    pub gamma_exponent: i32,
    /// `[n]`, |b| ≤ 2²⁹.
    pub betas: &'a [i32],
    /// Exponent of the betas.
    pub beta_exponent: i32,
}

impl Default for Content {
    fn default() -> Self {
        let layout = Layout::Pairs;
        Self { words: Vec::new(), layout, scale_exponent: 0, bias_exponent: 0, bits: 8 }
    }
}

impl Content {
    /// Of a matrix.
    #[must_use]
    pub fn matrix(m: &Matrix<'_>) -> Self {
        Self {
            words: m.layout.pack(m.weights, m.columns, m.biases, m.multipliers),
            layout: m.layout,
            scale_exponent: m.scale_exponent,
            bias_exponent: m.bias_exponent,
            bits: m.bits,
        }
    }

    /// Of a LayerNorm.
    #[must_use]
    pub fn norm(norm: &Norm<'_>) -> Self {
        let mut words = Vec::from([u32::from(norm.epsilon.0), norm.epsilon.1 as u32]);
        words.extend(norm.gammas.iter().map(|&g| (i32::from(g) << 16) as u32));
        words.extend(norm.betas.iter().map(|&b| b as u32));
        Self {
            words,
            scale_exponent: norm.gamma_exponent,
            bias_exponent: norm.beta_exponent,
            ..Self::default()
        }
    }

    /// Of a vocabulary, token after token.
    #[must_use]
    pub fn words<S: AsRef<str>>(list: &[S]) -> Self {
        Self { words: words::pack(list), ..Self::default() }
    }

    /// Of what splits words into pieces.
    ///
    /// # Errors
    /// What its tables have no room for.
    #[cfg(feature = "subwords")]
    pub fn subwords(subwords: &Subwords<'_>) -> Result<Self, TooLarge> {
        Ok(Self { words: subwords.pack()?, ..Self::default() })
    }

    /// Of what turns pixels into numbers: a multiplier (|m| ≤ 2²⁰) and an offset (|o| ≤ 2²⁹) for
    /// each channel, times two to `exponent`.
    #[must_use]
    pub fn pixels(scales: &[(i32, i32)], exponent: i32) -> Self {
        let words = scales.iter().flat_map(|&(m, o)| [m as u32, o as u32]).collect();
        Self { words, scale_exponent: exponent, ..Self::default() }
    }

    /// Of distances: the first one of each run, ascending and at most 2048, and for each head the
    /// energies of the runs, in Q8 and octaves, none of them −32768.
    ///
    /// `starts`: `[buckets]` · `energies`: `[n_heads × buckets]`
    #[cfg(feature = "variants")]
    #[must_use]
    pub fn distances(starts: &[i32], energies: &[i16]) -> Self {
        let pair = |&[low, high]: &[i16; 2]| u32::from(low as u16) | u32::from(high as u16) << 16;
        let energies = energies.as_chunks().0.iter().map(pair);
        let words = starts.iter().map(|&start| start as u32).chain(energies).collect();
        Self { words, ..Self::default() }
    }

    /// Of a self-test of pictures: a picture of at most 32 × 32 pixels, and token and digest of
    /// each step.
    #[must_use]
    pub fn picture_self_test(width: u16, pixels: &[[u8; 3]], steps: &[(Token, u32)]) -> Self {
        let height = pixels.len() as u32 / u32::from(width).max(1);
        let size = u32::from(width) | height << 16;
        let pixels = pixels.iter().map(|&[r, g, b]| u32::from_le_bytes([r, g, b, 0]));
        let source: Vec<u32> = core::iter::once(size).chain(pixels).collect();
        Self::tested(&source, steps)
    }

    fn tested(source: &[u32], steps: &[(Token, u32)]) -> Self {
        let mut words = Vec::from([source.len() as u32]);
        words.extend(source);
        words.extend(steps.iter().flat_map(|&(token, digest)| [u32::from(token), digest]));
        Self { words, ..Self::default() }
    }

    /// Of a self-test: a source, and token and digest of each step.
    #[must_use]
    pub fn self_test(source: &[Token], steps: &[(Token, u32)]) -> Self {
        let source: Vec<u32> = source.iter().map(|&token| u32::from(token)).collect();
        Self::tested(&source, steps)
    }

    /// The bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.words.len() * 4
    }
}

/// What a section of so many bytes takes of the file: sections start at multiples of 16 bytes.
#[must_use]
pub const fn section_bytes(bytes: usize) -> usize {
    bytes.next_multiple_of(ALIGN_WORDS * 4)
}

/// The part of the arena that a second source row needs, in [`Model::arena_parts`].
pub const SECOND_ROW: &str = super::plan::SECOND_ROW;

/// The bytes of arena that a model needs.
#[must_use]
pub fn arena_bytes(dims: &Dims) -> u64 {
    Plan::of(dims).bytes()
}

/// The words of a model file. `contents`: one per [`Dims::slot`], in that order, or references to
/// them. What comes out has been parsed and verified.
pub fn emit(dims: &Dims, contents: &[impl Borrow<Content>]) -> Result<Vec<u32>, Error> {
    dims.check()?;
    let mut file = Vec::from([0; HEADER_WORDS]);
    file[0] = MAGIC;
    file[field::VERSION] = u32::from(VERSION.0) | dims.minor() << 16;
    file[field::SECTIONS] = contents.len() as u32;
    file[field::ARENA] = Plan::of(dims).bytes() as u32;
    dims.write(&mut file);
    write_directory(dims, contents, &mut file);
    let words = |content: &Content| content.words.len().next_multiple_of(ALIGN_WORDS);
    file.reserve_exact(ALIGN_WORDS + contents.iter().map(|c| words(c.borrow())).sum::<usize>());
    for content in contents {
        file.resize(file.len().next_multiple_of(ALIGN_WORDS), 0);
        file.extend_from_slice(&content.borrow().words);
    }
    file.resize(file.len().next_multiple_of(ALIGN_WORDS), 0);
    seal(&mut file);
    Model::parse(&file)?.verify()?;
    Ok(file)
}

fn write_directory(dims: &Dims, contents: &[impl Borrow<Content>], file: &mut Vec<u32>) {
    let mut next = dims.header_words() + contents.len() * ENTRY_WORDS;
    for (index, content) in contents.iter().map(Borrow::borrow).enumerate() {
        let Some(slot) = dims.slot(index) else { break };
        next = next.next_multiple_of(ALIGN_WORDS);
        file.extend([
            slot.id(content.layout),
            slot.rows as u32,
            slot.columns as u32,
            next as u32 * 4,
            content.bytes() as u32,
            content.scale_exponent as u32,
            content.bias_exponent as u32,
            content.bits,
        ]);
        next += content.words.len();
    }
}

/// Writes length and checksums into a file whose dims and directory are in place, so that tests
/// can also seal files that are wrong in other ways. Dims that cannot be read leave it unsealed.
pub fn seal(file: &mut [u32]) {
    file[field::LENGTH] = file.len() as u32 * 4;
    let Ok(dims) = Dims::parse(file) else { return };
    if data_start(&dims) > file.len() {
        return;
    }
    file[field::DATA_CHECKSUM] = Checksum::of(&file[data_start(&dims)..]);
    file[field::HEADER_CHECKSUM] = header_checksum(file, &dims);
}
