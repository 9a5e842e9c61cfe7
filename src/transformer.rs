//! The Transformer, end to end: text in, words out, with the place each came from.

use crate::arena::Carver;
use crate::attention::Caches;
use crate::decoder::{TransformerDecoder, prepare};
use crate::encoder::{Memory, TransformerEncoder};
use crate::format::{Checksum, Model, Plan, Role, Stack, WordTable};
use crate::layer::Scratch;
use crate::observe::Observer;
use crate::search::{Greedy, Logits, Step};
use crate::{Error, Token, text};

/// A model and the RAM it runs in.
pub struct Transformer<'m> {
    model: Model<'m>,
    arena: &'m mut [u8],
}

/// A word that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Word<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its token.
    pub token: Token,
    /// A weight per source token, the end mark last, in Q15; they sum to 1 up to rounding.
    pub alignment: &'a [u16],
}

/// The words of a translation, computed as they are asked for.
pub struct Words<'a, O = ()> {
    steps: Greedy<'a, TransformerDecoder<'a, 'a, O>>,
    table: WordTable<'a>,
    eos: Token,
}

impl<'m> Transformer<'m> {
    /// `arena`: at least [`Model::arena_bytes`], at an address that is a multiple of 4.
    pub fn new(model: &Model<'m>, arena: &'m mut [u8]) -> Result<Self, Error> {
        let (need, have) = (model.arena_bytes(), arena.len());
        if have < need {
            return Err(Error::ArenaTooSmall { need, have });
        }
        Carver::new(&mut *arena)?;
        Ok(Self { model: *model, arena })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model<'m> {
        &self.model
    }

    /// Translates a sentence, word by word as the iterator is asked.
    pub fn translate(&mut self, text: &str) -> Result<Words<'_>, Error> {
        let model = self.model;
        self.start((), |tokens| text::encode(&model, text, tokens))
    }

    /// The same for tokens; the end mark is theirs to have. Padding behind them is dropped.
    pub fn translate_tokens(&mut self, source: &[Token]) -> Result<Words<'_>, Error> {
        self.observe_tokens(source, ())
    }

    /// The same, watched.
    pub fn observe_tokens<O: Observer>(
        &mut self,
        source: &[Token],
        observer: O,
    ) -> Result<Words<'_, O>, Error> {
        let model = self.model;
        let padding = source.iter().rev().take_while(|&&t| t == model.dims().source_pad).count();
        let source = source.get(..source.len().wrapping_sub(padding)).unwrap_or(source);
        self.start(observer, |tokens| copy(&model, source.iter().copied(), tokens))
    }

    /// Reads the source that `fill` writes, and stands ready for the first word.
    fn start<O: Observer>(
        &mut self,
        mut observer: O,
        fill: impl FnOnce(&mut [Token]) -> Result<usize, Error>,
    ) -> Result<Words<'_, O>, Error> {
        let (model, dims) = (&self.model, self.model.dims());
        let plan = Plan::of(dims);
        let mut arena = Carver::new(&mut *self.arena)?;
        let tokens: &mut [Token] = arena.take(plan.tokens)?;
        let source_len = fill(tokens)?;
        let source = tokens.get(..source_len).unwrap_or(&[]);
        let mut cross = Caches::cross(&mut arena, &plan, dims)?;
        let mut scratch = Scratch::carve(&mut arena, &plan)?;
        {
            let mut arena = arena.rewindable();
            let mut memory = Memory::carve(&mut arena, &plan, dims, source_len)?;
            let mut cache = Caches::carve(&mut arena, &plan.encoder, dims, dims.max_source_len)?;
            let encoder = TransformerEncoder::new(model);
            encoder.encode(source, &mut memory, &mut cache, &mut scratch, &mut observer);
            prepare(model, &memory, &mut cross, &mut scratch);
        }
        scratch.logits.fill(0);
        let own = Caches::carve(&mut arena, &plan.decoder, dims, dims.max_target_len)?;
        let rows = arena.take(plan.rows)?;
        let decoder = TransformerDecoder::new(model, cross, own, scratch, source_len, observer);
        let marks = (dims.target_bos, dims.target_eos);
        Ok(Words {
            steps: Greedy::new(decoder, marks, source_len, rows),
            table: model.target_words(),
            eos: dims.target_eos,
        })
    }
}

/// Writes `source` into `tokens`. Returns how many.
fn copy(
    model: &Model<'_>,
    source: impl Iterator<Item = Token>,
    tokens: &mut [Token],
) -> Result<usize, Error> {
    let (limit, vocabulary) = (tokens.len(), model.dims().source_vocabulary);
    let mut room = tokens.iter_mut();
    for token in source {
        if usize::from(token) >= vocabulary || token == model.dims().source_pad {
            return Err(Error::BadToken { token, vocabulary });
        }
        *room.next().ok_or(Error::SourceTooLong { limit })? = token;
    }
    match limit.wrapping_sub(room.len()) {
        0 => Err(Error::EmptySource),
        len => Ok(len),
    }
}

impl<'a, O: Observer> Words<'a, O> {
    /// The next token, the end mark included.
    pub fn step(&mut self) -> Option<Step<'a>> {
        self.steps.next()
    }

    /// Lets the next step follow `token`, whatever was best, an end mark too.
    pub fn force(&mut self, token: Token) -> Result<(), Error> {
        self.steps.force(token)
    }

    /// The logits that the last token was chosen from; zeros before the first.
    pub fn logits(&self) -> Logits<'_> {
        self.steps.logits()
    }
}

impl<'a, O: Observer> Iterator for Words<'a, O> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let Step { token, alignment } = self.steps.next()?;
        (token != self.eos).then(|| Word { text: self.table.get(token), token, alignment })
    }
}

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
    pub fn digest(logits: Logits<'_>, alignment: &[u16]) -> u32 {
        let mut sum = Checksum::new().word(logits.exponent as u32);
        for &logit in logits.mantissas {
            sum = sum.word(logit as u32);
        }
        alignment.iter().fold(sum, |sum, &weight| sum.word(weight.into())).finish()
    }

    /// Runs the test: the same tokens, logits and alignment, to the bit.
    pub fn run(&self, transformer: &mut Transformer<'_>) -> Result<(), Error> {
        if self.is_empty() {
            return Err(Error::EmptySource);
        }
        let model = transformer.model;
        let source = self.source.iter().map(|&token| token as Token);
        let mut words = transformer.start((), |tokens| copy(&model, source, tokens))?;
        for (step, expected) in self.steps.as_chunks::<2>().0.iter().enumerate() {
            let found = words.step().ok_or(Error::SelfTest { step })?;
            let digest = Self::digest(words.logits(), found.alignment);
            if *expected != [found.token.into(), digest] {
                return Err(Error::SelfTest { step });
            }
        }
        Ok(())
    }
}
