//! `embedded-nn`: `fully_connected_s8`, a port of CMSIS-NN's interface to Rust.

use crate::layer::{DOWN, OFFSET, Report, input, weights};
use core::hint::black_box;
use embedded_nn::fully_connected::fully_connected_s8;
use embedded_nn::types::{Activation, Dims, FcParams, PerTensorQuantParams};

const NAME: &str = "embedded-nn-0.2.3";

struct Layer<const COLUMNS: usize, const ROWS: usize>;

impl<const COLUMNS: usize, const ROWS: usize> Layer<COLUMNS, ROWS> {
    const WEIGHTS: &'static [[i8; COLUMNS]; ROWS] = &weights();
}

/// Counts a layer of so many inputs and outputs: whether the outputs are right.
#[inline(never)] // Its frame is gone before the next layer.
pub fn count<const COLUMNS: usize, const ROWS: usize>(report: &mut Report<'_>) -> bool {
    let weights = black_box(Layer::<COLUMNS, ROWS>::WEIGHTS);
    let x: [i8; COLUMNS] = black_box(core::array::from_fn(input));
    let activation = Activation { min: -128, max: 127 };
    let params = black_box(FcParams {
        input_offset: OFFSET,
        filter_offset: 0,
        output_offset: 0,
        activation,
    });
    // A multiplier of ½, and the rest of the division as a shift.
    let quant = black_box(PerTensorQuantParams { multiplier: 1 << 30, shift: 1 - DOWN as i32 });
    let dims = |n, c| black_box(Dims { n, h: 1, w: 1, c });
    let (inputs, filter) = (dims(1, COLUMNS as i32), dims(COLUMNS as i32, ROWS as i32));
    let (outputs, bias) = (dims(1, ROWS as i32), black_box([0; ROWS]));
    let layer = || {
        let mut out = [0; ROWS];
        let weights = weights.as_flattened();
        let made = fully_connected_s8(
            &params,
            &quant,
            &inputs,
            &x,
            &filter,
            weights,
            Some(&bias),
            &outputs,
            black_box(&mut out),
        );
        _ = black_box(made.is_ok());
        out
    };
    report.count(NAME, weights, layer)
}
