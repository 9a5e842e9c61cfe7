//! Sections in RAM, and word of what is read next.

mod variants;

use regard::format::{Kind, Model, NormOrder, Role, Slot, Stack};
use regard::{Error, Seq2Seq};
use std::cell::RefCell;
use std::ops::Range;
use variants::{Trace, dims, every_variant, file, pixels, trace, trace_picture};

const SOURCE: [u16; 5] = [3, 8, 4, 7, 2];

type Place = (Stack, usize, Role);

thread_local! {
    /// What was announced: the address, and how many words.
    static SEEN: RefCell<Vec<(usize, usize)>> = const { RefCell::new(Vec::new()) };
}

fn see(words: &[u32]) {
    SEEN.with_borrow_mut(|seen| seen.push((words.as_ptr() as usize, words.len())));
}

fn seen() -> Vec<(usize, usize)> {
    SEEN.take()
}

fn traced(model: &Model<'_>) -> Trace {
    if model.dims().reads_words() {
        trace(model, &SOURCE, 0, &[])
    } else {
        trace_picture(model, &pixels(13, 11), 0)
    }
}

fn place(slot: &Slot) -> Place {
    (slot.stack, slot.layer, slot.role)
}

fn addresses(words: &[u32]) -> Range<usize> {
    let range = words.as_ptr_range();
    range.start as usize..range.end as usize
}

#[test]
fn chosen_sections_are_announced_and_read_in_ram_and_change_nothing() {
    for dims in every_variant() {
        let words = file(&dims, 21);
        let model = Model::parse(&words).expect("parses");
        let plain = traced(&model);
        // Every other section, then the others.
        for first in 0..2 {
            let chosen: Vec<Slot> =
                model.sections().map(|(slot, _)| slot).skip(first).step_by(2).collect();
            let places: Vec<Place> = chosen.iter().map(place).collect();
            let mut ram = vec![!0; model.near_words(&places)];
            let near = model.with_near(&places, &mut ram).expect("room").with_upcoming(see);
            assert_eq!(plain, traced(&near), "{dims:?}");
            let seen = seen();
            let was_seen = |words: &[u32]| seen.iter().any(|(at, _)| addresses(words).contains(at));
            for slot in chosen {
                let (stack, layer, role) = place(&slot);
                let is_matrix = slot.kind() == Kind::Matrix;
                let (copy, original) =
                    (near.find(stack, layer, role).words, model.find(stack, layer, role).words);
                assert!(!is_matrix || was_seen(copy), "{slot:?} was not announced, of {dims:?}");
                assert!(!was_seen(original), "{slot:?} was read in the file, of {dims:?}");
            }
        }
    }
}

#[test]
fn a_transformer_announces_all_that_it_reads_in_that_order() {
    use Role::*;
    let dims = dims();
    assert_eq!(dims.norm, NormOrder::Pre);
    let words = file(&dims, 22);
    let model = Model::parse(&words).expect("parses").with_upcoming(see);
    let name = |(at, len): (usize, usize)| {
        let found = model.sections().find(|(_, section)| addresses(section.words).contains(&at));
        let (slot, section) = found.expect("words of a section");
        let whole = len == section.words.len();
        let part = matches!(slot.role, Embedding | Position) || slot.kind() == Kind::Norm;
        assert!(whole || part, "{slot:?}: {len} words");
        (slot.stack, slot.layer, slot.role)
    };
    let mut arena = vec![0u32; model.arena_bytes() / 4];
    let arena = bytemuck::cast_slice_mut(&mut arena);
    let mut engine = Seq2Seq::<regard::family::Attention>::new(&model, arena).expect("room");
    let mut said = engine.translate_tokens(&SOURCE).expect("a source");
    let encoding: Vec<Place> = seen().into_iter().map(name).collect();
    assert!(encoding.iter().all(|&(stack, _, role)| {
        stack == Stack::Encoder || matches!(role, CrossKey | CrossValue)
    }));
    // Three pairs of positions at once, where there is room, or five.
    let reads = |role| encoding.iter().filter(|place| place.2 == role).count();
    assert!([3, 5].contains(&reads(FeedUp)), "{}", reads(FeedUp));
    assert_eq!(reads(Embedding), SOURCE.len());

    assert!(said.step().is_some());
    let mut expected = vec![(0, Embedding), (0, Position)];
    for layer in 0..dims.decoder_layers {
        let order = [
            SelfNorm,
            SelfNorm,
            SelfKey,
            SelfValue,
            SelfQuery,
            SelfOutput,
            CrossNorm,
            CrossNorm,
            CrossQuery,
            CrossOutput,
            FeedNorm,
            FeedNorm,
            FeedUp,
            FeedDown,
        ];
        expected.extend(order.map(|role| (layer, role)));
    }
    expected.extend([FinalNorm, FinalNorm, Logits].map(|role| (0, role)));
    let step: Vec<_> = seen()
        .into_iter()
        .map(|words| {
            let (stack, layer, role) = name(words);
            assert_eq!(stack, Stack::Decoder);
            (layer, role)
        })
        .collect();
    assert_eq!(step, expected);
}

#[test]
fn ram_that_is_too_small_is_refused_and_sections_that_are_not_there_take_none() {
    let words = file(&dims(), 23);
    let model = Model::parse(&words).expect("parses");
    let absent = (Stack::Encoder, 0, Role::CellInput);
    let logits = (Stack::Decoder, 0, Role::Logits);
    assert_eq!(model.near_words(&[absent]), 0);
    let words = model.near_words(&[logits, absent]);
    let mut ram = vec![0; words];
    assert!(model.with_near(&[absent, logits], &mut ram).is_ok());
    let refused = model.with_near(&[logits], &mut ram[1..]).map(|_| ());
    assert_eq!(refused, Err(Error::ArenaTooSmall { need: 4 * words, have: 4 * words - 4 }));
    // Once more, with another choice, from a model that has one already.
    let mut more = vec![0; model.near_words(&[(Stack::Encoder, 0, Role::FeedUp)])];
    let again = model.with_near(&[logits], &mut ram).unwrap();
    let again = again.with_near(&[(Stack::Encoder, 0, Role::FeedUp)], &mut more).unwrap();
    assert_eq!(traced(&again), traced(&model));
}
