//! `y = W·x + b`.

use super::{Matrix, first_mut};
use crate::format::{Directory, Hook, Model, Role, Section, Stack};
use crate::number::{Block, Number, exponent_for, narrow, narrow_known};

/// A matrix `[rows × columns]` with a bias.
#[derive(Clone, Copy)]
pub(crate) struct Linear<'m> {
    rows: Matrix<'m>,
    scale_exponent: i32,
    bias_exponent: i32,
    input: Input,
    hook: Hook,
}

/// What mantissas a layer can read: at most so many bits, and an exponent not below the floor,
/// under which they would be as fine as the bias.
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

    /// Any 16-bit mantissas.
    pub(crate) const ANY: Self = Self { bits: 16, floor: i32::MIN };

    /// The same with exponents not below `floor` either.
    pub(crate) fn at_least(self, floor: i32) -> Self {
        Self { floor: self.floor.max(floor), ..self }
    }

    /// The shift that makes such mantissas of numbers in Q15, and their exponent.
    pub(crate) fn cut_q15(self) -> (u32, i32) {
        let down = 16u32.saturating_sub(self.bits);
        (down, (down as i32).wrapping_sub(15))
    }

    /// Writes blocks side by side into `out`, as such mantissas of one exponent. Returns it.
    pub(crate) fn join(self, parts: [Block<'_>; 3], out: &mut [i16]) -> i32 {
        let exponents = parts.map(|part| exponent_for(part, self.bits, self.floor));
        let exponent = exponents.into_iter().max().unwrap_or(0);
        let mut room = out;
        for part in parts {
            let Some((out, rest)) = room.split_at_mut_checked(part.mantissas.len()) else { break };
            narrow(part.mantissas, part.exponent, self.bits, exponent, out);
            room = rest;
        }
        exponent
    }

    /// Writes `values · 2^exponent` into `out`, as such mantissas. Returns their exponent.
    pub(crate) fn narrow<T: Number>(self, values: &[T], exponent: i32, out: &mut [i16]) -> i32 {
        narrow(values, exponent, self.bits, self.floor, out)
    }

    /// The same of values whose [`magnitude_bits`](crate::number::magnitude_bits) are known.
    pub(crate) fn narrow_known(self, values: (&[i32], u32), exponent: i32, out: &mut [i16]) -> i32 {
        narrow_known(values, exponent, self.bits, self.floor, out)
    }
}

/// A kernel's result is 2⁸ times finer than the product of the scales says.
const KERNEL_EXPONENT: i32 = 8;

/// Biases have bits to spare: kernels shift them at least so far.
const LEAST_BIAS_SHIFT: i32 = 2;

impl<'m> Linear<'m> {
    #[inline(never)] // For the flash.
    pub(crate) fn of(model: &Model<'m>, stack: Stack, layer: usize, role: Role) -> Self {
        Self::next(&mut model.directory(), stack, layer, role)
    }

    /// The same, behind what was read before of a directory.
    pub(crate) fn next(
        directory: &mut Directory<'_, 'm>,
        stack: Stack,
        layer: usize,
        role: Role,
    ) -> Self {
        Self::told(&directory.next(stack, layer, role), directory.model.hook())
    }

    /// Of another section than one of a model.
    #[cfg(any(test, feature = "conformance"))]
    pub(crate) fn from_section(section: &Section<'m>) -> Self {
        Self::told(section, Hook::NONE)
    }

    /// Of a section of a model, whose hook it tells.
    pub(crate) fn told(section: &Section<'m>, hook: Hook) -> Self {
        let floor = section
            .bias_exponent
            .wrapping_sub(section.scale_exponent)
            .wrapping_sub(KERNEL_EXPONENT - LEAST_BIAS_SHIFT);
        Self {
            rows: Matrix::of(section),
            scale_exponent: section.scale_exponent,
            bias_exponent: section.bias_exponent,
            input: Input { bits: section.bits, floor },
            hook,
        }
    }

