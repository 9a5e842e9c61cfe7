//! What holds for every model.

mod variants;

use regard::format::emit::{Content, emit};
use regard::format::{Model, Role};
use regard::{Error, SelfTest, Transformer};
use variants::{arena, digests, dims, file, looks, text_variants, trace};

const SOURCE: [u16; 5] = [3, 8, 4, 7, 2];

#[test]
fn padding_changes_nothing() {
    for dims in text_variants() {
        let words = file(&dims, 11);
        let model = Model::parse(&words).expect("parses");
        let padded = [3, 8, 4, 7, 2, 0, 0];
        assert_eq!(trace(&model, &SOURCE, 0, &[]), trace(&model, &padded, 0, &[]));
    }
}

#[test]
fn a_dirty_arena_changes_nothing() {
    for dims in text_variants() {
        let words = file(&dims, 12);
        let model = Model::parse(&words).expect("parses");
        let clean = trace(&model, &SOURCE, 0, &[]);
        assert!(!clean.is_empty());
        assert_eq!(clean, trace(&model, &SOURCE, !0, &[]));
        assert_eq!(clean, trace(&model, &SOURCE, 0x7FFF_8001, &[]));
    }
}

#[test]
fn the_past_is_all_that_a_step_depends_on() {
    for dims in text_variants() {
        let words = file(&dims, 13);
        let model = Model::parse(&words).expect("parses");
        let a = trace(&model, &SOURCE, 0, &[5, 6, 7, 8, 9, 10, 3, 4]);
        let b = trace(&model, &SOURCE, 0, &[5, 6, 7, 3, 3, 3, 3, 3]);
        assert_eq!(a[..4], b[..4]);
        assert_ne!(a[4..], b[4..]);
    }
}

#[test]
fn every_source_token_matters_to_a_decoder_that_looks() {
    // Three layers of random cells forget.
    for dims in text_variants().into_iter().filter(|dims| looks(dims) && dims.encoder_layers < 3) {
        let words = file(&dims, 14);
        let model = Model::parse(&words).expect("parses");
        let original = trace(&model, &SOURCE, 0, &[]);
        for position in 0..SOURCE.len() {
            let mut changed = SOURCE;
            changed[position] = 5;
            let found = trace(&model, &changed, 0, &[]);
            assert_ne!(original[0], found[0], "token {position} of {dims:?}");
        }
    }
}

#[test]
fn the_last_word_of_a_source_matters_to_every_decoder() {
    for dims in text_variants() {
        let words = file(&dims, 14);
        let model = Model::parse(&words).expect("parses");
        let other = [3, 8, 4, 5, 2];
        assert_ne!(trace(&model, &SOURCE, 0, &[])[0], trace(&model, &other, 0, &[])[0]);
    }
}

#[test]
fn alignment_rows_sum_to_one() {
    for dims in text_variants() {
        let words = file(&dims, 15);
        let model = Model::parse(&words).expect("parses");
        for len in 1..=dims.max_source_len {
            for (_, _, _, row) in trace(&model, &vec![3; len], 0, &[]) {
                let sum: i32 = row.iter().map(|&weight| i32::from(weight)).sum();
                if looks(&dims) {
                    assert_eq!(row.len(), len);
                    assert!((sum - 32_768).abs() <= 8, "{row:?}");
                } else {
                    assert!(row.is_empty());
                }
            }
        }
    }
}

#[test]
fn one_byte_less_of_arena_is_an_error() {
    let words = file(&dims(), 16);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, 0);
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut arena);
    let (need, have) = (bytes.len(), bytes.len() - 1);
    let error = Transformer::new(&model, &mut bytes[..have]).map(|_| ());
    assert_eq!(error, Err(Error::ArenaTooSmall { need, have }));
}

