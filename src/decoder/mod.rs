//! Decoders: a memory and the words so far in, logits out.

mod any;
mod logits;
mod recurrent;
mod transformer;

pub(crate) use any::{AnyDecoder, At};
pub use logits::Logits;
#[cfg(all(test, feature = "emit"))]
pub(crate) use logits::with_logits;
pub(crate) use recurrent::Context;
use recurrent::RecurrentDecoder;
use transformer::TransformerDecoder;
pub(crate) use transformer::prepare;

use crate::Token;

/// One step of a decoder; all that a search knows of it.
pub trait Decoder {
    /// Says `token`, and asks for the next one: its logits. `alignment`: `[source_len]`, which
    /// gets where the decoder looked, in Q15. `None` when it may not say more.
    fn step(&mut self, token: Token, alignment: &mut [u16]) -> Option<Logits<'_>>;
}
