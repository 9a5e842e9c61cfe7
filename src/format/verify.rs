//! Checks of the weights themselves: with them the engine's sums cannot wrap.

use super::{Kind, Model, Role, Section, Slot};
use crate::Error;
#[cfg(feature = "far-flash")]
use crate::far::{FarRows, Run};

/// Biases and betas stay at or below this: products stay below 2³⁰, so that their sum, and a
/// residual of 2²⁹, stay inside 32 bits.
pub const BIAS_LIMIT: u32 = 1 << 29;

impl Model<'_> {
    /// Checks every weight: |w| ≤ 127, Σ|w| of each row · largest mantissa < 2²³ (or what the
    /// layout of the matrix says instead), biases ≤ 2²⁹, multipliers 0 … 32767; of rows that only fill a
    /// block as well, for their sums share words with those of others. Takes about ten instructions a
    /// weight.
    pub fn verify(&self) -> Result<(), Error> {
        #[cfg(feature = "far-flash")]
        if let Some(stream) = self.stream() {
            stream.begin();
        }
        for (index, (slot, section)) in self.sections().enumerate() {
            let broken = match slot.kind() {
                #[cfg(feature = "far-flash")]
                _ if section.far.place.is_some() => verify_far(&section, slot.kind()),
                Kind::Matrix => verify_rows(&section),
                Kind::Norm => verify_norm(&section),
                Kind::Table => verify_table(self, &slot, &section),
            };
            if let Some((field, expected, found)) = broken {
                return Err(Error::BadTensor { index: index as u32, field, expected, found });
            }
        }
        #[cfg(feature = "far-flash")]
        if let Some(error) = self.stream().and_then(crate::far::Stream::failure) {
            return Err(error);
        }
        Ok(())
    }
}

type Broken = Option<(&'static str, u32, u32)>;

fn verify_rows(section: &Section<'_>) -> Broken {
    let matrix = section.matrix().whole_blocks();
    let (most, limit) = (section.layout.most_weight(), section.layout.sum_limit());
    let largest = 1u32 << (section.bits.clamp(8, 14) - 1);
    for row in 0..matrix.rows() {
        let mut sum = 0u32;
        for column in 0..matrix.columns() {
            let weight = matrix.weight(row, column).unsigned_abs();
            if weight > most {
                return Some(("weight", most.into(), weight.into()));
            }
            sum = sum.wrapping_add(weight.into());
        }
        if sum.saturating_mul(largest) >= limit {
            return Some(("Σ|w| · mantissa", limit, sum.saturating_mul(largest)));
        }
        if matrix.bias(row).unsigned_abs() > BIAS_LIMIT {
            return Some(("bias", BIAS_LIMIT, matrix.bias(row).unsigned_abs()));
        }
        if matrix.multiplier(row) < 0 || matrix.multiplier(row) & 0xFFFF != 0 {
            return Some(("multiplier", 0x7FFF_0000, matrix.multiplier(row) as u32));
        }
    }
    None
}

fn verify_norm(section: &Section<'_>) -> Broken {
    let (head, values) = section.words.split_at_checked(2).unwrap_or((&[], &[]));
    let (gammas, betas) = values.split_at_checked(section.rows).unwrap_or((&[], &[]));
    verify_norm_parts(head, gammas, betas)
}

#[inline(always)]
fn verify_norm_parts(head: &[u32], gammas: &[u32], betas: &[u32]) -> Broken {
    for (&word, limit) in head.iter().zip([0xFFFF, 128]) {
        let value = if limit == 128 { word.wrapping_add(64) } else { word };
        if value > limit {
            return Some(("epsilon", limit, value));
        }
    }
    if let Some(&gamma) = gammas.iter().find(|&&g| g & 0xFFFF != 0 || g == 0x8000_0000) {
        return Some(("gamma", 0x7FFF_0000, gamma));
    }
    let beta = betas.iter().find(|&&b| (b as i32).unsigned_abs() > BIAS_LIMIT);
    beta.map(|&b| ("beta", BIAS_LIMIT, b))
}

/// The same of what is in far flash, some at a time.
#[cfg(feature = "far-flash")]
fn verify_far(section: &Section<'_>, kind: Kind) -> Broken {
    let mut broken = None;
    if kind == Kind::Matrix {
        FarRows::of(section)?.each_section(section, |part| {
            broken = broken.or_else(|| verify_rows(part));
        });
        return broken;
    }
    let place = section.far.place?;
    for (from, len) in [(0, 2), (2, section.rows), (section.rows.wrapping_add(2), section.rows)] {
        let run = Run { at: place.at.wrapping_add(from), stride: 1, count: len };
        place.stream.walk(run, &mut |_, words| {
            broken = broken.or_else(|| match from {
                0 => verify_norm_parts(words, &[], &[]),
                2 => verify_norm_parts(&[], words, &[]),
                _ => verify_norm_parts(&[], &[], words),
            });
        });
    }
    broken
}

fn verify_table(model: &Model<'_>, slot: &Slot, section: &Section<'_>) -> Broken {
    match slot.role {
        Role::Picture => verify_pixels(section),
        #[cfg(feature = "variants")]
        Role::Relative => verify_distances(section),
        Role::SelfTest => verify_self_test(model, section),
        _ => None,
    }
}

/// The numbers that pixels become stay below 2³⁰.
fn verify_pixels(section: &Section<'_>) -> Broken {
    let [multiplier, offset] = [1 << 20, 1 << 29];
    for &[m, o] in section.words.as_chunks::<2>().0 {
        for (value, limit) in [(m, multiplier), (o, offset)] {
            if (value as i32).unsigned_abs() > limit {
                return Some(("scale of pixels", limit, value));
            }
        }
    }
    None
}

/// Distances are those of places; an energy can be turned round.
#[cfg(feature = "variants")]
fn verify_distances(section: &Section<'_>) -> Broken {
    let (starts, energies) = section.words.split_at_checked(section.rows).unwrap_or_default();
    let most = 2 * super::limits::MAX_LEN as u32;
    if let Some(&start) = starts.iter().find(|&&start| (start as i32).unsigned_abs() > most) {
        return Some(("distance", most, start));
    }
    let is_least = |half: u32| half & 0xFFFF == 0x8000;
    let bad = energies.iter().find(|&&pair| is_least(pair) || is_least(pair >> 16));
    bad.map(|&pair| ("energy of a distance", 0x7FFF_7FFF, pair))
}

fn verify_self_test(model: &Model<'_>, section: &Section<'_>) -> Broken {
    let (dims, len) = (model.dims(), section.words.first().map_or(0, |&n| n as usize));
    let limit = if dims.reads_words() { dims.max_source_len } else { MAX_TEST_PICTURE };
    if len > limit {
        return Some(("self-test source", limit as u32, len as u32));
    }
    let (source, steps) = section.words.get(1..).unwrap_or(&[]).split_at_checked(len)?;
    let vocabulary = dims.source_vocabulary as u32;
    if dims.reads_words()
        && let Some(&token) = source.iter().find(|&&token| token >= vocabulary)
    {
        return Some(("self-test token", vocabulary, token));
    }
    (steps.len() % 2 == 1).then_some(("self-test words", 0, steps.len() as u32))
}

/// Words of the picture of a self-test: its size, and its pixels.
const MAX_TEST_PICTURE: usize = 1 + 32 * 32;