    /// A pass over the rows, some at a time, for inputs of `exponent`.
    pub(crate) fn pass(&self, exponent: i32) -> Pass<'m> {
        let exponent = exponent.wrapping_add(self.scale_exponent).wrapping_add(KERNEL_EXPONENT);
        let bias_shift =
            exponent.wrapping_sub(self.bias_exponent).clamp(LEAST_BIAS_SHIFT, 31) as u32;
        Pass { rows: self.rows, bias_shift, exponent, hook: self.hook }
    }

    /// Number of inputs.
    pub(crate) fn columns(&self) -> usize {
        self.rows.columns()
    }

    /// Number of outputs.
    pub(crate) fn rows(&self) -> usize {
        self.rows.rows()
    }

    /// What it can read.
    pub(crate) fn input(&self) -> Input {
        self.input
    }

    /// The same of a block that is not yet as [`Self::input`] says. `narrow`: `[columns]`, or more.
    #[inline(never)] // For the flash.
    pub(crate) fn read(&self, x: Block<'_>, narrow: &mut [i16], out: &mut [i32]) -> i32 {
        let narrow = first_mut(narrow, x.mantissas.len());
        let exponent = self.input.narrow(x.mantissas, x.exponent, narrow);
        self.apply(Block { mantissas: narrow, exponent }, out)
    }

    /// Two rows, side by side as [`kernel::matvec_pair`](crate::kernel::matvec_pair) has them. Returns
    /// their exponents.
    pub(crate) fn apply_both(
        &self,
        x: &[[u32; 2]],
        exponents: [i32; 2],
        out: [&mut [i32]; 2],
    ) -> [i32; 2] {
        let [a, b] = exponents.map(|exponent| self.pass(exponent));
        self.hook.announce(self.rows.words());
        self.rows.matvec_pair(x, [a.bias_shift, b.bias_shift], out);
        [a.exponent, b.exponent]
    }

    /// `x`: `[columns]`, as [`Self::input`] says · `out`: `[rows]`. Returns the exponent.
    #[inline(never)] // For the flash.
    pub(crate) fn apply(&self, x: Block<'_>, out: &mut [i32]) -> i32 {
        let mut pass = self.pass(x.exponent);
        pass.announce();
        pass.next(x.mantissas, out);
        pass.exponent
    }
}

/// The rows of a matrix that were not asked for yet.
#[derive(Clone, Debug)]
pub(crate) struct Pass<'m> {
    rows: Matrix<'m>,
    bias_shift: u32,
    exponent: i32,
    hook: Hook,
}

impl Pass<'_> {
    /// The exponent of all outputs.
    pub(crate) fn exponent(&self) -> i32 {
        self.exponent
    }

    /// All of them are read next.
    pub(crate) fn announce(&self) {
        self.hook.announce(self.rows.words());
    }

    /// All outputs.
    pub(crate) fn all(&self, x: &[i16], out: &mut [i32]) {
        self.announce();
        self.clone().next(x, out);
    }

    /// All outputs of two vectors side by side. `x`: `[columns / 2]`, as
    /// [`kernel::matvec_pair`](crate::kernel::matvec_pair) has it.
    pub(crate) fn both(&self, x: &[[u32; 2]], out: [&mut [i32]; 2]) {
        self.announce();
        self.rows.matvec_pair(x, [self.bias_shift; 2], out);
    }

    /// All outputs, each of the numbers of its own channel. `x`: `[columns × rows]`.
    pub(crate) fn each(&self, x: &[i16], out: &mut [i32]) {
        self.announce();
        self.rows.depthwise(x, self.bias_shift, out);
    }

    /// Leaves out the next `n` outputs, a multiple of four.
    pub(crate) fn skip(&mut self, n: usize) {
        self.rows.skip(n);
    }

    /// The next outputs, as many as `room` has places for, a multiple of four, or as are left. Who
    /// asks so has called [`Self::announce`].
    #[inline(never)] // For the flash: the one place that calls this kernel.
    pub(crate) fn next<'o>(&mut self, x: &[i16], room: &'o mut [i32]) -> &'o mut [i32] {
        let out = first_mut(room, self.rows.rows());
        self.rows.matvec(x, self.bias_shift, out);
        self.rows.skip(out.len());
        out
    }
}
