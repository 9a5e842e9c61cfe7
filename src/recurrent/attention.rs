//! Where a recurrent decoder looks: a score for each row of the memory, their softmax, and the
//! context, the rows' mean under it.
//!
//! ```text
//! additive   e_j = v·tanh(Q·s + K·h_j + b)        arXiv 1409.0473; or with max(0, …) for tanh
//! dot        e_j = s·h_j, times a constant        arXiv 1508.04025
//! general    e_j = s·(K·h_j)
//! ```
//! The keys K·h_j are computed once. log₂e is folded into v, K or the constant, so that softmax
//! counts in octaves. Rows behind the end of the source are never read.

use crate::format::{Model, RecurrentDecoderDims, Role, Score, Stack};
use crate::gate::Gate;
use crate::kernel::{self, scale};
use crate::layer::{Blocks, Linear, Scratch, block, first, first_mut};
use crate::number::{
    Block, ENERGY_FRACTION, GATE_FRACTION, fixed, narrow, round_shift, softmax, to_gates,
};

/// The attention of a recurrent decoder.
pub(crate) struct Scorer<'m> {
    kind: Score,
    query: Linear<'m>,
    key: Linear<'m>,
    energy: Linear<'m>,
    factor: (i16, i32),
}

impl<'m> Scorer<'m> {
    pub(crate) fn of(model: &Model<'m>, decoder: &RecurrentDecoderDims) -> Self {
        let linear = |role| Linear::of(model, Stack::Decoder, 0, role);
        Self {
            kind: decoder.score,
            query: linear(Role::AttentionQuery),
            key: linear(Role::AttentionKey),
            energy: linear(Role::AttentionEnergy),
            factor: (decoder.energy_multiplier, decoder.energy_exponent),
        }
    }

    /// Of other sections than those of a model: query, key, energy.
    #[cfg(any(test, feature = "conformance"))]
    pub(crate) fn from_sections(
        kind: Score,
        sections: [crate::format::Section<'m>; 3],
        factor: (i16, i32),
    ) -> Self {
        let [query, key, energy] = sections.map(|section| Linear::from_section(&section));
        Self { kind, query, key, energy, factor }
    }

    /// Writes the key of each row of the memory.
    #[inline(never)] // A phase of the encoding, with a frame to itself.
    pub(crate) fn prepare(
        &self,
        memory: &Blocks<'_>,
        keys: &mut Blocks<'_>,
        scratch: &mut Scratch<'_>,
        gate: &mut impl Gate,
    ) {
        for position in 0..memory.len() {
            if !gate.opens() {
                continue;
            }
            let row = memory.row(position);
            keys.update(position, |key, _| {
                let wide = first_mut(scratch.wide, self.key.rows());
                let exponent = self.key.read(row, scratch.narrow, wide);
                // Not finer than arguments of tanh are.
                narrow(wide, exponent, 16, -GATE_FRACTION, key)
            });
        }
    }

    /// Looks from `state`: the weights, in Q15, in `scratch.energies`, and the context.
    /// `context`: `[width of the memory]`. Returns its exponent.
    pub(crate) fn look(
        &self,
        state: Block<'_>,
        memory: &Blocks<'_>,
        keys: &Blocks<'_>,
        scratch: &mut Scratch<'_>,
        context: &mut [i16],
    ) -> i32 {
        match self.kind {
            Score::None => return 0,
            Score::Additive | Score::AdditiveRelu => self.add(state, keys, scratch),
            Score::Dot | Score::General => {
                let rows = if self.kind == Score::Dot { memory } else { keys };
                self.dot(state, rows, first_mut(scratch.energies, memory.len()));
            }
        }
        let weights = first_mut(scratch.energies, memory.len());
        softmax(weights);
        gather(memory, weights, scratch.wide, context)
    }

    /// Energies of additive attention.
    fn add(&self, state: Block<'_>, keys: &Blocks<'_>, scratch: &mut Scratch<'_>) {
        let (query, sums) =
            scratch.wide.split_at_mut_checked(self.query.rows()).unwrap_or_default();
        let exponent = self.query.read(state, scratch.narrow, query);
        to_gates(query, exponent);
        let (down, mut exponent) = self.energy.input().cut_q15();
        let bent = first_mut(scratch.narrow, query.len());
        for (position, energy) in (0..keys.len()).zip(scratch.energies.iter_mut()) {
            let key = keys.row(position);
            let up = key.exponent.wrapping_add(GATE_FRACTION).clamp(0, 14) as u32;
            if self.kind == Score::AdditiveRelu {
                let sums = first_mut(sums, query.len());
                for ((sum, &q), &k) in sums.iter_mut().zip(&*query).zip(key.mantissas) {
                    *sum = q.wrapping_add(i32::from(k) << up).max(0);
                }
                exponent = self.energy.input().narrow(sums, -GATE_FRACTION, bent);
            } else {
                kernel::bend(query, key.mantissas, [up, down], bent);
            }
            let mut out = [0];
            let exponent = self.energy.apply(block(bent, exponent), &mut out);
            *energy = octaves(out[0], exponent);
        }
    }

    /// Energies of dot products.
    fn dot(&self, state: Block<'_>, rows: &Blocks<'_>, energies: &mut [i32]) {
        for (position, energy) in energies.iter_mut().enumerate() {
            let row = rows.row(position);
            let sum = row.mantissas.iter().zip(state.mantissas).fold(0i64, |sum, (&a, &b)| {
                sum.wrapping_add(i32::from(a).wrapping_mul(b.into()).into())
            });
            // 16 significant bits are enough, and fit any sum into a word.
            let short = (sum >> 16) as i32;
            let exponent = state.exponent.wrapping_add(row.exponent).wrapping_add(16);
            *energy = match self.kind {
                Score::Dot => {
                    let (multiplier, by) = self.factor;
                    let scaled = scale(short, i32::from(multiplier) << 16);
                    octaves(scaled, exponent.wrapping_add(by).wrapping_add(16))
                }
                _ => octaves(short, exponent),
            };
        }
    }
}

/// An energy as softmax counts.
fn octaves(value: i32, exponent: i32) -> i32 {
    fixed(value, exponent, ENERGY_FRACTION)
}

/// `Σ_j α_j·h_j`. Returns its exponent.
fn gather(memory: &Blocks<'_>, weights: &[i32], wide: &mut [i32], context: &mut [i16]) -> i32 {
    let wide = first_mut(wide, context.len());
    wide.fill(0);
    let common = memory.common_exponent();
    for (position, &weight) in (0..memory.len()).zip(weights) {
        let row = memory.row(position);
        let weight = round_shift(weight, common.wrapping_sub(row.exponent) as u32);
        if weight != 0 {
            for (sum, &m) in wide.iter_mut().zip(first(row.mantissas, context.len())) {
                *sum = sum.wrapping_add(weight.wrapping_mul(m.into()));
            }
        }
    }
    narrow(wide, common.wrapping_sub(15), 16, i32::MIN, context)
}
