//! Small random models, made in memory.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use regard::format::emit::{Content, Matrix, Norm, emit};
use regard::format::{Activation, Dims, Layout, NormOrder, Role, Slot};
use regard::{Model, SelfTest, Token, Transformer};

/// Repeatable noise (Marsaglia's xorshift, 2003).
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }
}

pub fn dims() -> Dims {
    Dims {
        norm: NormOrder::Pre,
        activation: Activation::Relu,
        d_model: 12,
        n_heads: 2,
        d_head: 5,
        d_ff: 17,
        encoder_layers: 1,
        decoder_layers: 2,
        source_vocabulary: 9,
        target_vocabulary: 11,
        max_source_len: 7,
        max_target_len: 8,
        alignment_layer: 1,
        source_pad: 0,
        source_eos: 2,
        target_pad: 0,
        target_bos: 1,
        target_eos: 2,
        tied_output: false,
        lowercase: true,
        embedding_multiplier: 28_378,
        embedding_exponent: -13,
    }
}

/// The same in every combination of choices.
pub fn variants() -> Vec<Dims> {
    let mut all = Vec::new();
    for norm in [NormOrder::Pre, NormOrder::Post] {
        for activation in [Activation::Relu, Activation::Gelu] {
            for tied_output in [false, true] {
                all.push(Dims { norm, activation, tied_output, ..dims() });
            }
        }
    }
    all
}

fn matrix(slot: &Slot, noise: &mut Noise) -> Content {
    let weights: Vec<i8> =
        (0..slot.rows * slot.columns).map(|_| noise.between(-127, 127) as i8).collect();
    let biases: Vec<i32> =
        (0..slot.rows).map(|_| noise.between(-1 << 20, 1 << 20) as i32).collect();
    let multipliers: Vec<i16> =
        (0..slot.rows).map(|_| noise.between(16_384, 32_767) as i16).collect();
    Content::matrix(&Matrix {
        weights: &weights,
        columns: slot.columns,
        multipliers: &multipliers,
        scale_exponent: -23,
        biases: &biases,
        bias_exponent: -22,
        bits: 12,
    })
}

fn norm(slot: &Slot, noise: &mut Noise) -> Content {
    let gammas: Vec<i16> = (0..slot.rows).map(|_| noise.between(8000, 32_767) as i16).collect();
    let betas: Vec<i32> = (0..slot.rows).map(|_| noise.between(-1 << 20, 1 << 20) as i32).collect();
    Content::norm(&Norm {
        epsilon: (50_332, -32),
        gammas: &gammas,
        gamma_exponent: -13,
        betas: &betas,
        beta_exponent: -22,
    })
}

pub fn contents(dims: &Dims, noise: &mut Noise) -> Vec<Content> {
    let names = |n: usize| (0..n).map(|i| format!("w{i}")).collect::<Vec<_>>();
    (0..)
        .map_while(|index| dims.slot(index))
        .map(|slot| match (slot.layout(), slot.role) {
            (Layout::Rows, _) => matrix(&slot, noise),
            (Layout::Norm, _) => norm(&slot, noise),
            (_, Role::SelfTest) => Content::self_test(&[], &[]),
            _ => Content::words(&names(slot.rows)),
        })
        .collect()
}

/// The words of a model file.
pub fn file(dims: &Dims, seed: u64) -> Vec<u32> {
    emit(dims, &contents(dims, &mut Noise::new(seed))).expect("a model as the dims ask")
}

/// An arena of exactly the size of the model, filled with `dirt`.
pub fn arena(model: &Model<'_>, dirt: u32) -> Vec<u32> {
    vec![dirt; model.arena_bytes() / 4]
}

/// All that a step computes.
pub type Trace = Vec<(Token, Vec<i32>, i32, Vec<u16>)>;

/// Translates `source`; along `reference` if there is one.
pub fn trace(model: &Model<'_>, source: &[Token], dirt: u32, reference: &[Token]) -> Trace {
    let mut arena = arena(model, dirt);
    let mut transformer =
        Transformer::new(model, bytemuck::cast_slice_mut(&mut arena)).expect("an arena that fits");
    let mut words = transformer.translate_tokens(source).expect("a source that fits");
    let mut trace = Trace::new();
    while let Some(step) = words.step() {
        let logits = words.logits();
        let row = step.alignment.to_vec();
        trace.push((step.token, logits.mantissas.to_vec(), logits.exponent, row));
        if let Some(&token) = reference.get(trace.len() - 1) {
            words.force(token).expect("in the vocabulary");
        }
    }
    trace
}

/// The same, as tokens and digests.
pub fn digests(trace: &Trace) -> Vec<(Token, u32)> {
    let digest = |logits: &[i32], exponent, row: &[u16]| {
        SelfTest::digest(regard::search::Logits { mantissas: logits, exponent }, row)
    };
    trace.iter().map(|(token, logits, e, row)| (*token, digest(logits, *e, row))).collect()
}
