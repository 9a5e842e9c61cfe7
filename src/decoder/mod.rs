//! Decoders: a memory and the words so far in, logits out.

mod any;
mod recurrent;
mod transformer;

pub(crate) use any::AnyDecoder;
pub(crate) use recurrent::Context;
use recurrent::RecurrentDecoder;
use transformer::TransformerDecoder;
pub(crate) use transformer::prepare;

use crate::Token;
use crate::search::Logits;

/// One step of a decoder; all that a search knows of it.
pub trait Decoder {
    /// Says `token`, and asks for the next one: its logits. `alignment`: `[source_len]`, which
    /// gets where the decoder looked, in Q15. `None` when it may not say more.
    fn step(&mut self, token: Token, alignment: &mut [u16]) -> Option<Logits<'_>>;

    /// The logits of the last step.
    fn logits(&self) -> Logits<'_>;
}
