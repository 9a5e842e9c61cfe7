//! A smaller vocabulary: words that are never read or said cost a row of each embedding, and a row
//! of the output layer.

use crate::{DecoderWeights, Description, EncoderWeights, Error, Model};
use ndarray::{Array1, Array2, Axis};

impl Model {
    /// Keeps these words of either side, and the marks; their ids become 0, 1 … in the old order.
    /// `source` counts for nothing in a model that reads pictures.
    ///
    /// # Errors
    /// An id outside its table.
    pub fn keep_words(&mut self, source: &[u32], target: &[u32]) -> Result<(), Error> {
        let d = &mut self.description;
        let mut gone = 0;
        if let Some(table) = &mut d.source {
            let marks = [Some(table.pad), table.bos, table.eos];
            let kept = Kept::new(source, marks.into_iter().flatten(), table.words.len())?;
            table.words = kept.words(&table.words);
            table.pad = kept.new_id(table.pad);
            table.bos = table.bos.map(|id| kept.new_id(id));
            table.eos = table.eos.map(|id| kept.new_id(id));
            match &mut self.encoder {
                EncoderWeights::Transformer(weights) => {
                    gone += kept.rows(&mut weights.embedding.words);
                }
                EncoderWeights::Recurrent(weights) => gone += kept.rows(&mut weights.embedding),
                EncoderWeights::Convolutional(_) => {}
            }
        }
        let table = &mut d.target;
        let kept = Kept::new(target, [table.pad, table.bos, table.eos], table.words.len())?;
        table.words = kept.words(&table.words);
        [table.pad, table.bos, table.eos] =
            [table.pad, table.bos, table.eos].map(|id| kept.new_id(id));
        gone += kept.rows(match &mut self.decoder {
            DecoderWeights::Transformer(weights) => &mut weights.embedding.words,
            DecoderWeights::Recurrent(weights) => &mut weights.embedding,
        });
        if let Some(weight) = &mut self.output.weight {
            gone += kept.rows(weight);
        }
        if let Some(bias) = &mut self.output.bias {
            gone += bias.len() - kept.ids.len();
            *bias = kept.numbers(bias);
        }
        self.parameters -= gone;
        Ok(())
    }
}

/// The ids that stay, in their order.
struct Kept {
    ids: Vec<usize>,
}

impl Kept {
    fn new(ids: &[u32], marks: impl IntoIterator<Item = u32>, size: usize) -> Result<Self, Error> {
        let mut ids: Vec<u32> = ids.iter().copied().chain(marks).collect();
        ids.sort_unstable();
        ids.dedup();
        match ids.last() {
            Some(&id) if id as usize >= size => Err(Error::Token { id, size }),
            _ => Ok(Self { ids: ids.into_iter().map(|id| id as usize).collect() }),
        }
    }

    /// `id` is one of those that stay.
    fn new_id(&self, id: u32) -> u32 {
        self.ids.partition_point(|&kept| kept < id as usize) as u32
    }

    fn words(&self, words: &[String]) -> Vec<String> {
        self.ids.iter().map(|&id| words[id].clone()).collect()
    }

    /// Returns how many numbers went.
    fn rows(&self, matrix: &mut Array2<f32>) -> usize {
        let before = matrix.len();
        *matrix = matrix.select(Axis(0), &self.ids);
        before - matrix.len()
    }

    fn numbers(&self, vector: &Array1<f32>) -> Array1<f32> {
        vector.select(Axis(0), &self.ids)
    }
}

impl Description {
    /// The ids of the words that tables of fewer words have, if those are some of these, in the same
    /// order: the source's, then the target's.
    #[must_use]
    pub fn ids_of(&self, source: &[&str], target: &[&str]) -> Option<[Vec<u32>; 2]> {
        let words = self.source.as_ref().map_or(&[][..], |table| &table.words);
        Some([ids(words, source)?, ids(&self.target.words, target)?])
    }
}

fn ids(words: &[String], some: &[&str]) -> Option<Vec<u32>> {
    let mut all = (0..).zip(words);
    some.iter().map(|word| Some(all.find(|(_, other)| other == word)?.0)).collect()
}
