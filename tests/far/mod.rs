//! A chip in which model files lie, and what is asked of models that are read from it.

mod failures;
mod loading;
mod pieces;

use super::variants::{Trace, every_variant, looks, pixels};
use regard::far::{Bus, FarFlash};
use regard::format::{Dims, Model};
use regard::{Error, Picture, Seq2Seq, Words};

pub(crate) type Any<'m> = Seq2Seq<'m, regard::family::Any>;

pub(crate) const SOURCE: [u16; 5] = [3, 8, 4, 7, 2];

/// A chip with a file: it reads in the background, so that nothing is there before it is waited for.
pub(crate) struct Chip<'f> {
    file: &'f [u32],
    pub(crate) reads: usize,
    pub(crate) words: usize,
    /// The read that fails.
    pub(crate) fails: Option<usize>,
}

impl<'f> Chip<'f> {
    pub(crate) fn new(file: &'f [u32]) -> Self {
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
pub(crate) fn say(model: &Model<'_>) -> Result<Trace, Error> {
    let mut arena = vec![0u32; model.arena_bytes() / 4];
    let mut engine = Any::new(model, bytemuck::cast_slice_mut(&mut arena))?;
    say_again(&mut engine)
}

pub(crate) fn say_again(engine: &mut Any<'_>) -> Result<Trace, Error> {
    let pixels = pixels(13, 11);
    let words = if engine.model().dims().reads_words() {
        engine.translate_tokens(&SOURCE)?
    } else {
        engine.describe(&Picture::rgb888(13, 11, &pixels)?)?
    };
    finish(words)
}

pub(crate) fn finish(mut words: Words<'_>) -> Result<Trace, Error> {
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
pub(crate) fn far<R>(
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
pub(crate) fn buffers(file: &[u32]) -> [usize; 4] {
    let least = Model::parse(file).expect("parses").far_buffer_words();
    [least, least + 3, 2 * least + 7, 1 << 14]
}

/// Some of each family: Transformers, every cell and attention, pictures, and all that do not look.
pub(crate) fn some_of_each() -> Vec<Dims> {
    let some = every_variant().into_iter().enumerate();
    some.filter(|(i, dims)| i % 2 == 0 || !looks(dims)).map(|(_, dims)| dims).collect()
}

/// The bytes of a demo's model file, as words.
pub(crate) fn demo(name: &str) -> Vec<u32> {
    let path = format!("{}/models/{name}/{name}.rgd", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).expect("a demo");
    bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect()
}
