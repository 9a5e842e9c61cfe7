//! What would make a model fit a board that it does not fit.
//!
//! ```text
//! flash   int4 in every matrix that can be ─► enough?  --flash  ─► else: words that must leave
//! RAM     the arena of shorter sentences   ─► enough?  --max-source, --max-target
//! ```
//! Every number is computed from the model's own dims, as `regard convert` would. Limits: what a
//! vocabulary saves is counted without the text of its words, so that it saves more; how well the model
//! answers then, only `regard check` knows.

use crate::boards::Fit;
use crate::table::grouped;
use regard::format::emit::{arena_bytes, section_bytes};
use regard::format::{Dims, Kind, Role, Slot, Stack};
use regard::kernel::Layout;
use regard::{Model, SelfTest};

/// Marks and some words stay whatever leaves.
const LEAST_WORDS: usize = 8;
/// Bytes of a step of a self-test.
const STEP: usize = 8;

/// What to do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Advice {
    /// More options of `regard convert`.
    pub(crate) options: Vec<String>,
    /// With them it fits.
    pub(crate) then_fits: bool,
    /// The same in words.
    pub(crate) sentences: Vec<String>,
}

/// What a model could become.
pub(crate) struct Adviser<'m> {
    model: &'m Model<'m>,
    /// Bytes of the file with int4 in every matrix that can be, at most.
    least: usize,
    /// Tokens of the source of its self-test.
    tested: usize,
}

impl<'m> Adviser<'m> {
    pub(crate) fn of(model: &'m Model<'m>) -> Self {
        let dims = model.dims();
        let matrices = model.sections().filter(|(slot, _)| slot.kind() == Kind::Matrix);
        let saved = matrices.map(|(slot, section)| {
            let bytes = |layout| matrix_bytes(layout, slot.rows, slot.columns);
            bytes(section.layout).saturating_sub(bytes(fewest_bits(dims, &slot, section.layout)))
        });
        // Its answer to its self-test may become another one, and longer.
        let steps = dims.max_target_len.saturating_sub(SelfTest::of(model).len());
        let least = model.file_bytes() - saved.sum::<usize>() + section_bytes(steps * STEP);
        let test = model.find(Stack::Encoder, 0, Role::SelfTest);
        let tested = test.words.first().map_or(1, |&tokens| tokens as usize);
        Self { model, least, tested }
    }

    /// What would make it fit; nothing if it does.
    pub(crate) fn on(&self, fit: &Fit<'_>) -> Option<Advice> {
        if fit.fits() {
            return None;
        }
        let mut advice = Advice { then_fits: true, ..Advice::default() };
        if fit.flash_left < 0 {
            self.flash(fit.flash_left.unsigned_abs() as usize, &mut advice);
        }
        if fit.ram_left < 0 {
            self.ram(fit.ram_left.unsigned_abs() as usize, &mut advice);
        }
        Some(advice)
    }

    fn flash(&self, missing: usize, advice: &mut Advice) {
        let room = self.model.file_bytes().saturating_sub(missing);
        let (missing, least) = (grouped(missing), grouped(self.least));
        if self.least <= room {
            advice.sentences.push(format!(
                "{missing} bytes of flash are missing: --flash {room} makes matrices int4 until it \
                 fits (all of them: at most {least} bytes; firmware needs the feature int4)"
            ));
            advice.options.extend(["--flash".into(), room.to_string()]);
            return;
        }
        advice.then_fits = false;
        let over = self.least - room;
        let words = [("target", Stack::Decoder), ("source", Stack::Encoder)];
        let leave = words.into_iter().filter_map(|(side, stack)| {
            Some(format!("{} words of the {side} leave", grouped(self.fewer_words(stack, over)?)))
        });
        let leave: Vec<String> = leave.collect();
        let then = if !leave.is_empty() {
            format!("it fits so if {} (--vocabulary FILE)", leave.join(", or "))
        } else if let Some(share) = self.fewer_of_both(over) {
            format!("it fits so if {share} % of the words of either side leave (--vocabulary FILE)")
        } else {
            "more than the words of both sides take: that takes a smaller model".into()
        };
        advice.sentences.push(format!(
            "{missing} bytes of flash are missing, and {} with int4 in every matrix that can be \
             ({least} bytes at most); {then}",
            grouped(over)
        ));
    }

    /// How many words must leave one side to save so many bytes, if as many can.
    fn fewer_words(&self, side: Stack, bytes: usize) -> Option<usize> {
        let tables = self.tables(side);
        (1..may_leave(&tables)?).find(|&fewer| saved(&tables, fewer) >= bytes)
    }

    /// How many percent of the words of either side must leave to save so many bytes.
    fn fewer_of_both(&self, bytes: usize) -> Option<usize> {
        let sides = [Stack::Encoder, Stack::Decoder].map(|side| self.tables(side));
        (1..100).find(|share| {
            let of_side = |tables: &Vec<(Layout, [usize; 2])>| {
                may_leave(tables).map_or(0, |words| saved(tables, words * share / 100))
            };
            sides.iter().map(of_side).sum::<usize>() >= bytes
        })
    }

    /// What has a row for each word of a side, with int4 where it can be: rows and columns.
    fn tables(&self, side: Stack) -> Vec<(Layout, [usize; 2])> {
        let of_words =
            |slot: &Slot| matches!(slot.role, Role::Embedding | Role::Logits) && slot.stack == side;
        let sections = self.model.sections().filter(|(slot, _)| of_words(slot));
        let dims = self.model.dims();
        let table = |(slot, section): (Slot, regard::format::Section<'_>)| {
            (fewest_bits(dims, &slot, section.layout), [slot.rows, slot.columns])
        };
        sections.map(table).filter(|(_, [rows, _])| *rows > 0).collect()
    }

