//! The layouts of matrices in a file: those that a build reads, those that it does not, and the rows that only
//! fill a block.

mod variants;

use regard::Error;
use regard::format::emit::seal;
use regard::format::{Kind, Model};
use regard::kernel::Layout;
use variants::{HEADER, dims, every_variant, file};

#[test]
fn a_row_that_only_fills_a_block_may_not_wrap_a_sum_either() {
    let mut refused = 0;
    for dims in every_variant() {
        let honest = file(&dims, 5);
        let model = Model::parse(&honest).expect("parses");
        let filled = model.sections().filter(|(slot, section)| {
            let fills = section.rows % 4 == 2 && section.columns % 4 == 0;
            slot.kind() == Kind::Matrix && fills && section.layout == Layout::Pairs
        });
        for (_, section) in filled {
            // Rows 2 and 3 of the last block share the second word of each pair, and 4 multipliers end it.
            let behind = section.words.as_ptr_range().end.addr() - honest.as_ptr().addr();
            let mut words = honest.clone();
            words[behind / 4 - 5] = 0x8000_8000;
            seal(&mut words);
            let found = Model::parse(&words).and_then(|model| model.verify());
            let Err(Error::BadTensor { field, .. }) = found else {
                panic!("{found:?} of {dims:?}")
            };
            assert_eq!(field, "weight");
            refused += 1;
        }
    }
    assert!(refused > 0);
}

/// Layouts that files may ask for, what they are called, and the Cargo feature they need.
const LAYOUTS: [(u32, &str); 2] = [(3, "int4"), (4, "bytes")];

#[test]
fn a_layout_that_a_build_cannot_read_is_an_error_that_names_its_feature() {
    let mut words = file(&dims(), 12);
    let entry = HEADER + 8 * 3; // Behind two tables and the self-test: the source's embedding.
    let id = words[entry];
    assert_eq!(id >> 24, 1);
    for (byte, feature) in LAYOUTS {
        words[entry] = id & 0xFF_FFFF | byte << 24;
        seal(&mut words);
        let error = Model::parse(&words).expect_err("neither its bytes nor its length");
        let known = match feature {
            "int4" => cfg!(feature = "int4"),
            _ => cfg!(feature = "bytes"),
        };
        assert_eq!(known, error != Error::LacksFeature { index: 3, feature }, "{error}");
        assert_eq!(known, !error.to_string().ends_with(&format!("tensor 3, {feature}")));
    }
}

#[cfg(any(feature = "int4", feature = "bytes"))]
mod every {
    use super::*;
    use variants::{check_promise, directory_end, file_of, says};

    const ALL: &[Layout] = &[
        #[cfg(feature = "int4")]
        Layout::Fours,
        #[cfg(feature = "bytes")]
        Layout::Bytes,
    ];

    #[test]
    fn a_file_of_every_layout_works_and_its_lies_are_errors_or_working_models() {
        for (&layout, dims) in ALL
            .iter()
            .flat_map(|layout| every_variant().into_iter().map(move |dims| (layout, dims)))
        {
            let honest = file_of(&dims, layout, 13);
            let model = Model::parse(&honest).expect("parses");
            assert!(!says(&model).is_empty());
            check_promise(&model);
            let matrix = |&(slot, _): &(regard::format::Slot, _)| dims.takes(&slot, layout);
            let of_it = |section: regard::format::Section<'_>| section.layout == layout;
            let mut sections = model.sections().filter(matrix);
            assert!(sections.any(|(_, section)| of_it(section)), "{dims:?}");
            let mut words = honest.clone();
            for i in directory_end(&honest) - 8 * 4..honest.len() {
                for lie in [0x8000_8000, 0x7F80_7F80, !0, 1 << 31] {
                    words[i] = lie;
                    if i % 5 == 0 {
                        seal(&mut words);
                        Model::parse(&words).iter().for_each(check_promise);
                    }
                }
                words[i] = honest[i];
            }
        }
    }
}
