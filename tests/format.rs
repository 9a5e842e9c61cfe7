//! Hostile model files: whatever bytes come, the answer is a model that works or a typed error.

mod variants;

use proptest::prelude::*;
use regard::Error;
use regard::format::emit::seal;
use regard::format::{MAGIC, Model, Role, Stack};
use variants::{check_promise, dims, directory_end, every_variant, file, says};

#[test]
fn a_file_comes_back_as_it_was_made() {
    for dims in every_variant() {
        let words = file(&dims, 1);
        let model = Model::parse(&words).expect("parses");
        assert_eq!(*model.dims(), dims);
        assert_eq!(model.file_bytes(), words.len() * 4);
        assert!(!says(&model).is_empty());
        check_promise(&model);
    }
}

#[test]
fn every_section_is_found_by_its_role_and_no_other_is() {
    for dims in every_variant() {
        let words = file(&dims, 1);
        let model = Model::parse(&words).expect("parses");
        let slots = (0..).map_while(|index| dims.slot(index)).count();
        assert_eq!(slots, words[5] as usize, "sections of {dims:?}");
        assert_eq!(model.sections().count(), slots);
        for (slot, section) in model.sections() {
            let found = model.find(slot.stack, slot.layer, slot.role);
            assert_eq!(found.words.as_ptr_range(), section.words.as_ptr_range(), "{slot:?}");
        }
        let has = |stack, layer, role| !model.find(stack, layer, role).words.is_empty();
        assert!(!has(Stack::Encoder, 0, Role::CrossKey));
        assert!(!has(Stack::Encoder, 99, Role::SelfKey));
        assert!(!has(Stack::Encoder, 99, Role::Filter));
        assert!(has(Stack::Decoder, 0, Role::Logits), "of a tied model too");
    }
}

#[test]
fn every_prefix_of_a_file_is_an_error() {
    let words = file(&dims(), 2);
    let bytes: &[u8] = bytemuck::cast_slice(&words);
    for length in 0..bytes.len() {
        assert!(Model::load(&bytes[..length]).is_err(), "{length} bytes");
    }
    for length in 0..words.len() {
        assert!(Model::parse(&words[..length]).is_err(), "{length} words");
    }
}

#[test]
fn every_flipped_bit_is_an_error() {
    let words = file(&dims(), 3);
    let mut words = words;
    for i in 0..words.len() {
        for bit in 0..32 {
            words[i] ^= 1 << bit;
            assert!(Model::parse(&words).is_err(), "bit {bit} of word {i}");
            words[i] ^= 1 << bit;
        }
    }
}

#[test]
fn every_lie_of_header_and_directory_is_an_error_or_a_working_model() {
    for dims in every_variant() {
        let honest = file(&dims, 4);
        let mut accepted = 0;
        for i in 0..directory_end(&honest) {
            let old = honest[i];
            let lies =
                [0, 1, 2, 7, 8, 16, 255, 256, 65_535, 65_536, 1 << 24, i32::MAX as u32, 1 << 31];
            let near = [1, 2, 4, 16, 256, 65_536].map(|d| old.wrapping_add(d));
            let below = [1, 2, 4, 16, 256, 65_536].map(|d| old.wrapping_sub(d));
            for lie in lies.into_iter().chain(near).chain(below).chain([!0, !old]) {
                let mut words = honest.clone();
                words[i] = lie;
                seal(&mut words);
                if let Ok(model) = Model::parse(&words) {
                    accepted += 1;
                    check_promise(&model);
                }
            }
        }
        assert!(accepted > 0, "sealing works, or nothing was tested: {dims:?}");
    }
}

