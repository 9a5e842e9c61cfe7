//! Where the decoder looked, on a small display: a sentence in, and for each word that comes out a row
//! of a heat map.
//!
//! ```text
//! > does your brother drink cold milk ?
//! votre frère boit-il du lait froid ?      the same words in front of the rows of the map
//! ```
//! The drawing is [`heat_map`]'s, which pictures on a PC are made by too. Limits: of a sentence of more
//! than [`MOST`] words the rest is said and not shown; the end mark has a column as in pictures.

#![no_std]
#![forbid(unsafe_code)]

use app::{Source, Text, Trouble};
use core::cell::RefCell;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::mono_font::iso_8859_1::FONT_4X6;
use embedded_graphics::pixelcolor::BinaryColor;
use heat_map::dither::dithered;
use heat_map::{HeatMap, Style};
use regard::family::Family;
use regard::{Model, Seq2Seq, Token, Word, Words, text};
use ssd1306::Ssd1306;
use ssd1306::mode::BufferedGraphicsMode;
use ssd1306::prelude::{DisplaySize, WriteOnlyDataCommand};

/// Most words of a source, and of a target, that are shown.
pub const MOST: usize = 24;

const STYLE: Style = Style { font: &FONT_4X6, cell: 9, margin: 1 };

/// A display whose picture is shown when it is done.
pub trait Screen: DrawTarget<Color = BinaryColor> {
    /// Shows what was drawn. A display that fails shows nothing, and that is all.
    fn show(&mut self);
}

impl<D: WriteOnlyDataCommand, S: DisplaySize> Screen for Ssd1306<D, S, BufferedGraphicsMode<S>> {
    fn show(&mut self) {
        _ = self.flush();
    }
}

/// Sentences, whose alignments appear on a display.
pub struct Shown<'m, S> {
    model: &'m Model<'m>,
    now: RefCell<Now<S>>,
}

/// What is on the display.
struct Now<S> {
    screen: S,
    source: [Token; MOST],
    target: [Token; MOST],
    rows: [[u16; MOST]; MOST],
    source_len: usize,
    target_len: usize,
}

impl<'m, S: Screen> Shown<'m, S> {
    /// On this `screen`, what `model` says.
    pub fn new(model: &'m Model<'m>, screen: S) -> Self {
        let (tokens, rows) = ([0; MOST], [[0; MOST]; MOST]);
        let (source_len, target_len) = (0, 0);
        let now = Now { screen, source: tokens, target: tokens, rows, source_len, target_len };
        Self { model, now: RefCell::new(now) }
    }

    /// The screen, with its picture.
    pub fn into_screen(self) -> S {
        self.now.into_inner().screen
    }
}

impl<S: Screen> Now<S> {
    /// A new sentence, of which as many words are kept as are shown.
    fn begin(&mut self, model: &Model<'_>, sentence: &str) {
        (self.source_len, self.target_len) = (0, 0);
        // A longer sentence leaves the first words behind.
        self.source_len = match text::encode(model, sentence, &mut self.source, &mut []) {
            Ok(count) => count,
            Err(_) => MOST,
        };
    }

    /// A row more.
    fn add(&mut self, model: &Model<'_>, word: &Word<'_>) {
        let Some(row) = self.rows.get_mut(self.target_len) else { return };
        row.fill(0);
        row.iter_mut().zip(word.alignment).for_each(|(kept, weight)| *kept = *weight);
        if let Some(token) = self.target.get_mut(self.target_len) {
            *token = word.token;
        }
        self.target_len += 1;
        self.draw(model);
    }

    fn draw(&mut self, model: &Model<'_>) {
        let (sources, targets) = (model.source_words(), model.target_words());
        let source = self.source.map(|token| sources.get(token));
        let target = self.target.map(|token| targets.get(token));
        let source = source.get(..self.source_len).unwrap_or_default();
        let target = target.get(..self.target_len).unwrap_or_default();
        let map = HeatMap { source, target, rows: &self.rows };
        let screen = &mut self.screen;
        let cleared = screen.clear(BinaryColor::Off);
        let drawn = cleared.and_then(|()| map.draw(screen, &STYLE, BinaryColor::On, dithered));
        if drawn.is_ok() {
            screen.show();
        }
    }
}

impl<F: Family, S: Screen> Source<F> for Shown<'_, S> {
    const HELP: &'static str = <Text as Source<F>>::HELP;

    fn start<'w>(
        &self,
        engine: &'w mut Seq2Seq<'_, F>,
        typed: &str,
    ) -> Result<Words<'w, F>, Trouble> {
        self.now.borrow_mut().begin(self.model, typed);
        Ok(engine.translate(typed)?)
    }

    fn hear(&mut self, word: &Word<'_>) {
        self.now.get_mut().add(self.model, word);
    }
}
