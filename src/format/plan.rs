//! All the RAM of a model, before it runs: what the arena holds in each phase.
//!
//! ```text
//! ┌ tokens ┬ cross caches ┬ scratch ┬ encoding: memory │ encoder's cache      ┐
//! └        ┴              ┴         ┴ decoding: decoder's cache │ alignment   ┘
//! ```

use super::dims::Dims;
use crate::arena::footprint;

/// Sizes, in elements, of everything that is carved from an arena.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) tokens: usize,
    pub(crate) wide: usize,
    pub(crate) energies: usize,
    pub(crate) alignment: usize,
    pub(crate) logits: usize,
    pub(crate) memory: usize,
    pub(crate) memory_exponents: usize,
    pub(crate) rows: usize,
    pub(crate) cross: CachePlan,
    pub(crate) encoder: CachePlan,
    pub(crate) decoder: CachePlan,
}

/// Sizes of the keys, and as many values, of some layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CachePlan {
    pub(crate) mantissas: usize,
    pub(crate) exponents: usize,
}

impl CachePlan {
    const fn of(dims: &Dims, layers: usize, positions: usize) -> Self {
        Self {
            mantissas: product(product(layers, positions), dims.d_attention()),
            exponents: product(product(layers, positions), dims.n_heads),
        }
    }

    const fn bytes(&self) -> u64 {
        let (mantissas, exponents) = (self.mantissas as u64, self.exponents as u64);
        let half = sum(&[footprint(mantissas, 1), footprint(exponents, 1)]);
        sum(&[half, half])
    }
}

impl Plan {
    pub(crate) const fn of(dims: &Dims) -> Self {
        let (source, target) = (dims.max_source_len, dims.max_target_len);
        Self {
            tokens: source,
            wide: max(max(dims.d_model, dims.d_ff), dims.d_attention()),
            energies: max(source, target),
            alignment: source,
            logits: dims.target_vocabulary,
            memory: product(source, dims.d_model),
            memory_exponents: source,
            rows: product(source, target),
            cross: CachePlan::of(dims, dims.decoder_layers, source),
            encoder: CachePlan::of(dims, 1, source),
            decoder: CachePlan::of(dims, dims.decoder_layers, target),
        }
    }

    const fn scratch_bytes(&self) -> u64 {
        // Wide values, a block of as many mantissas and one of d_model ones (at most as many).
        let narrow = footprint(self.wide as u64, 2);
        sum(&[
            footprint(self.wide as u64, 4),
            narrow,
            narrow,
            footprint(self.energies as u64, 4),
            footprint(self.alignment as u64, 4),
            footprint(self.logits as u64, 4),
        ])
    }

    /// Every part with its bytes: what stays, what encoding needs, what decoding needs instead.
    pub(crate) const fn parts(&self) -> [[(&'static str, u64); 3]; 3] {
        [
            [
                ("source tokens", footprint(self.tokens as u64, 2)),
                ("keys and values of the memory", self.cross.bytes()),
                ("scratch", self.scratch_bytes()),
            ],
            [
                ("memory", footprint(self.memory as u64, 2)),
                ("its exponents", footprint(self.memory_exponents as u64, 1)),
                ("keys and values of the source", self.encoder.bytes()),
            ],
            [
                ("keys and values of the target", self.decoder.bytes()),
                ("alignment rows", footprint(self.rows as u64, 2)),
                ("", 0),
            ],
        ]
    }

    /// The bytes of an arena.
    pub(crate) const fn bytes(&self) -> u64 {
        let [fixed, encoding, decoding] = self.parts();
        let (encoding, decoding) = (total(&encoding), total(&decoding));
        sum(&[total(&fixed), if encoding > decoding { encoding } else { decoding }])
    }
}

const fn total(parts: &[(&str, u64); 3]) -> u64 {
    sum(&[parts[0].1, parts[1].1, parts[2].1])
}

// The limits of the dims keep sums and products small: wrapping only spares the check.

const fn sum(sizes: &[u64]) -> u64 {
    let (mut sum, mut i) = (0u64, 0);
    while i < sizes.len() {
        sum = sum.wrapping_add(sizes[i]);
        i += 1;
    }
    sum
}

const fn product(a: usize, b: usize) -> usize {
    a.wrapping_mul(b)
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
