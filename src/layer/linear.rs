//! `y = W·x + b`.

use crate::format::{Model, Role, Section, Stack};
use crate::kernel::{self, Rows};
use crate::number::{Block, narrow};

/// An int8 matrix `[rows × columns]` with a bias, read in place.
#[derive(Clone, Copy)]
pub(crate) struct Linear<'m> {
    rows: Rows<'m>,
    scale_exponent: i32,
    bias_exponent: i32,
    input: Input,
}

/// What mantissas a layer can read: at most so many bits, and an exponent not below the floor,
/// under which they would be finer than the bias.
#[derive(Clone, Copy)]
pub(crate) struct Input {
    bits: u32,
    floor: i32,
}

impl Input {
    /// What both can read.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { bits: self.bits.min(other.bits), floor: self.floor.max(other.floor) }
    }

    /// Writes `values · 2^exponent` into `out`, as such mantissas. Returns their exponent.
    pub(crate) fn narrow<T: Copy + Into<i32>>(
        self,
        values: &[T],
        exponent: i32,
        out: &mut [i16],
    ) -> i32 {
        narrow(values, exponent, self.bits, self.floor, out)
    }
}

/// A kernel's result is 2⁸ times finer than the product of the scales says.
const KERNEL_EXPONENT: i32 = 8;

impl<'m> Linear<'m> {
    pub(crate) fn of(model: &Model<'m>, stack: Stack, layer: usize, role: Role) -> Self {
        Self::from_section(&model.find(stack, layer, role))
    }

    pub(crate) fn from_section(section: &Section<'m>) -> Self {
        let floor = section
            .bias_exponent
            .wrapping_sub(section.scale_exponent)
            .wrapping_sub(KERNEL_EXPONENT);
        Self {
            rows: section.matrix(),
            scale_exponent: section.scale_exponent,
            bias_exponent: section.bias_exponent,
            input: Input { bits: section.bits, floor },
        }
    }

    /// Number of outputs.
    pub(crate) fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// What it can read.
    pub(crate) fn input(&self) -> Input {
        self.input
    }

    /// `x`: `[columns]`, as [`Self::input`] says · `out`: `[rows]`. Returns the exponent.
    pub(crate) fn apply(&self, x: Block<'_>, out: &mut [i32]) -> i32 {
        let exponent = x.exponent.wrapping_add(self.scale_exponent).wrapping_add(KERNEL_EXPONENT);
        let bias_shift = exponent.wrapping_sub(self.bias_exponent).clamp(0, 31) as u32;
        kernel::matvec(&self.rows, x.mantissas, bias_shift, out);
        exponent
    }
}
