//! A model, end to end: text in, words out, with the place each came from.

use crate::arena::Carver;
use crate::decoder::{AnyDecoder, At};
use crate::family::{Any, Family};
use crate::format::{DecoderKind, EncoderKind, Model, Watch, WordTable};
use crate::frame::{take_rows, take_tokens};
use crate::layer::{first, first_mut};
use crate::observe::Observer;
use crate::parts::{Source, encode};
use crate::picture::Picture;
use crate::search::{Greedy, Step};
use crate::{Error, Token, text};
use core::marker::PhantomData;

/// A model and the RAM it runs in: any encoder with any decoder, or only those of a
/// [`Family`], so that no others are linked.
pub struct Seq2Seq<'m, F = Any> {
    model: &'m Model<'m>,
    arena: Carver<'m>,
    family: PhantomData<F>,
}

/// A word that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Word<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its token.
    pub token: Token,
    /// A weight per source token, the end mark last, in Q15; they sum to 1 up to rounding. Empty
    /// if the model has no attention.
    pub alignment: &'a [u16],
}

/// The words of a translation, computed as they are asked for.
pub struct Words<'a, F = Any, O = ()> {
    steps: Greedy<'a, AnyDecoder<'a, F, O>>,
    table: WordTable<'a>,
    eos: Token,
    watch: Watch<'a>,
}

impl<'m, F: Family> Seq2Seq<'m, F> {
    /// `arena`: at least [`Model::arena_bytes`], at an address that is a multiple of 4.
    ///
    /// # Errors
    /// An arena that is too small or misaligned, or a model of another family.
    pub fn new(model: &'m Model<'m>, arena: &'m mut [u8]) -> Result<Self, Error> {
        let (need, have) = (model.arena_bytes(), arena.len());
        if have < need {
            return Err(Error::ArenaTooSmall { need, have });
        }
        let dims = model.dims();
        let encoder = match &dims.encoder {
            EncoderKind::Transformer => F::TRANSFORMER_ENCODER,
            EncoderKind::Recurrent(_) => F::RECURRENT_ENCODER,
            EncoderKind::Convolutional(_) => F::CONVOLUTIONAL_ENCODER,
        };
        let decoder = match &dims.decoder {
            DecoderKind::Transformer => F::TRANSFORMER_DECODER,
            DecoderKind::Recurrent(_) => F::RECURRENT_DECODER,
        };
        if !(encoder && decoder) {
            return Err(Error::OtherFamily);
        }
        let arena = Carver::new(first_mut(arena, need))?;
        Ok(Self { model, arena, family: PhantomData })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &'m Model<'m> {
        self.model
    }

    /// The RAM it runs in: what to keep with [`crate::Saved`] if its power goes off.
    #[must_use]
    pub fn arena(&self) -> &[u8] {
        self.arena.bytes()
    }

    /// The same, to be restored before [`Self::resume`].
    pub fn arena_mut(&mut self) -> &mut [u8] {
        self.arena.bytes_mut()
    }

    /// What work is done with.
    pub(crate) fn parts(&mut self) -> (&'m Model<'m>, Carver<'_>) {
        (self.model, self.arena.rewindable())
    }

    /// Translates a sentence, word by word as the iterator is asked.
    pub fn translate(&mut self, text: &str) -> Result<Words<'_, F>, Error> {
        let model = self.model;
        self.start((), None, |tokens, room| text::encode(model, text, tokens, room))
    }

