//! Cortex-M0 and M0+: a multiplication of 32 bits, and eight registers that can do more than be added.
//! Four rows at a time, one stream.
//!
//! ```text
//! for as many columns as CHUNK has                                  (layout: `layout.rs`)
//!     x, as words, to the stack
//!     for each block of four rows
//!         A₀ = L₀ = A₁ = L₁ = 0, or the sums of the columns before  A, L: one each per row pair
//!         for each word w of row pair p, and its two columns x
//!             Lₚ += SXTB(w)·x₀, Aₚ += SXTH(w)·x₀                    D′, and 256·D + D′ modulo 2³²
//!             w >>= 16
//!             Lₚ += SXTB(w)·x₁, Aₚ += w·x₁
//!         out[0..4] = [A₀ − L₀, L₀ << 8, A₁ − L₁, L₁ << 8] · next four words / 2¹⁶ + bias / 2^shift
//! ```
//!
//! | r0 | r1 | r2, r3 | r4–r6 | r7 | r8, r9 | r10, r11 | r12 | lr | stack |
//! |---|---|---|---|---|---|---|---|---|---|
//! | weights | x | two columns of x | words | a factor | A₀ L₀ | A₁ L₁ | end of x | end of out | [`Job`] |
//!
//! # Tricks
//!
//! * MULS overwrites a factor. Each of the four factors of a word is made by the very instruction that
//!   copies it, and the last needs no copy: 12 instructions for 4 products.
//! * ADD is the one operation that r8–r12 and lr take part in. There the sums stand.
//! * x is widened once for all rows, 2½ instructions a column, so that LDM loads two columns ready for
//!   use, wherever they lay. From half-words the loop would take .22 instructions a product more.
//! * Eight columns are sixteen halves of eight words: LDM takes 3, 3 and 2 of these, for the registers
//!   of x change between the third and the fourth. A group without a partner goes first.
//! * A shift leaves the last bit that falls out in the carry, and ADCS rounds with it: 9½ instructions
//!   make a result, its bias included.
//!
//! # What was tried
//!
//! Executed instructions a product on a Cortex-M0, emulated (`cargo xtask bench`); bytes of `run`. The
//! variants were counted while a block took three instructions more, .01 a product at most:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | bytes |
//! |---|---|---|---|---|
//! | this | 3.65 | 3.45 | 3.41 | 556 |
//! | words in twos, not 3, 3 and 2 | 3.70 | 3.49 | 3.44 | 564 |
//! | one group a round, not two | 3.76 | 3.55 | 3.50 | 460 |
//! | 64 columns at once (256 bytes of stack, not 512) | 3.66 | 3.56 | 3.49 | 562 |
//! | 256 columns at once (1024 bytes) | 3.67 | 3.46 | 3.37 | 562 |
//!
//! A third sum for two row pairs together, of a₀ + 256·b₁ with the upper weight a of the one and the lower
//! weight b of the other, would save a multiplication and an addition in four, as `pair/` does with two
//! vectors; but to make that number takes four instructions from words that lie as they do, and so
//! nothing is won. The floor of this layout is 3.22: 12 instructions for each word of 4 products, and 7
//! loads for 32.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

#[cfg(feature = "int4")]
pub mod fours;
mod ops;
mod pair;
mod product;
mod run;
mod vector;

pub use super::portable::*; // What this set has not.
pub use pair::matvec_pair;
pub use vector::{add_scaled, moments, narrow, norm, scale};

use super::bare;
use super::rows::{GROUP, Rows};
use product::{Matrix, Vector, Weights};

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let count = out.len().min(rows.rows());
    let mut tail = [0; GROUP];
    let vector = Vector::of(x, &mut tail);
    Matrix::of(rows, bias_shift, Weights::Pairs).product(&vector, &mut out[..count]);
}

/// See [`super::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let stride = bare::stride(columns);
    if !bare::holds(words.len(), columns, out.len(), x.len()) {
        return;
    }
    let vector = Vector::of(x.as_flattened(), &mut []);
    let weights = Weights::Pairs;
    Matrix { words, stride, biases: 0, shift: 0, weights }.product(&vector, out);
}
