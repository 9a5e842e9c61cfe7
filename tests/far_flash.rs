//! Models in flash that the core cannot address: the same bits as in place, whatever the buffer (here) and
//! in pieces (far/pieces.rs); errors for reads that fail (far/failures.rs) and for files and RAM that are not
//! as they should be (far/loading.rs).

mod far;
mod variants;

use far::{Any, buffers, demo, far, say, some_of_each};
use regard::format::{Model, Slot};
use regard::kernel::Layout;
use regard::{Error, SelfTest};
use variants::{dims, every_variant, file, file_of, looks};

#[test]
fn every_model_says_the_same_bits_from_far_flash_with_any_buffer() {
    let layouts = [
        Layout::Pairs,
        #[cfg(feature = "int4")]
        Layout::Fours,
        #[cfg(feature = "bytes")]
        Layout::Bytes,
    ];
    for (layout, dims) in
        layouts.iter().flat_map(|l| every_variant().into_iter().map(move |d| (l, d)))
    {
        let file = file_of(&dims, *layout, 31);
        let expected = say(&Model::parse(&file).expect("parses")).expect("in place");
        assert!(!expected.is_empty());
        for buffer in buffers(&file) {
            far(&file, buffer, |model, _| {
                assert_eq!(say(model).as_ref(), Ok(&expected), "{buffer} words, {dims:?}");
                assert_eq!(model.file_bytes(), 4 * file.len());
            });
        }
    }
}

#[test]
fn more_buffer_is_fewer_reads_and_no_more_words() {
    let file = file(&dims(), 32);
    let (mut before, mut all) = ([usize::MAX; 2], Vec::new());
    for buffer in buffers(&file) {
        let used = far(&file, buffer, |model, flash| {
            let start = flash.with_bus(|chip| [chip.reads, chip.words]).expect("idle");
            assert!(say(model).is_ok());
            let end = flash.with_bus(|chip| [chip.reads, chip.words]).expect("idle");
            [end[0] - start[0], end[1] - start[1]]
        });
        assert!(used[0] <= before[0] && used[1] <= before[1], "{used:?} behind {before:?}");
        before = used;
        all.push(used);
    }
    assert!(all[0][0] > 2 * all[3][0] && all[0][1] > all[3][1], "{all:?}");
}

#[test]
fn chosen_sections_of_a_far_model_are_read_in_ram() {
    for dims in some_of_each() {
        let file = file(&dims, 33);
        let expected = say(&Model::parse(&file).expect("parses"));
        far(&file, 1 << 10, |model, flash| {
            let places = |slots: &[Slot]| {
                slots.iter().map(|s| (s.stack, s.layer, s.role)).collect::<Vec<_>>()
            };
            let all: Vec<Slot> = model.sections().map(|(slot, _)| slot).collect();
            for first in 0..3 {
                let some: Vec<Slot> = all.iter().copied().skip(first).step_by(2).collect();
                let chosen = places(if first == 2 { &all } else { &some });
                let mut ram = vec![0; model.near_words(&chosen)];
                let near = model.with_near(&chosen, &mut ram).expect("room");
                let before = flash.with_bus(|chip| chip.reads).expect("idle");
                assert_eq!(say(&near), expected, "{dims:?}");
                let reads = flash.with_bus(|chip| chip.reads).expect("idle") - before;
                assert_eq!(reads == 0, first == 2, "{reads} reads, {dims:?}");
            }
        });
    }
}

#[test]
fn demos_pass_the_tests_they_carry_and_a_failing_bus_is_no_failed_test() {
    for name in ["eng-fra-tiny", "g2p-tiny", "eng-fra-additive", "scenes"] {
        let file = demo(name);
        let least = Model::parse(&file).expect("parses").far_buffer_words();
        far(&file, least, |model, flash| {
            let mut arena = vec![0u32; model.arena_bytes() / 4];
            let mut engine =
                Any::new(model, bytemuck::cast_slice_mut(&mut arena)).expect("an arena that fits");
            let test = SelfTest::of(model);
            assert_eq!(test.run(&mut engine), Ok(()), "{name}");
            let reads = flash.with_bus(|chip| chip.reads).expect("idle");
            flash.with_bus(|chip| chip.fails = Some(chip.reads + reads / 5));
            assert!(matches!(test.run(&mut engine), Err(Error::Bus { .. })), "{name}");
        });
    }
}

#[test]
fn models_that_look_and_models_that_do_not_are_among_them() {
    assert!(some_of_each().iter().any(looks) && !some_of_each().iter().all(looks));
}
