//! The test that a model file carries, so that a device can say whether it computes what the file's maker
//! computed.
//!
//! ```text
//! words of the source · the source, tokens or a picture · of each step its token and its digest
//! ```
//! A digest is a checksum of the exponent of the logits, all logits and the alignment: one bit that is
//! another shows.

use crate::decoder::Logits;
use crate::family::Family;
use crate::format::{Checksum, Model, Role, Stack};
use crate::seq2seq::copy;
use crate::{Error, Picture, Seq2Seq, Token};

/// The test that a model file carries: a source, and what each step must come to.
pub struct SelfTest<'m> {
    source: &'m [u32],
    steps: &'m [u32],
}

impl<'m> SelfTest<'m> {
    /// The test of a model. It has no steps if the file carries none.
    #[must_use]
    pub fn of(model: &Model<'m>) -> Self {
        let words = model.find(Stack::Encoder, 0, Role::SelfTest).words;
        let (len, rest) = words.split_first().map_or((0, words), |(&n, rest)| (n as usize, rest));
        let (source, steps) = rest.split_at_checked(len).unwrap_or((&[], &[]));
        Self { source, steps }
    }

    /// Number of steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len() / 2
    }

    /// Does the file carry no test?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Checksum of all that a step computed.
    #[must_use]
    pub fn digest(logits: &mut Logits<'_>, alignment: &[u16]) -> u32 {
        let mut sum = Checksum::new().word(logits.exponent() as u32);
        logits.each(|_, some| sum = some.iter().fold(sum, |sum, &logit| sum.word(logit as u32)));
        alignment.iter().fold(sum, |sum, &weight| sum.word(weight.into())).finish()
    }

    /// Runs the test: the same tokens, logits and alignment, to the bit.
    pub fn run<F: Family>(&self, runner: &mut Seq2Seq<'_, F>) -> Result<(), Error> {
        if self.is_empty() {
            return Err(Error::EmptySource);
        }
        let model = runner.model();
        let mut words = if model.dims().reads_words() {
            let source = self.source.iter().map(|&token| token as Token);
            runner.start((), None, |tokens, _| copy(model, source, tokens))?
        } else {
            runner.describe(&Picture::of_words(self.source)?)?
        };
        for (step, expected) in self.steps.as_chunks::<2>().0.iter().enumerate() {
            let mut found = words.step().ok_or(failed(model, step))?;
            let digest = Self::digest(&mut found.logits, found.alignment);
            if *expected != [found.token.into(), digest] {
                return Err(failed(model, step));
            }
        }
        Ok(())
    }
}

/// Why a step of a test is not as it should be.
#[inline(always)]
fn failed(model: &Model<'_>, step: usize) -> Error {
    #[cfg(feature = "far-flash")]
    if let Some(error) = model.stream().and_then(crate::far::Stream::failure) {
        return error;
    }
    _ = model;
    Error::SelfTest { step }
}
