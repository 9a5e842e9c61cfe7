//! What a functional model says of itself, as a description; and its tensors.

use super::layers::{cell, dense, matrix, var};
use super::recurrent::{Linear, Model};
use super::stack::Stack;
use crate::container::Store;
use crate::hugging_face::USUAL_LENGTH;
use crate::pytorch::words::Lists;
use crate::taken::Taken;
use crate::{Error, Request, words};
use ndarray::{Array2, Axis, concatenate, s};
use twin::recurrent::{DecoderConfig, Directions, EncoderConfig, Function, Part};
use twin::{DecoderKind, Description, EncoderKind, SourceTable, TargetTable, Weights};

/// What words are called that begin and end a sentence, in the models that people write.
const BEGINS: [&str; 10] =
    ["[start]", "<start>", "<s>", "<bos>", "<sos>", "[bos]", "startseq", "sos", "start", "\t"];
const ENDS: [&str; 9] = ["[end]", "<end>", "</s>", "<eos>", "[eos]", "endseq", "eos", "end", "\n"];
/// Names of the first words where no list says them: padding, and both marks.
const MARKS: [&str; 3] = ["<pad>", "[start]", "[end]"];
/// What padding is, as Keras' layers have it.
const PAD: u32 = 0;
/// Widest input of a one for each word.
const MOST_ONES: usize = 1024;

/// The words of both sides, and the numbers of marks among them.
pub(super) struct Tables {
    pub(super) source: SourceTable,
    pub(super) target: TargetTable,
    pub(super) lowercase: bool,
    pub(super) selftest: String,
}

impl Tables {
    /// `sizes`: words of both sides · `longest`: source.
    pub(super) fn read(
        request: &Request,
        sizes: [usize; 2],
        longest: usize,
        remarks: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let lists = Lists::read(request, sizes, &MARKS, remarks)?;
        let find = |words: &[String], marks: &[&str]| {
            let place = |mark: &&str| words.iter().position(|word| word.to_lowercase() == **mark);
            marks.iter().find_map(place).and_then(|place| u32::try_from(place).ok())
        };
        let [source, target] = &lists.given;
        let marks = [(&BEGINS[..], "first", 1), (&ENDS, "last", 2)].map(|(names, place, usual)| {
            find(target, names).unwrap_or_else(|| {
                remarks.push(format!(
                    "the words of the target have no mark as {}; {usual} is taken for the {place} of a \
                     sentence",
                    names[0]
                ));
                usual
            })
        });
        let [bos, eos] = marks;
        if bos == eos {
            let why =
                format!("has {bos} for both marks of a sentence; give a list with both in it");
            return Err(twin::Error::Field { field: "target".into(), why }.into());
        }
        let marked = request.source_words.is_some();
        let ends = find(source, &ENDS).filter(|_| marked);
        let begins = find(source, &BEGINS).filter(|&id| marked && id != PAD);
        if begins.is_some() {
            remarks.push(format!(
                "sources end with their mark if there is one, but no {} is put before them",
                BEGINS[0]
            ));
        }
        let marks: Vec<u32> = [Some(PAD), ends, begins].into_iter().flatten().collect();
        let made_up = || words::made_up(&lists.source, &marks, longest);
        let selftest = request.selftest.clone().unwrap_or_else(made_up);
        let small =
            |(id, word): (u32, &String)| marks.contains(&id) || *word == word.to_lowercase();
        let lowercase = (0..).zip(&lists.source).all(small);
        let source = SourceTable {
            words: lists.source,
            pad: PAD,
            bos: begins,
            eos: ends,
            letters: false,
            tokenizer: None,
        };
        let target = TargetTable { words: lists.target, pad: PAD, bos, eos, tokenizer: None };
        Ok(Self { source, target, lowercase, selftest })
    }
}

