//! What a model reads of its weights: counted on the host, by the hook of the engine's feature
//! `slow-flash`, which is called with every tensor just before it is read.

use crate::cargo::root;
use anyhow::{Context, Result};
use regard::format::EncoderKind;
use regard::{Model, Picture, Seq2Seq, Words};
use std::cell::Cell;
use std::path::Path;

thread_local! {
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

fn read(words: &[u32]) {
    BYTES.set(BYTES.get() + 4 * words.len() as u64);
}

/// What a source came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Streamed {
    /// Its tokens, or places of the last map.
    pub(crate) source: u64,
    /// Words said, the end mark among them.
    pub(crate) steps: u64,
    /// Bytes of weights read for the source, keys and values of the memory among them.
    pub(crate) encoder: u64,
    /// And for all words.
    pub(crate) decoder: u64,
}

impl Streamed {
    /// Of a text, or of a file of pixels beside the model.
    pub(crate) fn of(name: &str, input: &str) -> Result<Self> {
        let folder = root().join("models").join(name);
        let words = words(&folder.join(format!("{name}.rgd")))?;
        let model = Model::parse(&words).with_context(|| name.to_owned())?.with_upcoming(read);
        let mut arena = vec![0u32; model.arena_bytes().div_ceil(4)];
        let mut engine: Seq2Seq<'_> = Seq2Seq::new(&model, bytemuck::cast_slice_mut(&mut arena))?;
        BYTES.set(0);
        let EncoderKind::Convolutional(dims) = &model.dims().encoder else {
            return Ok(Self::while_saying(engine.translate(input)?));
        };
        let (size, pixels) =
            (dims.size(0), std::fs::read(folder.join(input)).context(name.to_owned())?);
        let picture = Picture::rgb888(size.width, size.height, &pixels)?;
        Ok(Self::while_saying(engine.describe(&picture)?))
    }

    fn while_saying(mut words: Words<'_>) -> Self {
        let (encoder, mut source, mut steps) = (BYTES.take(), 0, 0);
        while let Some(step) = words.step() {
            source = step.alignment.len() as u64;
            steps += 1;
        }
        Self { source, steps, encoder, decoder: BYTES.take() }
    }
}

fn words(file: &Path) -> Result<Vec<u32>> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    Ok(bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use regard::format::{Kind, Role, Stack};

    #[test]
    fn a_word_of_a_transformer_reads_each_tensor_of_the_decoder_once_but_those_of_the_memory() {
        let found = Streamed::of("eng-fra-tiny", "I drink milk").unwrap();
        let words = words(&root().join("models/eng-fra-tiny/eng-fra-tiny.rgd")).unwrap();
        let model = Model::parse(&words).unwrap();
        let block = |columns: usize| (columns.next_multiple_of(4) + 8) * 4;
        let sections = model.sections().filter(|(slot, _)| slot.stack == Stack::Decoder);
        let mut bytes: usize = sections
            .map(|(slot, section)| match (slot.role, slot.kind()) {
                (Role::CrossKey | Role::CrossValue, _) | (_, Kind::Table) => 0,
                (Role::Embedding | Role::Position, _) => block(section.columns),
                // But ε.
                (_, Kind::Norm) => (section.words.len() - 2) * 4,
                _ => section.words.len() * 4,
            })
            .sum();
        if model.dims().tied_output {
            bytes += model.find(Stack::Decoder, 0, Role::Embedding).words.len() * 4;
        }
        assert_eq!(found.decoder, found.steps * bytes as u64);
        assert_eq!((found.source, found.steps), (4, 5));
        // The encoder and the keys and values of the memory: at least once for two positions.
        let encoder = model.sections().filter(|(slot, _)| {
            slot.stack == Stack::Encoder || matches!(slot.role, Role::CrossKey | Role::CrossValue)
        });
        let read = |(slot, section): (regard::format::Slot, regard::format::Section<'_>)| {
            let is_read = slot.kind() == Kind::Matrix
                && !matches!(slot.role, Role::Embedding | Role::Position);
            if is_read { section.words.len() as u64 * 4 } else { 0 }
        };
        let once: u64 = encoder.map(read).sum();
        assert!((2 * once..5 * once).contains(&found.encoder), "{found:?}, once {once}");
    }
}
