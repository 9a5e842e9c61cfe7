//! A smaller vocabulary: words that are never read or said cost a row of each embedding, and a row
//! of the output layer.

use crate::tokenizer::{Method, Tokenizer};
use crate::{DecoderWeights, Description, EncoderWeights, Error, Model};
use ndarray::{ArcArray2, Array1, Axis};
use std::collections::BTreeSet;

impl Model {
    /// Keeps these words of either side, and the marks; their ids become 0, 1 … in the old order. Of pieces
    /// of words also those that these are merged from, and single letters, so that all else can still be read.
    /// `source` counts for nothing in a model that reads pictures.
    ///
    /// # Errors
    /// An id outside its table.
    pub fn keep_words(&mut self, source: &[u32], target: &[u32]) -> Result<(), Error> {
        let d = &mut self.description;
        let mut gone = 0;
        if let Some(table) = &mut d.source {
            let marks = [Some(table.pad), table.bos, table.eos].into_iter().flatten();
            let kept = Kept::new(source, marks, &table.words, table.tokenizer.as_ref())?;
            table.words = kept.words(&table.words);
            table.tokenizer = table.tokenizer.take().map(|tokenizer| kept.tokenizer(tokenizer));
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
        let marks = [table.pad, table.bos, table.eos];
        let kept = Kept::new(target, marks, &table.words, table.tokenizer.as_ref())?;
        table.words = kept.words(&table.words);
        table.tokenizer = table.tokenizer.take().map(|tokenizer| kept.tokenizer(tokenizer));
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
    fn new(
        ids: &[u32],
        marks: impl IntoIterator<Item = u32>,
        words: &[String],
        tokenizer: Option<&Tokenizer>,
    ) -> Result<Self, Error> {
        let mut ids: BTreeSet<u32> = ids.iter().copied().chain(marks).collect();
        if let Some(tokenizer) = tokenizer {
            tokenizer.complete(&mut ids, words);
        }
        match ids.last() {
            Some(&id) if id as usize >= words.len() => Err(Error::Token { id, size: words.len() }),
            _ => Ok(Self { ids: ids.into_iter().map(|id| id as usize).collect() }),
        }
    }

    /// A tokenizer of the pieces that stay.
    fn tokenizer(&self, tokenizer: Tokenizer) -> Tokenizer {
        let stays = |id: u32| self.ids.binary_search(&(id as usize)).is_ok();
        tokenizer.renumbered(self.ids.len(), |id| stays(id).then(|| self.new_id(id)))
    }

    /// `id` is one of those that stay.
    fn new_id(&self, id: u32) -> u32 {
        self.ids.partition_point(|&kept| kept < id as usize) as u32
    }

    fn words(&self, words: &[String]) -> Vec<String> {
        self.ids.iter().map(|&id| words[id].clone()).collect()
    }

    /// Returns how many numbers went.
    fn rows(&self, matrix: &mut ArcArray2<f32>) -> usize {
        let before = matrix.len();
        *matrix = matrix.select(Axis(0), &self.ids).into_shared();
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

impl Tokenizer {
    /// Adds what pieces are merged from, single letters and bytes, and the marks of the tokenizer.
    fn complete(&self, ids: &mut BTreeSet<u32>, words: &[String]) {
        ids.extend(self.unknown.iter().chain(&self.start));
        let prefix = match &self.method {
            Method::LongestFirst { prefix, .. } => prefix,
            _ => "",
        };
        let is_letter = |word: &str| {
            let word = word.strip_prefix(prefix).unwrap_or(word);
            word.chars().count() == 1 || word.len() == 6 && word.starts_with("<0x")
        };
        ids.extend((0..).zip(words).filter(|(_, word)| is_letter(word)).map(|(id, _)| id));
        let Method::Bpe { merges, .. } = &self.method else { return };
        let mut before = 0;
        while ids.len() > before {
            before = ids.len();
            for &(left, right, both, _) in merges {
                if ids.contains(&both) {
                    ids.extend([left, right]);
                }
            }
        }
    }
}