impl Model {
    /// What the graph says.
    pub(super) fn description(
        &self,
        request: &Request,
        remarks: &mut Vec<String>,
    ) -> Result<Description, Error> {
        let (encoder, decoder) = (&self.encoder, &self.decoder);
        let (source, target) = (encoder.words.words, decoder.words.words);
        let field = |field: &str, why: String| twin::Error::Field { field: field.into(), why };
        for (side, stack) in [("source", encoder), ("target", decoder)] {
            if stack.words.path.is_some() {
                continue;
            }
            let words = stack.words.words;
            if words > MOST_ONES {
                let why = format!(
                    "has {words} words, each an input of its own; at most {MOST_ONES} are read so"
                );
                return Err(field(side, why).into());
            }
            remarks.push(format!(
                "the {side} has an input of {words} numbers and no Embedding: a one for each word among \
                 zeros is taken for it, and other numbers the engine never reads"
            ));
        }
        if target != self.output.width {
            let why = format!("has {target} words, but the output {}", self.output.width);
            return Err(field("target", why).into());
        }
        if encoder.words.path.is_some() && !encoder.words.masked {
            remarks.push(
                "the source's Embedding has no mask_zero: trained on padded sentences, the model has \
                 learned to read padding, which the engine never does"
                    .into(),
            );
        }
        let longest = request.max_source.unwrap_or(USUAL_LENGTH);
        let tables = Tables::read(request, [source, target], longest, remarks)?;
        let directions = encoder.merge.map_or(Directions::Forward, Directions::Both);
        let mut output_reads = self.parts.clone();
        output_reads.sort_unstable();
        let tanh = self.readout.as_ref().is_some_and(|readout| readout.tanh);
        Ok(Description {
            encoder: EncoderKind::Recurrent(EncoderConfig {
                d_embedding: encoder.words.width,
                cell: encoder.cell,
                hidden: encoder.hidden,
                layers: encoder.layers.len(),
                directions,
            }),
            decoder: DecoderKind::Recurrent(DecoderConfig {
                d_embedding: decoder.words.width,
                cell: decoder.cell,
                hidden: decoder.hidden,
                layers: decoder.layers.len(),
                start: self.starts.kind,
                attention: self.looks.as_ref().map(|looks| looks.config(decoder.hidden)),
                context_gate: None,
                cell_reads: vec![Part::Embedding],
                output_reads,
                readout: self.readout.as_ref().map(|readout| readout.width),
                readout_function: if tanh { Function::Tanh } else { Function::None },
            }),
            tied_output: false,
            max_source_len: longest,
            max_target_len: request.max_target.unwrap_or(USUAL_LENGTH),
            lowercase: tables.lowercase,
            source: Some(tables.source),
            target: tables.target,
            selftest: tables.selftest,
        })
    }

    /// Everything in the file under our names.
    pub(super) fn weights(&self, store: Store) -> Result<Weights, Error> {
        let mut taken = Taken::from(store);
        let (encoder, decoder) = (&self.encoder, &self.decoder);
        let memory = encoder.width();
        side(&mut taken, encoder, "encoder")?;
        side(&mut taken, decoder, "decoder")?;
        for (i, bridges) in self.starts.bridges.iter().enumerate() {
            let ends = encoder.hidden * if encoder.merge.is_some() { 2 } else { 1 };
            for (bridge, ours) in bridges.iter().zip(["bridge", "bridge_cell"]) {
                let shape = [decoder.hidden, ends];
                dense(&mut taken, &bridge.path, &format!("decoder.{ours}.{i}"), shape)?;
            }
        }
        if let Some(looks) = &self.looks {
            looks.take(&mut taken, encoder, decoder)?;
        }
        let of = |part: &Part| match part {
            Part::State => decoder.hidden,
            Part::Context => memory,
            Part::Embedding => decoder.words.width,
        };
        let widths: Vec<(Part, usize)> = self.parts.iter().map(|part| (*part, of(part))).collect();
        match &self.readout {
            Some(readout) => {
                joined(&mut taken, readout, "decoder.readout", &widths)?;
                let shape = [self.output.width, readout.width];
                dense(&mut taken, &self.output.path, "output", shape)?;
            }
            None => joined(&mut taken, &self.output, "output", &widths)?,
        }
        let tables = [&encoder.words, &decoder.words].map(|words| &words.path);
        let tables = tables.map(|path| path.as_ref().map(|path| var(path, 0)));
        taken.store().leave_out(|name| tables.iter().flatten().any(|table| table == name));
        taken.weights()
    }
}

/// Words and cells of a side.
fn side(taken: &mut Taken, stack: &Stack, ours: &str) -> Result<(), Error> {
    let mut width = stack.words.width;
    for (i, layer) in stack.layers.iter().enumerate() {
        for (path, back) in layer.paths.iter().zip(["", "_reverse"]) {
            let (rnn, end) = (format!("{ours}.rnn"), format!("l{i}{back}"));
            cell(taken, path, &rnn, &end, stack.cell, [width, stack.hidden])?;
        }
        width = stack.width();
    }
    let (name, shape) =
        (format!("{ours}.embedding.weight"), [stack.words.words, stack.words.width]);
    match &stack.words.path {
        // One table may be of both sides.
        Some(path) => {
            let table = taken.store().share(&var(path, 0), shape)?;
            taken.put(name, table);
        }
        None => taken.put(name, Array2::eye(stack.words.words)),
    }
    Ok(())
}

/// A `Dense` that reads parts side by side, in the order in which the engine does.
fn joined(
    taken: &mut Taken,
    linear: &Linear,
    ours: &str,
    widths: &[(Part, usize)],
) -> Result<(), Error> {
    let columns = widths.iter().map(|(_, width)| width).sum();
    let weight = matrix(taken, &linear.path, [linear.width, columns])?;
    let mut at = 0;
    let mut blocks: Vec<_> = Vec::new();
    for &(part, width) in widths {
        blocks.push((part, weight.slice(s![.., at..at + width])));
        at += width;
    }
    blocks.sort_by_key(|(part, _)| *part);
    let blocks: Vec<_> = blocks.into_iter().map(|(_, block)| block).collect();
    if let Ok(sorted) = concatenate(Axis(1), &blocks) {
        taken.put(format!("{ours}.weight"), sorted.as_standard_layout().into_owned());
    }
    if let Some(bias) = super::layers::bias(taken, &linear.path, linear.width)? {
        taken.put(format!("{ours}.bias"), bias);
    }
    Ok(())
}
