//! Reads that fail: an error of the sentence, and the next one has its words.

use super::{Any, Chip, SOURCE, far, say, say_again, some_of_each};
use crate::variants::{dims, file};
use regard::Error;
use regard::far::FarFlash;
use regard::format::{Dims, Model, Role, Stack};

/// Lets one read after the other fail: of a sentence that takes `reads`, every `step`th.
fn fail_at_each_read(dims: &Dims, step: usize) {
    let file = file(dims, 34);
    let expected = say(&Model::parse(&file).expect("parses"));
    far(&file, 0x200, |model, flash| {
        let mut arena = vec![0u32; model.arena_bytes() / 4];
        let mut engine =
            Any::new(model, bytemuck::cast_slice_mut(&mut arena)).expect("an arena that fits");
        let count = |flash: &FarFlash<'_, Chip<'_>>| flash.with_bus(|chip| chip.reads);
        let start = count(flash).expect("idle");
        assert_eq!(say_again(&mut engine), expected);
        let reads = count(flash).expect("idle") - start;
        for read in (0..reads).step_by(step) {
            flash.with_bus(|chip| chip.fails = Some(chip.reads + read));
            let failed = say_again(&mut engine).expect_err("a read fails");
            let Error::Bus { at } = failed else { panic!("{failed:?}") };
            assert!(at < 4 * file.len() && at.is_multiple_of(4));
            let fails = flash.with_bus(|chip| chip.fails.take()).expect("idle");
            assert_eq!(flash.take_error(), fails, "read {read}");
            assert_eq!(flash.take_error(), None);
            assert_eq!(say_again(&mut engine), expected, "after read {read} of {dims:?}");
        }
    });
}

#[test]
fn a_read_that_fails_is_an_error_of_the_sentence_and_a_retry_has_the_same_words() {
    fail_at_each_read(&dims(), 1);
}

#[test]
fn so_it_is_in_every_kind_of_model() {
    for dims in some_of_each() {
        fail_at_each_read(&dims, 17);
    }
}

#[test]
fn a_read_that_fails_while_loading_or_copying_is_an_error_and_a_retry_loads() {
    let file = file(&dims(), 35);
    let model = Model::parse(&file).expect("parses");
    let (mut buffer, resident) = (vec![0; model.far_buffer_words()], model.resident_words());
    let flash = FarFlash::new(Chip::new(&file), &mut buffer);
    let load = |fails: Option<usize>| {
        flash.with_bus(|chip| chip.fails = fails.map(|read| chip.reads + read));
        let mut ram = vec![0; resident];
        let mut near = vec![0; 1 << 10];
        let logits = (Stack::Decoder, 0, Role::Logits);
        let model = Model::load_far(&flash, &mut ram)?;
        model.with_near(&[logits], &mut near).map(|_| ())
    };
    assert_eq!(load(None), Ok(()));
    let reads = flash.with_bus(|chip| chip.reads).expect("idle");
    assert!(reads > 50, "{reads}");
    for read in 0..reads {
        assert!(matches!(load(Some(read)), Err(Error::Bus { .. })), "read {read} of {reads}");
    }
    assert_eq!(load(None), Ok(()));
}

#[test]
fn words_end_at_an_error_which_can_be_asked_for_and_stays() {
    let file = file(&dims(), 36);
    far(&file, 0x200, |model, flash| {
        let mut arena = vec![0u32; model.arena_bytes() / 4];
        let mut engine =
            Any::new(model, bytemuck::cast_slice_mut(&mut arena)).expect("an arena that fits");
        let mut words = engine.translate_tokens(&SOURCE).expect("encodes");
        assert!(words.try_next().is_ok());
        flash.with_bus(|chip| chip.fails = Some(chip.reads));
        let failed = words.try_next().expect_err("the bus fails");
        assert_eq!(words.next(), None);
        assert_eq!((words.try_next(), words.error()), (Err(failed), Some(failed)));
        assert!(failed.to_string().starts_with("the flash could not be read at byte "));
    });
}

#[test]
fn a_flash_in_use_is_an_error_of_the_second_user() {
    let file = file(&dims(), 37);
    far(&file, 0x200, |model, flash| {
        let inside = flash.with_bus(|_| (say(model), flash.with_bus(|_| ()), flash.take_error()));
        assert!(matches!(inside, Some((Err(Error::Bus { .. }), None, None))));
        assert!(say(model).is_ok());
    });
}
