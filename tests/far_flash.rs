//! Models in flash that the core cannot address: the same bits as in place, whatever the buffer, and
//! errors for all that can fail.

mod variants;

use regard::far::{Bus, FarFlash};
use regard::format::emit::seal;
use regard::format::{Dims, Model, Role, Slot, Stack};
use regard::kernel::Layout;
use regard::{Error, Picture, Progress, SelfTest, Seq2Seq, Words};
use variants::{Noise, Trace, dims, every_variant, file, file_of, looks, pixels};

type Any<'m> = Seq2Seq<'m, regard::family::Any>;

const SOURCE: [u16; 5] = [3, 8, 4, 7, 2];

/// A chip with a file: it reads in the background, so that nothing is there before it is waited for.
struct Chip<'f> {
    file: &'f [u32],
    reads: usize,
    words: usize,
    /// The read that fails.
    fails: Option<usize>,
}

impl<'f> Chip<'f> {
    fn new(file: &'f [u32]) -> Self {
        Self { file, reads: 0, words: 0, fails: None }
    }
}

impl<'b> Bus<'b> for Chip<'_> {
    type Error = usize;
    type Transfer = (usize, usize, &'b mut [u32]);

    fn start(&mut self, at: u32, words: usize, into: &'b mut [u32]) -> Self::Transfer {
        assert_eq!(at % 4, 0);
        into.fill(0xDEAD_BEEF);
        (at as usize / 4, words, into)
    }

    fn wait(&mut self, (at, words, into): Self::Transfer) -> (&'b mut [u32], Result<(), usize>) {
        let read = self.reads;
        (self.reads, self.words) = (read + 1, self.words + words);
        if self.fails == Some(read) {
            return (into, Err(read));
        }
        let words = self.file.get(at..at + words).expect("inside the file");
        into[..words.len()].copy_from_slice(words);
        (into, Ok(()))
    }
}

/// All that a model says; or which error ended it.
fn say(model: &Model<'_>) -> Result<Trace, Error> {
    let mut arena = vec![0u32; model.arena_bytes() / 4];
    let mut engine = Any::new(model, bytemuck::cast_slice_mut(&mut arena))?;
    say_again(&mut engine)
}

fn say_again(engine: &mut Any<'_>) -> Result<Trace, Error> {
    let pixels = pixels(13, 11);
    let words = if engine.model().dims().reads_words() {
        engine.translate_tokens(&SOURCE)?
    } else {
        engine.describe(&Picture::rgb888(13, 11, &pixels)?)?
    };
    finish(words)
}

fn finish(mut words: Words<'_>) -> Result<Trace, Error> {
    let mut trace = Trace::new();
    while let Some(mut step) = words.step() {
        let (exponent, row) = (step.logits.exponent(), step.alignment.to_vec());
        let mut logits = Vec::new();
        step.logits.each(|_, some| logits.extend_from_slice(some));
        trace.push((step.token, logits, exponent, row));
    }
    words.error().map_or(Ok(trace), Err)
}