#[test]
fn bad_sources_are_errors_and_the_next_sentence_works() {
    let words = file(&dims(), 17);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, 0);
    let mut t = Transformer::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
    let mut text = |text: &str| t.translate(text).map(|words| words.count());
    assert_eq!(text(""), Err(Error::EmptySource));
    assert_eq!(text(" \t "), Err(Error::EmptySource));
    assert_eq!(text("w3 mjölk w4"), Err(Error::UnknownWord { at: 3, length: 6 }));
    assert_eq!(text(&"x".repeat(5000)), Err(Error::UnknownWord { at: 0, length: 5000 }));
    assert_eq!(text("w3 w3 w3 w3 w3 w3 w3"), Err(Error::SourceTooLong { limit: 7 }));
    assert!(text("w3 w3 w3 w3 w3 W3").is_ok());
    let mut tokens = |source: &[u16]| t.translate_tokens(source).map(|words| words.count());
    assert_eq!(tokens(&[]), Err(Error::EmptySource));
    assert_eq!(tokens(&[0, 0]), Err(Error::EmptySource));
    assert_eq!(tokens(&[3, 9, 2]), Err(Error::BadToken { token: 9, vocabulary: 9 }));
    assert_eq!(tokens(&[3, 0, 2]), Err(Error::BadToken { token: 0, vocabulary: 9 }));
    assert_eq!(tokens(&[3; 8]), Err(Error::SourceTooLong { limit: 7 }));
    assert!(tokens(&[3; 7]).is_ok());
}

#[test]
fn dropping_a_translation_half_way_leaves_the_next_one_whole() {
    let words = file(&dims(), 18);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, 0);
    let mut t = Transformer::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
    let _ = t.translate("w3 w4 w5").expect("starts").next();
    let again: Vec<_> =
        t.translate_tokens(&SOURCE).expect("starts").map(|word| word.token).collect();
    let fresh: Vec<_> = trace(&model, &SOURCE, 0, &[]).iter().map(|step| step.0).collect();
    assert!(fresh.starts_with(&again));
}

#[test]
fn a_self_test_passes_and_its_first_difference_is_named() {
    let dims = dims();
    let plain = file(&dims, 19);
    let model = Model::parse(&plain).expect("parses");
    let mut steps = digests(&trace(&model, &SOURCE, 0, &[]));
    let with = |steps: &[(u16, u32)]| {
        let mut contents =
            variants::contents(&dims, regard::kernel::Layout::Pairs, &mut variants::Noise::new(19));
        contents[Role::SelfTest as usize] = Content::self_test(&SOURCE, steps);
        emit(&dims, &contents).expect("a model as the dims ask")
    };
    let run = |words: &[u32]| {
        let model = Model::parse(words).expect("parses");
        let mut arena = arena(&model, 7);
        let mut t = Transformer::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
        SelfTest::of(&model).run(&mut t)
    };
    assert_eq!(run(&plain), Err(Error::EmptySource));
    assert_eq!(run(&with(&steps)), Ok(()));
    let last = steps.len() - 1;
    steps[last].1 ^= 1;
    assert_eq!(run(&with(&steps)), Err(Error::SelfTest { step: last }));
}

#[test]
fn marks_are_no_words() {
    let words = file(&dims(), 20);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, 0);
    let mut t = Transformer::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
    for mark in ["w3 w0", "w3 w2"] {
        let refused = t.translate(mark).map(|words| words.count());
        assert_eq!(refused, Err(Error::UnknownWord { at: 3, length: 2 }));
    }
}

#[test]
fn only_tokens_of_the_vocabulary_can_be_forced() {
    let words = file(&dims(), 21);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, !0);
    let mut t = Transformer::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
    let mut words = t.translate_tokens(&SOURCE).expect("starts");
    assert_eq!(words.force(11), Err(Error::BadToken { token: 11, vocabulary: 11 }));
    assert_eq!(words.force(10), Ok(()));
    assert!(words.step().is_some());
}

#[cfg(feature = "libm")]
#[test]
fn the_probabilities_of_all_words_are_one_and_that_of_what_is_said_the_highest() {
    use regard::real::log_probability;
    let words = file(&dims(), 24);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, 0);
    let mut t = Transformer::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
    let mut words = t.translate_tokens(&SOURCE).expect("starts");
    while let Some(mut step) = words.step() {
        let all: Vec<f32> = (0..11).map(|token| log_probability(&mut step.logits, token)).collect();
        assert!(all.iter().all(|&log| log <= all[usize::from(step.token)]), "{all:?}");
        assert!((all.iter().map(|log| log.exp()).sum::<f32>() - 1.0).abs() < 1e-5, "{all:?}");
        assert_eq!(log_probability(&mut step.logits, 11), f32::NEG_INFINITY);
    }
}
