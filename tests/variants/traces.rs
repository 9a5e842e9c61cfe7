//! What a model says, step by step.

use regard::format::Checksum;
use regard::{Model, Picture, Seq2Seq, Token, Words};

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
        Seq2Seq::<regard::family::Any>::new(model, bytemuck::cast_slice_mut(&mut arena))
            .expect("an arena that fits");
    along(transformer.translate_tokens(source).expect("a source that fits"), reference)
}

/// The same of a picture of 13 × 11 pixels.
pub fn trace_picture(model: &Model<'_>, pixels: &[u8], dirt: u32) -> Trace {
    describe(model, &Picture::rgb888(13, 11, pixels).expect("as many bytes as it takes"), dirt)
}

/// Describes a picture.
pub fn describe(model: &Model<'_>, picture: &Picture<'_>, dirt: u32) -> Trace {
    let mut arena = arena(model, dirt);
    let mut captioner =
        Seq2Seq::<regard::family::Any>::new(model, bytemuck::cast_slice_mut(&mut arena))
            .expect("an arena that fits");
    along(captioner.describe(picture).expect("a picture"), &[])
}

fn along(mut words: Words<'_>, reference: &[Token]) -> Trace {
    let mut trace = Trace::new();
    while let Some(mut step) = words.step() {
        let (exponent, row) = (step.logits.exponent(), step.alignment.to_vec());
        let mut logits = Vec::new();
        step.logits.each(|_, some| logits.extend_from_slice(some));
        trace.push((step.token, logits, exponent, row));
        if let Some(&token) = reference.get(trace.len() - 1) {
            words.force(token).expect("in the vocabulary");
        }
    }
    trace
}

/// The same, as tokens and digests, as docs/FORMAT.md has them.
pub fn digests(trace: &Trace) -> Vec<(Token, u32)> {
    let digest = |logits: &[i32], exponent: i32, row: &[u16]| {
        let logits = logits.iter().map(|&logit| logit as u32);
        let row = row.iter().map(|&weight| weight.into());
        Checksum::of(&[exponent as u32].into_iter().chain(logits).chain(row).collect::<Vec<_>>())
    };
    trace.iter().map(|(token, logits, e, row)| (*token, digest(logits, *e, row))).collect()
}
