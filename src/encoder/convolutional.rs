//! A convolutional encoder: a row for each place of its last map, in reading order (arXiv
//! 1502.03044, section 3.1.1).

use crate::convolution::{Maps, Row, activate};
use crate::format::{ConvolutionalDims, Model, Role, Stack};
use crate::gate::Gate;
use crate::layer::{Blocks, Input, Linear, Scratch, first_mut, row};
use crate::number::{add_aligned, narrow};
use crate::observe::{Observer, Site};
use crate::picture::Picture;

/// Layers over a picture.
pub(crate) struct ConvolutionalEncoder<'s, 'm> {
    model: &'s Model<'m>,
    dims: &'s ConvolutionalDims,
}

impl<'s, 'm> ConvolutionalEncoder<'s, 'm> {
    pub(crate) fn new(model: &'s Model<'m>, dims: &'s ConvolutionalDims) -> Self {
        Self { model, dims }
    }

    /// Reads `picture` into `memory`, a row of the picture after the other: each goes up through
    /// the layers as far as they can make rows of what is there.
    pub(crate) fn encode(
        &self,
        picture: &Picture<'_>,
        memory: &mut Blocks<'_>,
        maps: &mut Maps<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
        gate: &mut impl Gate,
    ) {
        let (size, last) = (self.dims.size(0), self.dims.count().wrapping_sub(1));
        let scale = self.model.find(Stack::Encoder, 0, Role::Picture);
        // What was begun in an earlier call goes on: the highest layer that can make a row does.
        let mut layer = last;
        loop {
            while let Some(y) = self.ready(maps, &mut layer) {
                if !gate.opens_unnumbered() {
                    return;
                }
                self.make(layer, y, maps, memory, scratch, observer);
                layer = last.min(layer.wrapping_add(1));
            }
            let y = maps.written(0);
            if y >= size.height {
                break;
            }
            if !gate.opens_unnumbered() {
                return;
            }
            let wide = first_mut(scratch.wide, size.width.wrapping_mul(size.channels));
            picture.row(y, size, &scale, wide);
            maps.push(self.dims, 0, self.input(0), (wide, scale.scale_exponent));
        }
        for place in 0..memory.len() {
            observer.observe(Site::Memory, place, memory.row(place));
        }
    }

    /// The row that a layer makes next: `layer`, or the next below it that can make one.
    fn ready(&self, maps: &Maps<'_>, layer: &mut usize) -> Option<usize> {
        loop {
            if let Some(y) = maps.ready(self.dims, *layer) {
                return Some(y);
            }
            *layer = layer.checked_sub(1)?;
        }
    }

    fn filter(&self, layer: usize) -> Linear<'m> {
        let mut before = 0usize;
        for layer in 0..layer {
            before = before.wrapping_add(self.dims.layer(layer).has_filter().into());
        }
        Linear::of(self.model, Stack::Encoder, before, Role::Filter)
    }

    /// What a layer can read.
    fn input(&self, layer: usize) -> Input {
        if self.dims.layer(layer).has_filter() { self.filter(layer).input() } else { Input::ANY }
    }

    /// Makes row `y` of what `index` writes.
    fn make(
        &self,
        index: usize,
        y: usize,
        maps: &mut Maps<'_>,
        memory: &mut Blocks<'_>,
        scratch: &mut Scratch<'_>,
        observer: &mut impl Observer,
    ) {
        let (dims, layer, above) = (self.dims, self.dims.layer(index), index.wrapping_add(1));
        let input = dims.size(index);
        let output = layer.output(input);
        let wide = first_mut(scratch.wide, output.width.wrapping_mul(output.channels));
        let row_of =
            Row { layer, input, map: maps.map(dims, index, input), y, places: output.width };
        let mut exponent = row_of.make(&self.filter(index), scratch.narrow, wide);
        if layer.add > 0 {
            exponent = add_aligned(wide, exponent, maps.inside(dims, dims.added(index), y));
        }
        activate(layer.activation, wide, exponent);
        maps.made(index);
        let first = y.wrapping_mul(output.width);
        let site = Site::EncoderLayer(index as u8);
        if above == dims.count() {
            for x in 0..output.width {
                let (place, values) = (first.wrapping_add(x), row(wide, x, output.channels));
                memory.update(place, |out, _| narrow(values, exponent, 16, i32::MIN, out));
                observer.observe(site, place, memory.row(place));
            }
            return;
        }
        maps.push(dims, above, self.input(above), (wide, exponent));
        let written = maps.inside(dims, above, y);
        for x in 0..output.width {
            let mantissas = row(written.mantissas, x, output.channels);
            observer.observe(
                site,
                first.wrapping_add(x),
                crate::layer::block(mantissas, written.exponent),
            );
        }
    }
}