#[test]
fn every_lie_of_the_weights_that_could_wrap_a_sum_is_an_error() {
    for (n, dims) in every_variant().into_iter().enumerate() {
        let honest = file(&dims, 5);
        let said = says(&Model::parse(&honest).expect("parses"));
        // Each kind of word stands in many models: a third of every one is enough.
        for i in (directory_end(&honest) + n % 3..honest.len()).step_by(3) {
            for lie in [0x8000_8000, 0x7F80_7F80, !0, 1 << 31] {
                let mut words = honest.clone();
                words[i] = lie;
                seal(&mut words);
                if let Ok(model) = Model::parse(&words) {
                    check_promise(&model);
                    if lie == 0x8000_8000 && model.verify().is_ok() {
                        assert_eq!(said, says(&model), "word {i} is no padding: {dims:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn errors_say_what_is_wrong_and_by_how_much() {
    let words = file(&dims(), 6);
    let bytes: Vec<u8> = bytemuck::cast_slice(&words).to_vec();
    let error = |bytes: &[u8]| Model::load(bytes).expect_err("refused");
    let have = words.len() * 4;
    assert_eq!(error(&bytes[..have - 4]), Error::Truncated { need: have, have: have - 4 });
    let longer = [&words[..], &[0]].concat();
    assert_eq!(
        error(bytemuck::cast_slice(&longer)),
        Error::TrailingBytes { stated: have, have: have + 4 }
    );
    let mut other = words.clone();
    other[0] = 0x4654_4C54;
    assert_eq!(error(bytemuck::cast_slice(&other)), Error::BadMagic { found: 0x4654_4C54 });
    let mut newer = words.clone();
    newer[1] += 1;
    assert_eq!(
        error(bytemuck::cast_slice(&newer)),
        Error::BadVersion { major: newer[1] as u16, minor: 0 }
    );
    let mut bigger = words.clone();
    bigger[6] += 4;
    seal(&mut bigger);
    assert!(matches!(Model::parse(&bigger), Err(Error::ArenaSize { .. })));
    assert!(Model::parse(&bigger).expect_err("refused").to_string().contains("stated"));
}

#[test]
fn a_misaligned_file_is_an_error() {
    let words = file(&dims(), 7);
    let shifted = [&[0u8, 0, 0, 0][..], bytemuck::cast_slice(&words)].concat();
    let aligned: Vec<u32> = vec![0; shifted.len() / 4 + 1];
    let mut bytes: Vec<u32> = aligned;
    let view: &mut [u8] = bytemuck::cast_slice_mut(&mut bytes);
    for by in 1..4 {
        view[by..by + words.len() * 4].copy_from_slice(bytemuck::cast_slice(&words));
        assert_eq!(
            Model::load(&view[by..by + words.len() * 4]).map(|_| ()),
            Err(Error::Misaligned { by })
        );
    }
}

#[test]
fn erased_and_torn_flash_is_an_error() {
    let words = file(&dims(), 8);
    for fill in [0, !0] {
        assert!(Model::parse(&vec![fill; words.len()]).is_err());
        for cut in 0..words.len() {
            let mut torn = words.clone();
            torn[cut..].fill(fill);
            assert!(torn == words || Model::parse(&torn).is_err(), "torn at word {cut}");
        }
    }
    let other = file(&dims(), 9);
    assert_eq!(other.len(), words.len());
    for cut in 1..words.len() {
        let mixed = [&words[..cut], &other[cut..]].concat();
        assert!(mixed == words || mixed == other || Model::parse(&mixed).is_err(), "{cut}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(mut words in prop::collection::vec(any::<u32>(), 0..400)) {
        prop_assert!(Model::parse(&words).is_err());
        if let Some(first) = words.first_mut() {
            *first = MAGIC;
        }
        prop_assert!(Model::parse(&words).is_err());
    }

    #[test]
    fn several_lies_at_once_are_an_error_or_a_working_model(
        which in any::<prop::sample::Index>(),
        lies in prop::collection::vec((1usize..360, prop_oneof![0u32..70, any::<u32>()]), 1..6),
    ) {
        let mut words = file(which.get(&every_variant()), 10);
        let end = directory_end(&words);
        for (i, lie) in lies {
            words[i % end] = lie;
        }
        seal(&mut words);
        if let Ok(model) = Model::parse(&words) {
            check_promise(&model);
        }
    }
}

#[test]
fn word_tables_that_lie_are_errors() {
    let words = file(&dims(), 11);
    let table = directory_end(&words);
    let sorted = table + dims().source_vocabulary + 1;
    let refused = |change: &dyn Fn(&mut [u32])| {
        let mut words = words.clone();
        change(&mut words);
        seal(&mut words);
        matches!(Model::parse(&words), Err(Error::BadTensor { index: 0, .. }))
    };
    assert!(!refused(&|_| ()));
    assert!(refused(&|words| words[sorted] = words[sorted].rotate_left(16)), "out of order");
    assert!(refused(&|words| words[sorted] |= 0x7F), "no such token");
    assert!(refused(&|words| words[table] = 1), "a first word that starts late");
    assert!(refused(&|words| words[table + 3] = u32::MAX), "a word outside the text");
    assert!(refused(&|words| words[table + 9] = 2), "a text that goes on behind its words");
    assert!(refused(&|words| words[sorted + 5] = 0xFFFF_FFFF), "a text that is not UTF-8");
}

/// The words where a file says what its Transformer does otherwise than the paper's.
const VARIANT: [usize; 2] = [35, 36];

#[test]
fn a_file_without_variants_is_of_the_first_minor_version_and_has_none_in_it() {
    for dims in every_variant() {
        let words = file(&dims, 8);
        assert_eq!(words[1] >> 16, u32::from(dims.needs_variants()), "{dims:?}");
        assert!(dims.needs_variants() || VARIANT.iter().all(|&i| words[i] == 0));
    }
}

#[test]
fn variants_take_their_feature() {
    let honest = file(&dims(), 9);
    for (i, bit) in [(7, 1 << 25), (35, 1), (35, 1 << 8), (36, 2)] {
        let mut words = honest.clone();
        words[1] |= 1 << 16;
        words[i] |= bit;
        seal(&mut words);
        check_feature(&words, "variants", cfg!(feature = "variants"));
    }
}

#[test]
fn pieces_of_words_take_their_feature() {
    let honest = file(&dims(), 9);
    for (i, word) in [(62, 2), (63, 1 << 16 | 1)] {
        let mut words = honest.clone();
        words[1] |= 1 << 16;
        words[i] = word;
        seal(&mut words);
        check_feature(&words, "subwords", cfg!(feature = "subwords"));
    }
}

/// A file that takes a feature is refused with its name by a build that has it not.
fn check_feature(words: &[u32], feature: &'static str, is_on: bool) {
    let lacks = Error::NeedsFeature { feature };
    let error = Model::parse(words).err();
    assert_eq!(error == Some(lacks), !is_on, "{error:?}");
    assert!(lacks.to_string().ends_with(&format!("feature that is off: {feature}")));
}

#[cfg(feature = "subwords")]
#[test]
fn pieces_of_words_in_a_file_of_the_first_minor_version_are_an_error() {
    let mut words = file(&dims(), 10);
    words[62] = 2;
    seal(&mut words);
    let error = Error::BadField { field: "minor version", value: 0 };
    assert_eq!(Model::parse(&words).err(), Some(error));
    words[1] |= 1 << 16;
    seal(&mut words);
    assert!(Model::parse(&words).is_ok());
}

#[cfg(feature = "variants")]
#[test]
fn variants_in_a_file_of_the_first_minor_version_are_an_error() {
    let dims = variants::later();
    for dims in dims {
        let mut words = file(&dims, 10);
        words[1] &= 0xFFFF;
        seal(&mut words);
        let error = Model::parse(&words).expect_err("refused");
        assert_eq!(error, Error::BadField { field: "minor version", value: 0 });
    }
}
