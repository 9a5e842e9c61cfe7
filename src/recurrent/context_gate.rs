//! The gate of the context, `σ(W·s + b)∘c`: how much of what it looks at a decoder takes (β of arXiv
//! 1502.03044, section 4.2.1).

use crate::format::{ContextGate, Model, RecurrentDecoderDims, Role, Stack};
use crate::layer::{Linear, Scratch, first_mut};
use crate::number::{Block, narrow, sigmoid, to_gates};

/// Multiplies `context` by its gate. Returns its exponent.
pub(crate) fn gate(
    model: &Model<'_>,
    decoder: &RecurrentDecoderDims,
    state: Block<'_>,
    (context, exponent): (&mut [i16], i32),
    scratch: &mut Scratch<'_>,
) -> i32 {
    if decoder.gate == ContextGate::None {
        return exponent;
    }
    let linear = Linear::of(model, Stack::Decoder, 0, Role::ContextGate);
    let wide = first_mut(scratch.wide, context.len());
    let gates = first_mut(wide, linear.rows());
    let gates_exponent = linear.read(state, scratch.narrow, gates);
    to_gates(gates, gates_exponent);
    if let (ContextGate::Scalar, Some(&beta)) = (decoder.gate, gates.first()) {
        wide.fill(beta);
    }
    for (wide, &m) in wide.iter_mut().zip(&*context) {
        *wide = sigmoid(*wide).wrapping_mul(m.into());
    }
    narrow(wide, exponent.wrapping_sub(15), 16, i32::MIN, context)
}
