//! Whether a model fits a board.
//!
//! ```text
//! flash  firmware │ model                                   left
//! RAM    stack │ statics │ arena │ room for a picture       left
//! ```
//! Limits: the firmware's size is that of the demo with the largest HAL, stated in the table; a linker
//! knows better.

use super::{Board, Table};
use crate::table::grouped;
use regard::format::EncoderKind;
use regard::{Model, kernel::Layout};

/// What a model takes, wherever it runs.
#[derive(Debug)]
pub(crate) struct Needs {
    flash: usize,
    ram: usize,
    features: Vec<&'static str>,
}

/// What is left on a board.
#[derive(Debug)]
pub(crate) struct Fit<'t> {
    /// The board.
    pub(crate) board: &'t Board,
    /// Bytes of flash; negative: so many are missing.
    pub(crate) flash_left: i64,
    /// Bytes of RAM; negative: so many are missing.
    pub(crate) ram_left: i64,
    /// Features that its firmware needs besides its own.
    pub(crate) features: Vec<&'static str>,
}

impl Needs {
    /// Of a model, beside a firmware that this table knows.
    pub(crate) fn of(model: &Model<'_>, table: &Table) -> Self {
        let picture = match &model.dims().encoder {
            EncoderKind::Convolutional(encoder) => encoder.width * encoder.height * 3,
            _ => 0,
        };
        let has = |layout| model.sections().any(|(_, section)| section.layout == layout);
        let features = [("int4", Layout::Fours), ("bytes", Layout::Bytes)];
        let features = features.into_iter().filter(|&(_, layout)| has(layout));
        let variants = model.dims().needs_variants().then_some("variants");
        let subwords = (!model.dims().subwords.is_none()).then_some("subwords");
        Self {
            flash: table.firmware_bytes + model.file_bytes(),
            ram: table.statics_bytes + model.arena_bytes() + picture,
            features: features
                .map(|(feature, _)| feature)
                .chain(variants)
                .chain(subwords)
                .collect(),
        }
    }

    /// Features that the engine needs to run it, beside those that it always has.
    pub(crate) fn features(&self) -> &[&'static str] {
        &self.features
    }

    /// What is left on a board.
    pub(crate) fn on<'t>(&self, board: &'t Board) -> Fit<'t> {
        let left = |have: usize, need: usize| have as i64 - need as i64;
        let has = |feature: &&&str| board.engine.iter().any(|own| own == **feature);
        Fit {
            board,
            flash_left: left(board.flash.bytes, self.flash),
            ram_left: left(board.ram.bytes, self.ram + board.stack_bytes),
            features: self.features.iter().filter(|feature| !has(feature)).copied().collect(),
        }
    }
}

impl Fit<'_> {
    /// Is nothing missing?
    pub(crate) fn fits(&self) -> bool {
        self.flash_left >= 0 && self.ram_left >= 0
    }

    /// Flash that is left or lacks, as people read it.
    pub(crate) fn flash_text(&self) -> String {
        left(self.flash_left)
    }

    /// The same of RAM.
    pub(crate) fn ram_text(&self) -> String {
        left(self.ram_left)
    }
}

fn left(bytes: i64) -> String {
    let number = grouped(bytes.unsigned_abs() as usize);
    if bytes < 0 { format!("lacks {number}") } else { number }
}
