//! `microflow`: `ops::fully_connected`, which its macro calls for each such layer of a TFLite file,
//! with constants that the macro has computed.

use crate::layer::{DOWN, OFFSET, Report, input, weights};
use core::hint::black_box;
use microflow::activation::FusedActivation;
use microflow::buffer::Buffer2D;
use microflow::ops::{FullyConnectedOptions, fully_connected};
use microflow::tensor::Tensor2D;
use nalgebra::{ArrayStorage, SMatrix};

const NAME: &str = "microflow-0.1.3";

/// Biases over the output's scale; the scales of x and w over it; Σ w times the zero point of x; and
/// what both zero points make together.
type Constants<const ROWS: usize> = (Buffer2D<f32, ROWS, 1>, f32, Buffer2D<i32, 1, ROWS>, i32);

struct Layer<const COLUMNS: usize, const ROWS: usize>;

impl<const COLUMNS: usize, const ROWS: usize> Layer<COLUMNS, ROWS> {
    const ROWS_OF_WEIGHTS: [[i8; COLUMNS]; ROWS] = weights();

    /// An output's weights are a column, one behind the other.
    const WEIGHTS: &'static Tensor2D<i8, COLUMNS, ROWS, 1> = &Tensor2D {
        buffer: SMatrix::from_array_storage(ArrayStorage(Self::ROWS_OF_WEIGHTS)),
        scale: [1.0],
        zero_point: [0],
    };

    const CONSTANTS: &'static Constants<ROWS> = &(
        SMatrix::from_array_storage(ArrayStorage([[0.0; ROWS]])),
        1.0 / (1u32 << DOWN) as f32,
        SMatrix::from_array_storage(ArrayStorage(Self::sums())),
        0,
    );

    const fn sums() -> [[i32; 1]; ROWS] {
        let (weights, mut sums, mut row) = (Self::ROWS_OF_WEIGHTS, [[0]; ROWS], 0);
        while row < ROWS {
            let mut column = 0;
            while column < COLUMNS {
                sums[row][0] -= OFFSET * weights[row][column] as i32;
                column += 1;
            }
            row += 1;
        }
        sums
    }
}

/// Counts a layer of so many inputs and outputs: whether the outputs are right.
#[inline(never)] // Its frame is gone before the next layer.
pub fn count<const COLUMNS: usize, const ROWS: usize>(report: &mut Report<'_>) -> bool {
    let weights = black_box(Layer::<COLUMNS, ROWS>::WEIGHTS);
    let constants = black_box(Layer::<COLUMNS, ROWS>::CONSTANTS);
    let x = &black_box(Buffer2D::<i8, 1, COLUMNS>::from_fn(|_, at| input(at)));
    let layer = || {
        let options = FullyConnectedOptions { fused_activation: FusedActivation::None };
        let (scale, zero) = black_box(([1.0], [0]));
        let x = Tensor2D { buffer: *x, scale: [1.0], zero_point: [-OFFSET as i8] };
        let out = fully_connected(x, weights, scale, zero, options, *constants);
        black_box(out.buffer).data.0.map(|[y]| y)
    };
    report.count(NAME, &weights.buffer.data.0, layer)
}