    /// The same for tokens; the end mark is theirs to have. Padding behind them is dropped.
    pub fn translate_tokens(&mut self, source: &[Token]) -> Result<Words<'_, F>, Error> {
        self.observe_tokens(source, ())
    }

    /// The same, watched.
    pub fn observe_tokens<O: Observer>(
        &mut self,
        source: &[Token],
        observer: O,
    ) -> Result<Words<'_, F, O>, Error> {
        let model = self.model;
        self.start(observer, None, |tokens, _| copy_all(model, source, tokens))
    }

    /// Says what is on a picture, word by word as the iterator is asked. Alignments have a weight
    /// per place of the encoder's last map, row by row.
    pub fn describe(&mut self, picture: &Picture<'_>) -> Result<Words<'_, F>, Error> {
        self.observe_picture(picture, ())
    }

    /// The same, watched.
    pub fn observe_picture<O: Observer>(
        &mut self,
        picture: &Picture<'_>,
        observer: O,
    ) -> Result<Words<'_, F, O>, Error> {
        let places = self.model.dims().max_source_len;
        self.start(observer, Some(picture), |_, _| Ok(places))
    }

    /// Reads the picture, or the source that `fill` writes, and stands ready for the first word.
    pub(crate) fn start<O: Observer>(
        &mut self,
        mut observer: O,
        picture: Option<&Picture<'_>>,
        fill: impl FnOnce(&mut [Token], &mut [u32]) -> Result<usize, Error>,
    ) -> Result<Words<'_, F, O>, Error> {
        let (model, dims) = (self.model, self.model.dims());
        let source_len = self.take_source(picture.is_some(), fill)?;
        let mut arena = self.arena.rewindable();
        let tokens = first(take_tokens(&mut arena, dims), source_len);
        let source = picture.map_or(Source::Tokens(tokens), Source::Picture);
        let mut watch = Watch::begin(model);
        encode::<F, _>(model, arena.rewindable(), source, source_len, &mut observer, &mut ());
        watch.check()?;
        let (rows, row_len) = take_rows(&mut arena, dims, source_len);
        let at = At { source_len, ..At::default() };
        let decoder = AnyDecoder::new(model, arena, at, observer);
        let marks = (dims.target_bos, dims.target_eos);
        Ok(Words {
            steps: Greedy::new(decoder, marks, row_len, rows),
            table: model.target_words(),
            eos: dims.target_eos,
            watch,
        })
    }

    /// Takes the source that `fill` writes, or only its length if it is a picture, which it returns; it is
    /// given room for a text too.
    pub(crate) fn take_source(
        &mut self,
        is_picture: bool,
        fill: impl FnOnce(&mut [Token], &mut [u32]) -> Result<usize, Error>,
    ) -> Result<usize, Error> {
        let dims = self.model.dims();
        match (is_picture, dims.reads_words()) {
            (false, false) => return Err(Error::WantsPicture),
            (true, true) => return Err(Error::WantsText),
            _ => {}
        }
        let mut arena = self.arena.rewindable();
        let kinds = (&dims.encoder, &dims.decoder);
        // What a Transformer reads before it is written counts for nothing; other models begin with zeros.
        if !matches!(kinds, (EncoderKind::Transformer, DecoderKind::Transformer)) {
            arena.clear();
        }
        let tokens = take_tokens(&mut arena, dims);
        #[cfg(feature = "subwords")]
        {
            // What comes next begins with zeros here too.
            let room = arena.take(dims.subwords.room());
            let filled = fill(tokens, room);
            room.fill(0);
            filled
        }
        #[cfg(not(feature = "subwords"))]
        fill(tokens, &mut [])
    }
}

/// Writes `source` into `tokens`, but for the padding behind it. Returns how many.
pub(crate) fn copy_all(
    model: &Model<'_>,
    source: &[Token],
    tokens: &mut [Token],
) -> Result<usize, Error> {
    let padding = source.iter().rev().take_while(|&&t| t == model.dims().source_pad).count();
    let source = source.get(..source.len().wrapping_sub(padding)).unwrap_or(source);
    copy(model, source.iter().copied(), tokens)
}

/// Writes `source` into `tokens`. Returns how many.
pub(crate) fn copy(
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

impl<'a, F: Family, O: Observer> Words<'a, F, O> {
    /// The next token, the end mark included, and the logits that it was chosen from.
    pub fn step(&mut self) -> Option<Step<'a, '_>> {
        self.watch.keep(self.steps.step())
    }

    /// The next word, as the iterator has it; or why there is none, if weights could not be read.
    ///
    /// # Errors
    /// [`Error::Bus`]. The sentence is over; asked for again, it has the same words.
    #[cfg(feature = "far-flash")]
    pub fn try_next(&mut self) -> Result<Option<Word<'a>>, Error> {
        let word = self.next();
        self.watch.check().map(|()| word)
    }

    /// Why there are no more words, if weights could not be read: [`Error::Bus`].
    #[cfg(feature = "far-flash")]
    pub fn error(&mut self) -> Option<Error> {
        self.watch.check().err()
    }

    /// Lets the next step follow `token`, whatever was best, an end mark too.
    pub fn force(&mut self, token: Token) -> Result<(), Error> {
        let vocabulary = self.table.len();
        if usize::from(token) >= vocabulary {
            return Err(Error::BadToken { token, vocabulary });
        }
        self.steps.force(token);
        Ok(())
    }
}

impl<'a, F: Family, O: Observer> Iterator for Words<'a, F, O> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let Step { token, alignment, .. } = self.steps.step()?;
        self.watch.check().ok()?;
        (token != self.eos).then(|| Word { text: self.table.get(token), token, alignment })
    }
}
