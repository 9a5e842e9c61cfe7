//! One sentence being said, by either kind of decoder.

use crate::observer::show;
use crate::{DecoderWeights, Error, Memory, Model, Observer, Site, recurrent, transformer};
use ndarray::Array1;

/// What a decoder carries from step to step.
pub struct Decoder<'m> {
    model: &'m Model,
    running: Running<'m>,
    position: usize,
}

#[expect(clippy::large_enum_variant, reason = "there is one of them")]
enum Running<'m> {
    Transformer(transformer::Running<'m>),
    Recurrent(recurrent::Running<'m>),
}

impl<'m> Decoder<'m> {
    pub(crate) fn new(model: &'m Model, memory: &Memory) -> Self {
        let running = match &model.decoder {
            DecoderWeights::Transformer(weights) => {
                Running::Transformer(transformer::Running::new(weights, memory))
            }
            DecoderWeights::Recurrent(weights) => {
                Running::Recurrent(recurrent::Running::new(weights, memory))
            }
        };
        Self { model, running, position: 0 }
    }

    /// Feeds `token`: the logits of the next one, `[V_t]`, and its alignment, `[source_len]`, which
    /// sums to 1, or is zeros when the model has no attention.
    ///
    /// # Errors
    /// A token outside the table, or more tokens than the model may say.
    pub fn step(
        &mut self,
        token: u32,
        observer: &mut impl Observer,
    ) -> Result<(Array1<f32>, Array1<f32>), Error> {
        let (position, most) = (self.position, self.model.description.max_target_len);
        if position >= most {
            return Err(Error::Length { side: "target", have: position + 1, most });
        }
        let (x, alignment) = match &mut self.running {
            Running::Transformer(running) => running.step(token, position, observer)?,
            Running::Recurrent(running) => running.step(token, position, observer)?,
        };
        show(observer, Site::DecoderOutput, position, &x);
        let logits = self.model.logits(x.view());
        show(observer, Site::Logits, position, &logits);
        self.position += 1;
        Ok((logits, alignment))
    }
}
