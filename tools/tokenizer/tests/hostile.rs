//! Tables that were damaged, and sealed again: they are refused, or every text still has an answer, of
//! tokens that there are.

mod common;

use common::{Engine, Noise, odd};
use regard::format::emit::seal;
use regard::format::{Model, Role};
use regard::text;

const FILES: [&str; 6] = [
    "unigram.json",
    "unigram-words.json",
    "bpe.json",
    "bpe-bytes.json",
    "wordpiece.json",
    "words.json",
];
/// Damaged files of each kind.
const CASES: usize = 300;

#[test]
fn a_damaged_table_is_refused_or_harmless() {
    let mut accepted = 0;
    for (seed, name) in (0..).zip(FILES) {
        let engine = Engine::read(name);
        let whole = engine.host.file();
        let model = Model::parse(whole).unwrap();
        let table = model.sections().find(|(slot, _)| slot.role == Role::Subwords).unwrap().1.words;
        let start = whole.len() - table.len().next_multiple_of(4);
        assert_eq!(&whole[start..start + table.len()], table);
        let mut noise = Noise::new(seed);
        for case in 0..CASES {
            let mut file = whole.to_vec();
            for _ in 0..=noise.below(3) {
                // Half of them in the words of sizes.
                let limit = if case % 2 == 0 { 8 } else { table.len() };
                let at = if noise.below(8) == 0 { 63 } else { start + noise.below(limit) };
                file[at] = match noise.below(4) {
                    0 => file[at] ^ 1 << noise.below(32),
                    1 => file[at] ^ 1 << noise.below(16),
                    2 => u32::MAX,
                    _ => noise.below(1 << 32) as u32,
                };
            }
            seal(&mut file);
            let Ok(model) = Model::parse(&file) else { continue };
            accepted += 1;
            let texts = odd().into_iter().chain((0..20).map(|_| noise.text()));
            for text in texts {
                let mut tokens = vec![0; 300];
                let mut room = vec![u32::MAX; model.dims().subwords.room()];
                if let Ok(len) = text::encode(&model, &text, &mut tokens, &mut room) {
                    let said =
                        tokens[..len].iter().all(|&t| usize::from(t) < engine.found.words.len());
                    assert!(said, "{name}, case {case}, {text:?}");
                }
            }
        }
    }
    assert!(accepted > 300, "{accepted} were accepted");
}

#[test]
fn no_text_becomes_a_mark() {
    for name in FILES {
        let engine = Engine::read(name);
        let marks = [engine.found.marks.eos.unwrap(), engine.found.marks.pad.unwrap()];
        for text in ["</s>", "a </s> b", "<pad>", "[SEP]", "a [PAD] [SEP]", "x</s><pad>"] {
            // Letters may be unknown where there is no token for it.
            let Ok(tokens) = engine.encode(text) else { continue };
            let inner = &tokens[..tokens.len() - 1];
            assert!(
                inner.iter().all(|token| !marks.contains(token)),
                "{name}, {text:?}: {tokens:?}"
            );
        }
    }
}

#[test]
fn a_word_that_is_too_long_is_an_error_with_its_place() {
    let Engine { found, .. } = Engine::read("unigram.json");
    let host = tokenizer::Host::with_room(&found.tokenizer, &found.words, found.marks, 12).unwrap();
    // ▁ takes three bytes.
    assert!(host.encode("a ninelette", 64).is_ok());
    let error = host.encode("a ninelettexy", 64).unwrap_err();
    assert_eq!(error, regard::Error::WordTooLong { at: 2, limit: 12 });
}
