//! A sentence, or a picture, in pieces of bounded work: for firmware that does other things as well.
//!
//! ```text
//! begin ─► advance ─► Busy ─► advance ─► Busy … ─► Word(je) ─► advance ─► Busy … ─► Done
//!              └── a layer over one or two rows, a row of a map, a look, or some rows of a matrix
//! ```
//! Words, alignments and all numbers in between are those of [`Seq2Seq::translate`], to the bit. What a
//! piece leaves for the next lies in the arena, so that work can be dropped at any time, which cancels
//! it, or saved, to go on after a sleep ([`Saved`]).

use crate::arena::Carver;
use crate::decoder::{AnyDecoder, At};
use crate::family::{Any, Family};
use crate::format::{Model, Watch};
use crate::frame::{take_rows, take_tokens};
use crate::gate::One;
use crate::layer::{first, row_mut};
use crate::parts::{Source, encode};
use crate::search::Best;
use crate::seq2seq::copy_all;
use crate::{Error, Picture, Saved, Seq2Seq, Token, Word};
use core::marker::PhantomData;

/// What came of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Progress<'w> {
    /// Nothing to say yet.
    Busy,
    /// The next word.
    Word(Word<'w>),
    /// All is said.
    Done,
    /// Weights in flash that the core cannot address could not be read: [`Error::Bus`]. It is over; begun
    /// again, the same work has the same words.
    Failed(Error),
}

/// A translation, or a caption, under way.
///
/// ```no_run
/// # use regard::{Error, Progress, Transformer};
/// # fn of(translator: &mut Transformer<'_>, mut feed_watchdog: impl FnMut()) -> Result<(), Error> {
/// let mut work = translator.begin("I drink milk")?;
/// loop {
///     match work.advance() {
///         Progress::Busy => feed_watchdog(), // or `yield_now().await`
///         Progress::Word(word) => println!("{}", word.text),
///         Progress::Done => break,
///         Progress::Failed(error) => return Err(error), // never, of weights that are read in place
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Work<'a, F = Any> {
    model: &'a Model<'a>,
    arena: Carver<'a>,
    picture: Option<Picture<'a>>,
    cursor: Cursor,
    watch: Watch<'a>,
    family: PhantomData<F>,
}

/// What is done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Encoding.
    Reading,
    /// A step of the decoder, up to what the output layer reads.
    Deciding,
    /// The output layer, and the best of its logits.
    Choosing,
    /// Nothing.
    Over,
}

/// Where the work is, besides what lies in the arena.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    pub(crate) phase: Phase,
    /// The number of the unit that is next in this phase.
    pub(crate) unit: u32,
    pub(crate) decoder: At,
    /// What was said last, at first the mark that begins.
    pub(crate) said: Token,
    /// Logits that were seen.
    pub(crate) seen: usize,
    /// The highest of them.
    pub(crate) best: Best,
}

impl Cursor {
    fn go_to(&mut self, phase: Phase) {
        (self.phase, self.unit, self.seen, self.best) = (phase, 0, 0, Best::default());
    }
}

impl<'m, F: Family> Seq2Seq<'m, F> {
    /// As [`Self::translate`], in pieces.
    pub fn begin(&mut self, text: &str) -> Result<Work<'_, F>, Error> {
        let model = self.model();
        let source_len =
            self.take_source(false, |tokens, room| crate::text::encode(model, text, tokens, room))?;
        Ok(self.work(source_len, None))
    }

    /// As [`Self::translate_tokens`], in pieces.
    pub fn begin_tokens(&mut self, source: &[Token]) -> Result<Work<'_, F>, Error> {
        let model = self.model();
        let source_len = self.take_source(false, |tokens, _| copy_all(model, source, tokens))?;
        Ok(self.work(source_len, None))
    }

    /// As [`Self::describe`], in pieces.
    pub fn begin_picture<'w>(&'w mut self, picture: Picture<'w>) -> Result<Work<'w, F>, Error> {
        let places = self.model().dims().max_source_len;
        let source_len = self.take_source(true, |_, _| Ok(places))?;
        Ok(self.work(source_len, Some(picture)))
    }

    fn work<'w>(&'w mut self, source_len: usize, picture: Option<Picture<'w>>) -> Work<'w, F> {
        let cursor = Cursor {
            phase: Phase::Reading,
            unit: 0,
            decoder: At { source_len, ..At::default() },
            said: self.model().dims().target_bos,
            seen: 0,
            best: Best::default(),
        };
        self.work_at(cursor, picture)
    }

    fn work_at<'w>(&'w mut self, cursor: Cursor, picture: Option<Picture<'w>>) -> Work<'w, F> {
        let (model, arena) = self.parts();
        let watch = Watch::begin(model);
        Work { model, arena, picture, cursor, watch, family: PhantomData }
    }

    /// Goes on with what was saved. The arena ([`Self::arena`]) holds again what it held then.
    ///
    /// # Errors
    /// What was saved, or the arena, was damaged or is another model's, or has a field out of range; or a
    /// picture was still being read, which nothing has kept.
    pub fn resume(&mut self, saved: &Saved) -> Result<Work<'_, F>, Error> {
        let cursor = saved.cursor(self.model(), self.arena())?;
        Ok(self.work_at(cursor, None))
    }
}

