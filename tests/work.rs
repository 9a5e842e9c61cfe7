//! Work in pieces: the same bits as in one go, whatever happens in between.

mod variants;

use regard::format::{Checksum, Dims, Model};
use regard::{Error, Picture, Progress, Saved, Seq2Seq, Token, Work};
use variants::{Noise, Trace, arena, every_variant, file, pixels, trace, trace_picture};

const SOURCE: [Token; 5] = [3, 8, 4, 7, 2];

/// Words, and where each came from.
type Said = Vec<(Token, Vec<u16>)>;

/// What a model is asked.
struct Question<'q> {
    model: &'q Model<'q>,
    pixels: Vec<u8>,
}

impl<'q> Question<'q> {
    fn of(model: &'q Model<'q>) -> Self {
        Self { model, pixels: pixels(13, 11) }
    }

    fn in_one_go(&self) -> Said {
        let steps: Trace = if self.model.dims().reads_words() {
            trace(self.model, &SOURCE, 0, &[])
        } else {
            trace_picture(self.model, &self.pixels, 0)
        };
        let eos = self.model.dims().target_eos;
        steps.into_iter().map(|step| (step.0, step.3)).filter(|word| word.0 != eos).collect()
    }

    fn begin<'w>(&'w self, engine: &'w mut Seq2Seq<'_>) -> Result<Work<'w>, Error> {
        if self.model.dims().reads_words() {
            engine.begin_tokens(&SOURCE)
        } else {
            engine.begin_picture(Picture::rgb888(13, 11, &self.pixels)?)
        }
    }
}

/// Goes on until `most` pieces are done, or all. Returns how many were.
fn go_on(work: &mut Work<'_>, most: usize, said: &mut Said) -> usize {
    for pieces in 0..most {
        match work.advance() {
            Progress::Busy => {}
            Progress::Word(word) => said.push((word.token, word.alignment.to_vec())),
            Progress::Done => return pieces,
            Progress::Failed(error) => panic!("{error}"),
        }
    }
    most
}

