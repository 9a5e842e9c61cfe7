//! RISC-V with multiplication (RV32IM, with or without C): four rows at a time, one stream.
//!
//! ```text
//! for each block of four rows                                       (layout: `layout.rs`)
//!     A₀ = L₀ = A₁ = L₁ = 0                                         A, L: one each per row pair
//!     for each column x, and its half h of row pair p
//!         Aₚ += h · x                   lh                          256·D + D′, modulo 2³²
//!         Lₚ += low byte of h · x       lb                          D′
//!     out[0..4] = round([A₀ − L₀, L₀ << 8, A₁ − L₁, L₁ << 8] · multiplier / 2³²)
//!         + round(bias / 2^shift)
//! ```
//! Registers: `loops.rs` for one vector, `pair.rs` for two, where three sums hold the four of a row
//! pair.
//!
//! # Tricks
//!
//! * Nothing is unpacked: `lh` and `lb` at one address load 256·w + w′ and w′, with their signs, of
//!   the rows of a pair. A − L is 256·D even after A has wrapped around, because |D| < 2²³.
//! * A column of x meets four blocks, sixteen rows, in 28 registers: a load of x costs a sixteenth.
//! * The loop takes two groups, eight columns. An odd group enters it in its middle, with the
//!   pointers set back; so does the padded copy of the last 1–3 columns. Any length is whole rounds
//!   then.
//! * Blocks that are left by fours run one at a time, with every column's load for themselves.
//! * MULH and bit 31 of MUL round a product: the multiplier has 15 bits, 16 bits up.
//! * Two vectors share more than loads: see `pair.rs`.
//! * Loads are of the size of what they read: nothing need be aligned to more than that.
//!
//! # What was tried
//!
//! Executed instructions a product, emulated (`cargo xtask bench`), and bytes of all assembly for
//! one vector:
//!
//! | | 1×64×64 | 1×128×128 | 1×512×128 | bytes |
//! |---|---|---|---|---|
//! | this | 3.40 | 3.25 | 3.14 | 2040 |
//! | a round of one group, not two | 3.44 | 3.29 | 3.19 | 1358 |
//! | and sums scaled in Rust, after all blocks | 3.48 | 3.31 | 3.19 | 1230 and 730 of Rust |
//!
//! | two vectors | 2×128×128 |
//! |---|---|
//! | this: three sums for two rows, three blocks | 2.63 |
//! | two blocks, separated and scaled in Rust | 2.73 |
//! | three blocks, in Rust | 2.65 |
//! | four sums for two rows (A and L of both), two blocks: the loop alone, without endings | 2.69 |
//!
//! For one vector, 3 is the floor of this layout as far as we know: a load, a product, an addition.
//! Four sums of 24 bits would fit three registers, as for two vectors; but the third operand,
//! w + 256·w‴ of two row pairs, takes five instructions to make, and only three would pay.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod asm;
mod bare;
mod double;
mod endings;
#[cfg(feature = "int4")]
pub mod fours;
mod job;
mod loops;
mod pair;
mod sums;
mod vector;

pub use super::portable::*; // What this set has not.
pub use bare::dots;
pub use pair::matvec_pair;
pub use vector::{add_scaled, moments, narrow, norm, scale};

use super::rows::{BLOCK_ROWS, GROUP, Rows};
use crate::kernel::front::filled_up;
use endings::scaled;
use job::Job;
use sums::{GROUP_BYTES, sums};

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (groups, rest) = x.as_chunks::<GROUP>();
    let tail: [i16; GROUP] = filled_up(rest);
    let tail = (!rest.is_empty()).then_some(&tail);
    let stride = rows.block(0).map_or(0, <[u32]>::len);
    let mut job = Job::new(groups, tail, stride, GROUP_BYTES).scaled(bias_shift, scaled);
    let count = out.len().min(rows.rows());
    // SAFETY: `rows` has a block for every four of `out`, and no row is shorter than x.
    unsafe { job.run(sums, rows.words().as_ptr().wrapping_add(BLOCK_ROWS), &mut out[..count]) }
}