impl<F: Family> Work<'_, F> {
    /// Does the next piece of work.
    pub fn advance(&mut self) -> Progress<'_> {
        match self.cursor.phase {
            Phase::Reading => self.read(),
            Phase::Deciding => self.decide(),
            Phase::Choosing => return self.choose(),
            Phase::Over => {}
        }
        match self.failure() {
            Some(error) => Progress::Failed(error),
            None if self.cursor.phase == Phase::Over => Progress::Done,
            None => Progress::Busy,
        }
    }

    /// Nothing is made of what could not be read.
    #[inline(always)]
    fn failure(&mut self) -> Option<Error> {
        let error = self.watch.check().err()?;
        self.cursor.go_to(Phase::Over);
        Some(error)
    }

    /// What a later [`Seq2Seq::resume`] needs besides the arena.
    #[must_use]
    pub fn save(&self) -> Saved {
        Saved::of(&self.cursor, self.model, self.arena.bytes())
    }

    fn read(&mut self) {
        let (dims, cursor) = (self.model.dims(), &mut self.cursor);
        let mut arena = self.arena.rewindable();
        let tokens = take_tokens(&mut arena, dims);
        let len = cursor.decoder.source_len;
        let source = self.picture.as_ref();
        let source = source.map_or(Source::Tokens(first(tokens, len)), Source::Picture);
        let mut gate = One::at(cursor.unit);
        encode::<F, _>(self.model, arena, source, len, &mut (), &mut gate);
        match gate.next(cursor.unit) {
            Some(unit) => cursor.unit = unit,
            None => cursor.go_to(Phase::Deciding),
        }
    }

    fn decide(&mut self) {
        let cursor = &mut self.cursor;
        let (mut decoder, row) = decoder::<F>(self.model, &mut self.arena, cursor.decoder);
        let mut gate = One::at(cursor.unit);
        let may_say = decoder.work(cursor.decoder.position, cursor.said, row, &mut gate).is_some();
        cursor.decoder = decoder.at();
        match gate.next(cursor.unit) {
            _ if !may_say => cursor.go_to(Phase::Over),
            Some(unit) => cursor.unit = unit,
            None => cursor.go_to(Phase::Choosing),
        }
    }

    fn choose(&mut self) -> Progress<'_> {
        let (dims, cursor) = (self.model.dims(), &mut self.cursor);
        let (mut decoder, row) = decoder::<F>(self.model, &mut self.arena, cursor.decoder);
        let position = cursor.decoder.position;
        let nothing = &mut One::at(u32::MAX);
        if let Some(mut logits) = decoder.work(position, cursor.said, row, nothing) {
            let some = logits.some(cursor.seen);
            cursor.best.see(cursor.seen, some);
            cursor.seen = cursor.seen.wrapping_add(some.len());
            if let Err(error) = self.watch.check() {
                cursor.go_to(Phase::Over);
                return Progress::Failed(error);
            }
            if !some.is_empty() && cursor.seen < dims.target_vocabulary {
                return Progress::Busy;
            }
        }
        let token = cursor.best.token as Token;
        if token == dims.target_eos {
            cursor.go_to(Phase::Over);
            return Progress::Done;
        }
        cursor.said = token;
        cursor.decoder.position = position.wrapping_add(1);
        cursor.go_to(Phase::Deciding);
        let (_, alignment) = decoder_arena(self.model, &mut self.arena, position, cursor.decoder);
        Progress::Word(Word { text: self.model.target_words().get(token), token, alignment })
    }
}

/// The decoder, and the alignment row of its step.
fn decoder<'w, F: Family>(
    model: &'w Model<'_>,
    arena: &'w mut Carver<'_>,
    at: At,
) -> (AnyDecoder<'w, F, ()>, &'w mut [u16]) {
    let (arena, row) = decoder_arena(model, arena, at.position, at);
    (AnyDecoder::new(model, arena, at, ()), row)
}

/// What a decoder carves, and the alignment row of a step.
fn decoder_arena<'w>(
    model: &Model<'_>,
    arena: &'w mut Carver<'_>,
    position: usize,
    at: At,
) -> (Carver<'w>, &'w mut [u16]) {
    let dims = model.dims();
    let mut arena = arena.rewindable();
    _ = take_tokens(&mut arena, dims);
    let (rows, row_len) = take_rows(&mut arena, dims, at.source_len);
    (arena, row_mut(rows, position, row_len))
}