fn each(check: impl Fn(&Question<'_>, &Dims)) {
    for (seed, dims) in every_variant().iter().enumerate() {
        let words = file(dims, 40 + seed as u64);
        let model = Model::parse(&words).expect("parses");
        check(&Question::of(&model), dims);
    }
}

#[test]
fn the_words_are_those_of_one_go_in_an_arena_of_any_content() {
    each(|question, dims| {
        for dirt in [0, !0, 0x7FFF_8001] {
            let mut ram = arena(question.model, dirt);
            let mut engine =
                Seq2Seq::new(question.model, bytemuck::cast_slice_mut(&mut ram)).expect("fits");
            let (mut work, mut said) = (question.begin(&mut engine).expect("starts"), Said::new());
            let pieces = go_on(&mut work, usize::MAX, &mut said);
            assert_eq!(said, question.in_one_go(), "{dims:?}");
            assert!(pieces > 2 * said.len(), "{pieces} pieces, {} words", said.len());
            assert_eq!(work.advance(), Progress::Done);
        }
    });
}

#[test]
fn work_goes_on_in_another_arena_after_any_piece() {
    each(|question, dims| {
        let mut ram = arena(question.model, 0);
        let mut other = arena(question.model, !0);
        let expected = question.in_one_go();
        let reads_words = dims.reads_words();
        for at in 0.. {
            let mut said = Said::new();
            let mut engine =
                Seq2Seq::new(question.model, bytemuck::cast_slice_mut(&mut ram)).expect("fits");
            let mut work = question.begin(&mut engine).expect("starts");
            if go_on(&mut work, at, &mut said) < at {
                break;
            }
            let saved = Saved::from_bytes(work.save().to_bytes());
            let kept = engine.arena().to_vec();
            let mut engine =
                Seq2Seq::new(question.model, bytemuck::cast_slice_mut(&mut other)).expect("fits");
            engine.arena_mut().copy_from_slice(&kept);
            match engine.resume(&saved) {
                Ok(mut work) => {
                    go_on(&mut work, usize::MAX, &mut said);
                    assert_eq!(said, expected, "after {at} pieces of {dims:?}");
                }
                Err(Error::WantsPicture) => assert!(!reads_words && said.is_empty()),
                Err(error) => panic!("after {at} pieces: {error}"),
            }
        }
    });
}

#[test]
fn work_that_is_dropped_after_any_piece_leaves_the_next_one_whole() {
    each(|question, _| {
        let mut ram = arena(question.model, 0);
        let mut engine =
            Seq2Seq::new(question.model, bytemuck::cast_slice_mut(&mut ram)).expect("fits");
        for at in [1, 2, 7, 23, 40] {
            go_on(&mut question.begin(&mut engine).expect("starts"), at, &mut Said::new());
        }
        let mut said = Said::new();
        go_on(&mut question.begin(&mut engine).expect("starts"), usize::MAX, &mut said);
        assert_eq!(said, question.in_one_go());
    });
}

#[test]
fn no_flipped_bit_of_what_was_saved_or_of_its_arena_goes_unseen() {
    let words = file(&variants::dims(), 44);
    let model = Model::parse(&words).expect("parses");
    let mut ram = arena(&model, 0);
    let mut engine: Seq2Seq<'_> =
        Seq2Seq::new(&model, bytemuck::cast_slice_mut(&mut ram)).expect("fits");
    let mut work = engine.begin_tokens(&SOURCE).expect("starts");
    go_on(&mut work, 30, &mut Said::new());
    let saved = work.save().to_bytes();
    for bit in 0..saved.len() * 8 {
        let mut damaged = saved;
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(engine.resume(&Saved::from_bytes(damaged)).is_err(), "bit {bit}");
    }
    let (mut noise, bits) = (Noise::new(44), engine.arena().len() as u64 * 8);
    for _ in 0..1000 {
        let bit = noise.below(bits) as usize;
        engine.arena_mut()[bit / 8] ^= 1 << (bit % 8);
        let found = engine.resume(&Saved::from_bytes(saved)).map(|_| ());
        assert!(matches!(found, Err(Error::SavedChecksum { .. })), "bit {bit}");
        engine.arena_mut()[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(engine.resume(&Saved::from_bytes(saved)).is_ok());
}

/// `saved` with another word, and the checksum of that.
fn lie(saved: [u8; Saved::BYTES], index: usize, value: u32) -> Saved {
    let mut words = saved.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
    let mut words: Vec<u32> = words.by_ref().collect();
    words[index] = value;
    let last = words.len() - 1;
    words[last] = Checksum::of(&words[..last]);
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    Saved::from_bytes(bytes.try_into().expect("as many"))
}

#[test]
fn lies_with_the_right_checksum_are_refused_field_by_field() {
    let words = file(&variants::dims(), 48);
    let model = Model::parse(&words).expect("parses");
    let mut ram = arena(&model, 0);
    let mut engine: Seq2Seq<'_> =
        Seq2Seq::new(&model, bytemuck::cast_slice_mut(&mut ram)).expect("fits");
    let saved = engine.begin_tokens(&SOURCE).expect("starts").save().to_bytes();
    let dims = model.dims();
    let (source, target) = (dims.max_source_len as u32, dims.max_target_len as u32);
    let vocabulary = dims.target_vocabulary as u32;
    let fields = [
        (3, 4, "phase"),
        (5, 0, "source length"),
        (5, source + 1, "source length"),
        (6, target + 1, "position"),
        (7, 1 << 13, "exponent"),
        (8, 1 << 31, "exponent"),
        (9, vocabulary, "token"),
        (10, 3, "logits seen"),
        (10, vocabulary + 4, "logits seen"),
        (11, vocabulary, "token"),
    ];
    for (index, value, field) in fields {
        let found = engine.resume(&lie(saved, index, value)).map(|_| ());
        assert_eq!(found, Err(Error::BadField { field, value }), "word {index}");
    }
    for reserved in [13, 14] {
        let found = engine.resume(&lie(saved, reserved, 1)).map(|_| ());
        assert_eq!(found, Err(Error::OtherModel), "word {reserved}");
    }
    // Any unit and any number is safe: what is not there is not done.
    let kept = engine.arena().to_vec();
    for unit in [1, 77, u32::MAX] {
        engine.arena_mut().copy_from_slice(&kept);
        let mut work = engine.resume(&lie(saved, 4, unit)).expect("in range");
        let mut said = Said::new();
        go_on(&mut work, usize::MAX, &mut said);
        assert!(said.len() <= target as usize);
    }
}

#[test]
fn work_of_another_model_is_refused() {
    let [one, other] = [45, 46].map(|seed| file(&variants::dims(), seed));
    let [one, other] = [&one, &other].map(|words| Model::parse(words).expect("parses"));
    let [mut ram, mut others] = [arena(&one, 0), arena(&other, 0)];
    let mut engine: Seq2Seq<'_> =
        Seq2Seq::new(&one, bytemuck::cast_slice_mut(&mut ram)).expect("fits");
    let saved = engine.begin_tokens(&SOURCE).expect("starts").save();
    let mut engine: Seq2Seq<'_> =
        Seq2Seq::new(&other, bytemuck::cast_slice_mut(&mut others)).expect("fits");
    assert_eq!(engine.resume(&saved).map(|_| ()), Err(Error::OtherModel));
}

#[test]
fn what_cannot_be_read_is_an_error_before_any_work() {
    let words = file(&variants::dims(), 47);
    let model = Model::parse(&words).expect("parses");
    let mut ram = arena(&model, 0);
    let mut engine: Seq2Seq<'_> =
        Seq2Seq::new(&model, bytemuck::cast_slice_mut(&mut ram)).expect("fits");
    let pixels = pixels(13, 11);
    let picture = Picture::rgb888(13, 11, &pixels).expect("its size");
    assert_eq!(engine.begin_picture(picture).map(|_| ()), Err(Error::WantsText));
    assert_eq!(engine.begin("").map(|_| ()), Err(Error::EmptySource));
    assert_eq!(engine.begin("w3 mjölk").map(|_| ()), Err(Error::UnknownWord { at: 3, length: 6 }));
    assert!(engine.begin("w3 w4").is_ok());
}
