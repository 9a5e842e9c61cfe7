//! Whether the fields of a recurrent side go together.

use super::{DecoderConfig, Directions, EncoderConfig, EnergyKind, Part, StartKind};
use crate::Error;
use crate::description::{EncoderKind, size, wrong};

impl EncoderConfig {
    pub(crate) fn check(&self) -> Result<(), Error> {
        size("d_embedding", self.d_embedding)?;
        size("encoder.hidden", self.hidden)?;
        size("encoder.layers", self.layers)
    }
}

impl DecoderConfig {
    pub(crate) fn check(&self, encoder: &EncoderKind) -> Result<(), Error> {
        size("d_embedding", self.d_embedding)?;
        size("decoder.hidden", self.hidden)?;
        size("decoder.layers", self.layers)?;
        if let Some(width) = self.readout {
            size("decoder.readout", width)?;
        }
        self.check_reads()?;
        self.check_start(encoder)?;
        self.check_energy(encoder.memory_width())
    }

    fn check_reads(&self) -> Result<(), Error> {
        let (cell, output) = ("decoder.cell_reads", "decoder.output_reads");
        if !matches!(self.cell_reads[..], [Part::Embedding] | [Part::Embedding, Part::Context]) {
            return wrong(cell, r#"must be ["embedding"] or ["embedding", "context"]"#.into());
        }
        if self.output_reads.is_empty() || !self.output_reads.is_sorted_by(|a, b| a < b) {
            let why = r#"must have some of "state", "context", "embedding", in this order"#;
            return wrong(output, why.into());
        }
        for (field, parts) in [(cell, &self.cell_reads), (output, &self.output_reads)] {
            if self.attention.is_none() && parts.contains(&Part::Context) {
                return wrong(field, "has \"context\", but there is no attention".into());
            }
        }
        if self.attention.is_none() && self.context_gate.is_some() {
            return wrong("decoder.context_gate", "is given, but there is no attention".into());
        }
        Ok(())
    }

    fn check_start(&self, encoder: &EncoderKind) -> Result<(), Error> {
        let field = "decoder.start";
        let name = match self.start {
            StartKind::Zero | StartKind::Mean(_) => return Ok(()),
            StartKind::Last => "last",
            StartKind::Cells => "cells",
            StartKind::Bridge(_) => "bridge",
        };
        let other = match encoder {
            EncoderKind::Recurrent(_) => "",
            EncoderKind::Transformer(_) => "Transformer",
            EncoderKind::Convolutional(_) => "convolutional",
        };
        let EncoderKind::Recurrent(encoder) = encoder else {
            let why = format!(
                "is {name:?}, but a {other} encoder has no final state; \
                 \"zero\" and \"mean\" need none"
            );
            return wrong(field, why);
        };
        let of_encoder = (encoder.cell.name(), encoder.layers, encoder.row_width());
        let of_decoder = (self.cell.name(), self.layers, self.hidden);
        if self.start == StartKind::Last && of_encoder != of_decoder {
            let words = |(cell, layers, width): (&str, usize, usize)| {
                format!("{layers} layers of {cell} with states of width {width}")
            };
            let why = format!(
                "is \"last\", which copies states: the encoder leaves {}, but the decoder has {}",
                words(of_encoder),
                words(of_decoder)
            );
            return wrong(field, why);
        }
        let cells = encoder.layers * if encoder.directions == Directions::Forward { 1 } else { 2 };
        let alike = encoder.cell.name() == self.cell.name() && encoder.hidden == self.hidden;
        if self.start == StartKind::Cells && !(alike && self.layers <= cells) {
            let why = format!(
                "is \"cells\", which copies states: the encoder has {cells} cells of {} with states of \
                 width {}, but the decoder {} of {} and width {}",
                encoder.cell.name(),
                encoder.hidden,
                self.layers,
                self.cell.name(),
                self.hidden
            );
            return wrong(field, why);
        }
        Ok(())
    }

    fn check_energy(&self, memory: usize) -> Result<(), Error> {
        let Some(attention) = &self.attention else { return Ok(()) };
        match attention.energy {
            EnergyKind::Additive { d_attention, .. } => {
                size("decoder.attention.d_attention", d_attention)
            }
            EnergyKind::General => Ok(()),
            EnergyKind::Dot | EnergyKind::Scaled if self.hidden == memory => Ok(()),
            EnergyKind::Dot | EnergyKind::Scaled => wrong(
                "decoder.attention.kind",
                format!(
                    "is {:?}, which needs states as wide as rows of the memory, \
                     but they have width {} and {memory}",
                    attention.energy.name(),
                    self.hidden
                ),
            ),
        }
    }
}
