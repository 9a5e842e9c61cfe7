//! Work in pieces on demos in far flash, of each family: the words of one go in place, and an error of the
//! work at any read that fails.

use super::{Any, Chip, demo, far};
use crate::variants::pixels;
use regard::far::FarFlash;
use regard::format::Model;
use regard::{Error, Picture, Progress, Token, Word};

/// Words, and where each came from.
type Said = Vec<(Token, Vec<u16>)>;

/// A demo, and what it is asked.
#[derive(Clone, Copy)]
enum Question {
    Text(&'static str),
    Picture,
}

/// A Transformer, a recurrent model that looks, and one that looks at pictures.
const DEMOS: [(&str, Question); 3] = [
    ("eng-fra-tiny", Question::Text("I drink milk")),
    ("g2p-tiny", Question::Text("milk")),
    ("scenes", Question::Picture),
];

const WIDTH: usize = 48;
const HEIGHT: usize = 40;

fn engine<'m>(model: &'m Model<'m>, arena: &'m mut Vec<u32>) -> Any<'m> {
    arena.resize(model.arena_bytes() / 4, 0);
    Any::new(model, bytemuck::cast_slice_mut(arena)).expect("an arena that fits")
}

fn said(word: Word<'_>) -> (Token, Vec<u16>) {
    (word.token, word.alignment.to_vec())
}

/// What it says in one go.
fn in_one_go(engine: &mut Any<'_>, question: Question) -> Said {
    let pixels = pixels(WIDTH, HEIGHT);
    let words = match question {
        Question::Text(text) => engine.translate(text),
        Question::Picture => {
            let picture = Picture::rgb888(WIDTH, HEIGHT, &pixels).expect("its size");
            engine.describe(&picture)
        }
    };
    words.expect("begins").map(said).collect()
}

/// What it says in pieces; or why it ended before.
fn in_pieces(engine: &mut Any<'_>, question: Question) -> Result<Said, Error> {
    let pixels = pixels(WIDTH, HEIGHT);
    let mut work = match question {
        Question::Text(text) => engine.begin(text)?,
        Question::Picture => engine.begin_picture(Picture::rgb888(WIDTH, HEIGHT, &pixels)?)?,
    };
    let mut words = Said::new();
    loop {
        match work.advance() {
            Progress::Busy => {}
            Progress::Word(word) => words.push(said(word)),
            Progress::Done => break,
            Progress::Failed(error) => {
                assert_eq!(work.advance(), Progress::Failed(error), "it stays so");
                return Err(error);
            }
        }
    }
    assert_eq!(work.advance(), Progress::Done);
    Ok(words)
}

fn reads(flash: &FarFlash<'_, Chip<'_>>) -> usize {
    flash.with_bus(|chip| chip.reads).expect("idle")
}

#[test]
fn work_in_pieces_has_the_words_of_one_go_in_place_with_any_buffer() {
    for (name, question) in DEMOS {
        let file = demo(name);
        let (model, mut arena) = (Model::parse(&file).expect("parses"), Vec::new());
        let expected = in_one_go(&mut engine(&model, &mut arena), question);
        assert!(expected.len() > 2, "{name}: {expected:?}");
        assert!(
            expected.iter().all(|(_, row)| row.iter().any(|&weight| weight > 0)),
            "{name} looks"
        );
        for buffer in [model.far_buffer_words(), 1 << 14] {
            far(&file, buffer, |model, _| {
                let found = in_pieces(&mut engine(model, &mut Vec::new()), question);
                assert_eq!(found.as_ref(), Ok(&expected), "{name}, {buffer} words");
            });
        }
    }
}

/// Reads of each sentence that are made to fail, from the first to the last.
const FAILURES: usize = 24;

#[test]
fn work_in_pieces_ends_at_a_read_that_fails_and_a_retry_has_the_same_words() {
    for (name, question) in DEMOS {
        let file = demo(name);
        far(&file, 1 << 12, |model, flash| {
            let mut arena = Vec::new();
            let engine = &mut engine(model, &mut arena);
            let before = reads(flash);
            let expected = in_pieces(engine, question);
            assert!(expected.is_ok(), "{name}");
            let all = reads(flash) - before;
            assert!(all > FAILURES, "{name}: {all} reads");
            for read in (0..FAILURES).map(|n| n * (all - 1) / (FAILURES - 1)) {
                flash.with_bus(|chip| chip.fails = Some(chip.reads + read));
                let failed = in_pieces(engine, question);
                assert!(matches!(failed, Err(Error::Bus { .. })), "{name}: read {read} of {all}");
                flash.with_bus(|chip| chip.fails = None);
                assert_eq!(in_pieces(engine, question), expected, "{name}: after read {read}");
            }
        });
    }
}