    fn ram(&self, missing: usize, advice: &mut Advice) {
        let arena = self.model.arena_bytes();
        let missing_text = grouped(missing);
        let shorter = arena.checked_sub(missing).and_then(|room| self.shorter(room));
        let Some(lengths) = shorter else {
            advice.then_fits = false;
            let [source, target] = self.shortest();
            let least = arena_bytes(&with_lengths(self.model.dims(), [source, target]));
            advice.sentences.push(format!(
                "{missing_text} bytes of RAM are missing, more than shorter sentences save ({} bytes \
                 of arena at least): that takes a smaller model",
                grouped(least as usize)
            ));
            return;
        };
        let then = arena_bytes(&with_lengths(self.model.dims(), lengths)) as usize;
        let dims = self.model.dims();
        let own = [dims.max_source_len, dims.max_target_len];
        let mut options = Vec::new();
        for ((name, length), own) in ["--max-source", "--max-target"].iter().zip(lengths).zip(own) {
            if length < own {
                options.extend([(*name).into(), length.to_string()]);
            }
        }
        advice.sentences.push(format!(
            "{missing_text} bytes of RAM are missing: {} makes the arena {} bytes smaller",
            options.join(" "),
            grouped(arena - then)
        ));
        advice.options.extend(options);
    }

    /// The shortest lengths that `convert` takes, with room for the answer to the self-test.
    fn shortest(&self) -> [usize; 2] {
        let dims = self.model.dims();
        let source = if dims.reads_words() { self.tested.max(1) } else { dims.max_source_len };
        let target = SelfTest::of(self.model).len().clamp(1, dims.max_target_len.max(1));
        [source.min(dims.max_source_len), target]
    }

    /// The lengths with which the arena fits, and the most words: of one side shorter, or of both by the
    /// same share.
    fn shorter(&self, room: usize) -> Option<[usize; 2]> {
        let dims = self.model.dims();
        let ([own_source, own_target], [source, target]) =
            ([dims.max_source_len, dims.max_target_len], self.shortest());
        let fits = |lengths: &[usize; 2]| arena_bytes(&with_lengths(dims, *lengths)) <= room as u64;
        let share =
            |k: usize| [(own_source * k / 100).max(source), (own_target * k / 100).max(target)];
        let ways = [
            (target..own_target).rev().map(|n| [own_source, n]).find(fits),
            (source..own_source).rev().map(|n| [n, own_target]).find(fits),
            (0..100).rev().map(share).find(fits),
        ];
        ways.into_iter().flatten().max_by_key(|lengths| lengths.iter().sum::<usize>())
    }
}

/// Words that can leave at most.
fn may_leave(tables: &[(Layout, [usize; 2])]) -> Option<usize> {
    let words = tables.iter().map(|(_, [rows, _])| *rows).min()?;
    Some(words.saturating_sub(LEAST_WORDS))
}

/// Bytes that so many fewer words save.
fn saved(tables: &[(Layout, [usize; 2])], fewer: usize) -> usize {
    let table = |&(layout, [rows, columns]): &(Layout, [usize; 2])| {
        matrix_bytes(layout, rows, columns) - matrix_bytes(layout, rows - fewer, columns)
    };
    tables.iter().map(table).sum()
}

fn with_lengths(dims: &Dims, [source, target]: [usize; 2]) -> Dims {
    Dims { max_source_len: source, max_target_len: target, ..*dims }
}

/// The layout that takes the fewest bytes.
fn fewest_bits(dims: &Dims, slot: &Slot, own: Layout) -> Layout {
    if dims.takes(slot, Layout::Fours) { Layout::Fours } else { own }
}

fn matrix_bytes(layout: Layout, rows: usize, columns: usize) -> usize {
    section_bytes(layout.words_needed(rows, columns) * 4)
}

#[cfg(test)]
mod tests {
    use super::Adviser;
    use crate::{boards, engine};
    use regard::format::Stack;
    use std::path::Path;

    fn model() -> regard::Model<'static> {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        engine::open(&models.join("eng-fra/eng-fra.rgd")).expect("a model of the project")
    }

    #[test]
    fn words_that_leave_save_their_rows() {
        let model = model();
        // A row of 96 weights of four bits, its bias and its multiplier: 48 + 4 + 4 bytes.
        let (adviser, bytes, row) = (Adviser::of(&model), 20_000, 56);
        let fewer = adviser.fewer_words(Stack::Decoder, bytes).expect("there are as many");
        assert!(fewer.abs_diff(bytes / row) <= 8, "{fewer}");
        assert_eq!(adviser.fewer_words(Stack::Decoder, 780 * row), None, "all of them");
    }

    #[test]
    fn every_board_fits_or_is_told_why_not() {
        let (model, table) = (model(), boards::table());
        let (needs, adviser) = (boards::Needs::of(&model, &table), Adviser::of(&model));
        for board in &table.boards {
            let fit = needs.on(board);
            let Some(advice) = adviser.on(&fit) else {
                assert!(fit.fits(), "{}", board.name);
                continue;
            };
            let lacks = [fit.flash_left, fit.ram_left].into_iter().filter(|left| *left < 0);
            assert_eq!(advice.sentences.len(), lacks.count(), "{}", board.name);
            assert!(!advice.then_fits || !advice.options.is_empty(), "{}", board.name);
        }
    }
}