/// Calls `work` with the model from far flash, with such a buffer.
fn far<R>(
    file: &[u32],
    buffer: usize,
    work: impl FnOnce(&Model<'_>, &FarFlash<'_, Chip<'_>>) -> R,
) -> R {
    let resident = Model::parse(file).expect("parses").resident_words();
    let (mut buffer, mut ram) = (vec![0; buffer], vec![0; resident]);
    let flash = FarFlash::new(Chip::new(file), &mut buffer);
    work(&Model::load_far(&flash, &mut ram).expect("loads"), &flash)
}

/// The least words of a buffer, odd numbers of them, and more than any matrix has.
fn buffers(file: &[u32]) -> [usize; 4] {
    let least = Model::parse(file).expect("parses").far_buffer_words();
    [least, least + 3, 2 * least + 7, 1 << 14]
}

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

/// Some of each family: Transformers, every cell and attention, pictures.
fn some_of_each() -> Vec<Dims> {
    every_variant().into_iter().step_by(2).collect()
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

#[test]
fn too_little_buffer_or_ram_is_an_error_with_what_it_takes() {
    for dims in every_variant() {
        let file = file(&dims, 38);
        let model = Model::parse(&file).expect("parses");
        let (buffer, ram) = (model.far_buffer_words(), model.resident_words());
        let load = |buffer: usize, ram: usize| {
            let (mut buffer, mut ram) = (vec![0; buffer], vec![0; ram]);
            let flash = FarFlash::new(Chip::new(&file), &mut buffer);
            Model::load_far(&flash, &mut ram).map(|_| ())
        };
        assert_eq!(load(buffer, ram), Ok(()));
        let small = Error::BufferTooSmall { need: 4 * buffer, have: 4 * buffer - 8 };
        assert_eq!(load(buffer - 2, ram), Err(small));
        let small = Error::ArenaTooSmall { need: 4 * ram, have: 4 * ram - 4 };
        assert_eq!(load(buffer, ram - 1), Err(small));
        assert!(matches!(load(0, 0), Err(Error::BufferTooSmall { need: 64, have: 0 })));
    }
}

/// What loading a file says, from far and in place.
fn load_both(words: &[u32]) -> [Result<(), Error>; 2] {
    let (mut buffer, mut ram) = (vec![0; 1 << 12], vec![0; 1 << 12]);
    let flash = FarFlash::new(Chip::new(words), &mut buffer);
    let near = Model::parse(words).and_then(|model| model.verify());
    [Model::load_far(&flash, &mut ram).map(|_| ()), near]
}

#[test]
fn a_damaged_file_is_the_same_error_as_in_place() {
    for dims in some_of_each() {
        let honest = file(&dims, 39);
        let mut noise = Noise::new(40);
        for at in (0..honest.len()).step_by(1 + honest.len() / 400) {
            let mut words = honest.clone();
            words[at] ^= 1 << noise.below(32);
            // Another length is no damage that a flash without an end could notice by it.
            if at != 2 {
                let [far, near] = load_both(&words);
                // The header's checksum is looked at before what the directory says.
                let header = matches!(far, Err(Error::HeaderChecksum { .. }));
                assert!(far.is_err() && (far == near || header), "word {at} of {dims:?}");
            }
        }
    }
}

#[test]
fn lies_with_the_right_checksum_are_the_same_error_as_in_place() {
    for dims in some_of_each() {
        let honest = file(&dims, 41);
        let mut refused = 0;
        for at in (7..honest.len()).step_by(1 + honest.len() / 1000) {
            let mut words = honest.clone();
            words[at] = [0x8000_8000, 0x7F80_7F80, !0, 1 << 31][at % 4];
            seal(&mut words);
            let [far, near] = load_both(&words);
            // What has no room is not asked any further.
            let small =
                matches!(far, Err(Error::ArenaTooSmall { .. } | Error::BufferTooSmall { .. }));
            assert!(far == near || small && near.is_err(), "{far:?} {near:?} word {at}, {dims:?}");
            refused += usize::from(far.is_err());
        }
        assert!(refused > 100, "{refused}");
    }
}

/// The bytes of a demo's model file, as words.
fn demo(name: &str) -> Vec<u32> {
    let path = format!("{}/models/{name}/{name}.rgd", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).expect("a demo");
    bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect()
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

/// All that is said in pieces; or why it ended before.
fn work(engine: &mut Any<'_>) -> Result<Vec<u16>, Error> {
    let (mut tokens, mut work) = (Vec::new(), engine.begin_tokens(&SOURCE)?);
    loop {
        match work.advance() {
            Progress::Busy => {}
            Progress::Word(word) => tokens.push(word.token),
            Progress::Done => break,
            Progress::Failed(error) => {
                assert_eq!(work.advance(), Progress::Failed(error), "it stays so");
                return Err(error);
            }
        }
    }
    assert_eq!(work.advance(), Progress::Done);
    Ok(tokens)
}

#[test]
fn work_in_pieces_ends_at_a_read_that_fails_and_a_retry_has_the_same_words() {
    let file = file(&dims(), 42);
    far(&file, 0x200, |model, flash| {
        let mut arena = vec![0u32; model.arena_bytes() / 4];
        let mut engine =
            Any::new(model, bytemuck::cast_slice_mut(&mut arena)).expect("an arena that fits");
        let expected: Vec<_> =
            engine.translate_tokens(&SOURCE).expect("words").map(|word| word.token).collect();
        let start = flash.with_bus(|chip| chip.reads).expect("idle");
        assert_eq!(work(&mut engine).as_ref(), Ok(&expected));
        let reads = flash.with_bus(|chip| chip.reads).expect("idle") - start;
        for read in (0..reads).step_by(7) {
            flash.with_bus(|chip| chip.fails = Some(chip.reads + read));
            assert!(matches!(work(&mut engine), Err(Error::Bus { .. })), "read {read} of {reads}");
            flash.with_bus(|chip| chip.fails = None);
            assert_eq!(work(&mut engine).as_ref(), Ok(&expected));
        }
    });
}
