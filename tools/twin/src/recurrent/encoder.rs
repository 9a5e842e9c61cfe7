//! The recurrent encoder: `h_j = [cell→(x_j, h→_{j−1}); cell←(x_j, h←_{j+1})]`, in layers.

use super::{CellWeights, Directions, EncoderConfig, Merge, State};
use crate::linear::{stack, word};
use crate::observer::show_rows;
use crate::{Error, Memory, Observer, Site, Weights};
use ndarray::{ArcArray2, Array1};

/// The cells of one layer; both read the same rows.
#[derive(Clone, Debug)]
pub struct EncoderLayer {
    /// Starts at the first token.
    pub forward: CellWeights,
    /// Starts at the last token.
    pub backward: Option<CellWeights>,
}

/// Embedding and layers of the encoder.
#[derive(Clone, Debug)]
pub struct EncoderWeights {
    /// `[V_s, d_embedding]`
    pub embedding: ArcArray2<f32>,
    /// In order. The first reads `[d_embedding]`, each other the rows of the one below.
    pub layers: Vec<EncoderLayer>,
    /// How the rows of two directions become one.
    pub merge: Merge,
}

impl EncoderWeights {
    /// `words`: size of the word table.
    pub(crate) fn new(
        weights: &mut Weights,
        c: &EncoderConfig,
        words: usize,
    ) -> Result<Self, Error> {
        let embedding = weights.matrix("encoder.embedding.weight", [words, c.d_embedding])?;
        let layer = |i| {
            let width = if i == 0 { c.d_embedding } else { c.row_width() };
            let mut cell =
                |end: String| CellWeights::new(weights, "encoder", &end, c.cell, [width, c.hidden]);
            let forward = cell(format!("l{i}"))?;
            let backward = match c.directions {
                Directions::Forward => None,
                Directions::Both(_) => Some(cell(format!("l{i}_reverse"))?),
            };
            Ok(EncoderLayer { forward, backward })
        };
        let layers = (0..c.layers).map(layer).collect::<Result<_, Error>>()?;
        let merge = match c.directions {
            Directions::Forward => Merge::default(),
            Directions::Both(merge) => merge,
        };
        Ok(Self { embedding, layers, merge })
    }

    /// `ids`: `[source_len]`, end token included · `present`: `[source_len]`, false at padding.
    pub(crate) fn encode(
        &self,
        ids: &[u32],
        present: Vec<bool>,
        observer: &mut impl Observer,
    ) -> Result<Memory, Error> {
        let embed = |&id| Ok(word(&self.embedding, id)?.to_owned());
        let mut rows = ids.iter().map(embed).collect::<Result<Vec<_>, Error>>()?;
        show_rows(observer, Site::SourceEmbedding, &rows);
        let (mut finals, mut last, mut ends) = (Vec::new(), Vec::new(), Array1::zeros(0));
        for (i, layer) in self.layers.iter().enumerate() {
            let both = layer.read(&rows, &present);
            let merge = |position| merged(self.merge, both.iter().map(|one| &one.rows[position]));
            rows = (0..ids.len()).map(merge).collect();
            show_rows(observer, Site::EncoderLayer(i), &rows);
            let hidden = || both.iter().map(|one| &one.last.hidden);
            let cells: Option<Vec<_>> = both.iter().map(|one| one.last.cell.as_ref()).collect();
            let cell = cells.map(|cells| merged(self.merge, cells.into_iter()));
            finals.push(State { hidden: merged(self.merge, hidden()), cell });
            ends = merged(Merge::Concat, hidden());
            last.extend(both.into_iter().map(|one| one.last));
        }
        show_rows(observer, Site::Memory, &rows);
        Ok(Memory { states: stack(rows.into_iter()), present, finals, cells: last, ends })
    }
}

/// What one direction of a layer leaves.
struct Direction {
    /// `[source_len]` rows `[hidden]`; zeros at padding.
    rows: Vec<Array1<f32>>,
    /// Behind the last token that it reads.
    last: State,
}

impl EncoderLayer {
    /// All directions, the forward one first. `rows`: `[source_len]` rows `[in]`
    fn read(&self, rows: &[Array1<f32>], present: &[bool]) -> Vec<Direction> {
        let real = || (0..rows.len()).filter(|&position| present[position]);
        let forward = direction(&self.forward, rows, real());
        let backward = self.backward.as_ref().map(|cell| direction(cell, rows, real().rev()));
        std::iter::once(forward).chain(backward).collect()
    }
}

/// Reads the rows in the order of `positions`.
fn direction(
    cell: &CellWeights,
    rows: &[Array1<f32>],
    positions: impl Iterator<Item = usize>,
) -> Direction {
    let mut last = cell.zero();
    let mut states = vec![Array1::zeros(cell.hidden()); rows.len()];
    for position in positions {
        last = cell.step(rows[position].view(), &last);
        states[position].assign(&last.hidden);
    }
    Direction { rows: states, last }
}

/// One vector of those of all directions.
fn merged<'a>(merge: Merge, parts: impl Iterator<Item = &'a Array1<f32>>) -> Array1<f32> {
    match merge {
        Merge::Concat => side_by_side(parts),
        Merge::Sum => {
            let sum = parts.cloned().reduce(|sum, part| sum + part);
            sum.unwrap_or_default()
        }
    }
}

/// `[a] [b] …` → `[a + b + …]`
pub(super) fn side_by_side<'a>(parts: impl Iterator<Item = &'a Array1<f32>>) -> Array1<f32> {
    parts.flatten().copied().collect()
}
