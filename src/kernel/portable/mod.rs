//! What each kernel means, in safe Rust that every core can run.
//!
//! The other files of this folder are tested against this one, bit for bit.

#[cfg(feature = "bytes")]
pub mod bytes;
#[cfg(feature = "int4")]
pub mod fours;
mod gates;
mod sigmoid;
mod vector;
mod weights;

pub use super::bare::{put_column, put_row};
pub use gates::{Arguments, bend, gru, lstm, reset, rnn, update};
#[cfg(feature = "variants")]
pub(crate) use sigmoid::logistic;
pub use sigmoid::{GATE_FRACTION, ONE, SIGMOID_MAX_ERROR, TANH_MAX_ERROR, sigmoid, tanh};
#[cfg(regard_kernel = "mve")]
pub(super) use sigmoid::{STEPS, TABLE};
pub use vector::{
    Norm, add_scaled, interleave, magnitude, moments, narrow, narrow_short, norm, relu, width,
    width_short,
};
pub use weights::{energies, mantissas, powers};

use super::Layout;
use super::bare::{holds, stride};
use super::rows::{BLOCK_ROWS, GROUP, Rows};
use crate::kernel::front::filled_up;

/// `out[r] = round(256 · Σ_c w[r,c]·x[c] · M[r] / 2¹⁶) + round(b[r] / 2^bias_shift)`.
///
/// `x`: `[columns]`, small enough that every |Σ w·x| is below [`Layout::sum_limit`] (the model file proves it) ·
/// `out`: `[rows]` · `bias_shift`: 2…31 · |b| ≤ 2³⁰. With unequal lengths the shorter one counts.
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    match rows.layout() {
        Layout::Pairs => pairs(rows, x, bias_shift, out),
        #[cfg(feature = "int4")]
        Layout::Fours => fours::matvec(rows, x, bias_shift, out),
        #[cfg(feature = "bytes")]
        Layout::Bytes => bytes::matvec(rows, x, bias_shift, out),
    }
}

/// [`matvec`] of row pairs.
fn pairs(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (quads, rest) = x.as_chunks::<GROUP>();
    let tail: [i16; GROUP] = filled_up(rest);
    let count = out.len().min(rows.rows());
    for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
        let sums = gather(block, quads, &tail);
        finish(block, sums, bias_shift, out);
    }
}

/// Gathered sums of a block, per row pair: (256·D + D′, D′), modulo 2³².
type Sums = [(i32, i32); BLOCK_ROWS / 2];

fn gather(block: &[u32], quads: &[[i16; GROUP]], tail: &[i16; GROUP]) -> Sums {
    sum_groups(block.get(BLOCK_ROWS..).unwrap_or(&[]), quads, tail)
}

fn sum_groups(words: &[u32], quads: &[[i16; GROUP]], tail: &[i16; GROUP]) -> Sums {
    let mut sums = Sums::default();
    let (groups, _) = words.as_chunks::<GROUP>();
    for (group, x) in groups.iter().zip(quads) {
        sums = add_group(sums, group, x);
    }
    if let Some(group) = groups.get(quads.len()) {
        sums = add_group(sums, group, tail);
    }
    sums
}

// Inlined by hand: where size counts, a call or a loop here quadruples the instructions.
#[inline(always)]
fn add_group([even, odd]: Sums, &[a, b, c, d]: &[u32; GROUP], x: &[i16; GROUP]) -> Sums {
    let &[x0, x1, x2, x3] = x;
    let (x0, x1, x2, x3) = (i32::from(x0), i32::from(x1), i32::from(x2), i32::from(x3));
    [add(add(even, a, x0, x1), c, x2, x3), add(add(odd, b, x0, x1), d, x2, x3)]
}

#[inline(always)]
fn add((sum, low): (i32, i32), word: u32, x0: i32, x1: i32) -> (i32, i32) {
    let halves = [i32::from(word as i16), word as i32 >> 16];
    let bytes = [i32::from(word as i8), i32::from((word >> 16) as i8)];
    (
        sum.wrapping_add(halves[0].wrapping_mul(x0)).wrapping_add(halves[1].wrapping_mul(x1)),
        low.wrapping_add(bytes[0].wrapping_mul(x0)).wrapping_add(bytes[1].wrapping_mul(x1)),
    )
}

fn finish(block: &[u32], sums: Sums, bias_shift: u32, out: &mut [i32]) {
    let [(p0, l0), (p1, l1)] = sums;
    let sums = [p0.wrapping_sub(l0), l0 << 8, p1.wrapping_sub(l1), l1 << 8];
    scale_sums(block, sums, bias_shift, out);
}

/// `sums`: 256·D of each row.
fn scale_sums(block: &[u32], sums: [i32; BLOCK_ROWS], bias_shift: u32, out: &mut [i32]) {
    let biases = block.first_chunk::<BLOCK_ROWS>().unwrap_or(&[0; BLOCK_ROWS]);
    let multipliers = block.last_chunk::<BLOCK_ROWS>().unwrap_or(&[0; BLOCK_ROWS]);
    for (((out, sum), bias), m) in out.iter_mut().zip(sums).zip(biases).zip(multipliers) {
        let half = ((1u32 << (bias_shift & 31)) >> 1) as i32;
        let bias = (*bias as i32).wrapping_add(half) >> (bias_shift & 31);
        *out = scale(sum, *m as i32).wrapping_add(bias);
    }
}

/// [`matvec`] of two vectors that lie side by side: `x[i]` holds columns 2i and 2i + 1 of the first,
/// then of the second, the lower column in the lower half. `x`: `[columns / 2]`, filled up with
/// zeros to a multiple of four columns · `bias_shifts`: one of each vector · `out`: `[rows]` both. With
/// other lengths results are any, or none are written.
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    match rows.layout() {
        Layout::Pairs => pairs_pair(rows, x, bias_shifts, out),
        #[cfg(feature = "int4")]
        Layout::Fours => fours::matvec_pair(rows, x, bias_shifts, out),
        #[cfg(feature = "bytes")]
        Layout::Bytes => bytes::matvec_pair(rows, x, bias_shifts, out),
    }
}

/// [`matvec_pair`] of row pairs.
fn pairs_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    for ((which, bias_shift), out) in [0, 1].into_iter().zip(bias_shifts).zip(out) {
        let count = out.len().min(rows.rows());
        for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
            let words = block.get(BLOCK_ROWS..).unwrap_or(&[]).as_chunks::<2>().0;
            let words = words.get(..rows.columns().div_ceil(2)).unwrap_or(words);
            let mut sums = Sums::default();
            for (&[even, odd], x) in words.iter().zip(x) {
                let word = x.get(which).copied().unwrap_or(0);
                let (x0, x1) = (i32::from(word as i16), word as i32 >> 16);
                let [a, b] = sums;
                sums = [add(a, even, x0, x1), add(b, odd, x0, x1)];
            }
            finish(block, sums, bias_shift, out);
        }
    }
}

/// `out[r] = round(256 · Σ_c w[r,c]·x[c·rows + r] · M[r] / 2¹⁶) + round(b[r] / 2^bias_shift)`: as
/// [`matvec`], but each row reads numbers of its own. `rows`: pairs, of a matrix of `width` rows the
/// first ones, or others if `x` starts as far behind ·
/// `x`: `[columns × width]`, column after column.
pub fn depthwise(rows: &Rows<'_>, x: &[i16], width: usize, bias_shift: u32, out: &mut [i32]) {
    let columns = rows.columns();
    let count = out.len().min(rows.rows());
    let mut next = 0usize;
    for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
        let first = next;
        next = next.wrapping_add(BLOCK_ROWS);
        let words = block.get(BLOCK_ROWS..).unwrap_or(&[]).as_chunks::<2>().0;
        let mut sums = Sums::default();
        let mut pair = 0usize;
        for &[even, odd] in words.iter().take(columns.div_ceil(2)) {
            for half in 0..2 {
                let column = pair.wrapping_add(half);
                let at = column.wrapping_mul(width).wrapping_add(first);
                let at = if column < columns { at } else { x.len() };
                let x = x.get(at..).unwrap_or(&[]);
                let x = |r: usize| x.get(r).map_or(0, |&x| i32::from(x));
                let shift = (half as u32 & 1) << 4;
                for ((sum, word), r) in sums.iter_mut().zip([even, odd]).zip([0, 2]) {
                    let both = i32::from((word >> shift) as i16);
                    let low = i32::from((word >> shift) as i8);
                    // As `finish` separates them: 256·D + D′, and D′.
                    let high = both.wrapping_sub(low).wrapping_mul(x(r));
                    let low = low.wrapping_mul(x(r | 1));
                    *sum = (sum.0.wrapping_add(high).wrapping_add(low), sum.1.wrapping_add(low));
                }
            }
            pair = pair.wrapping_add(2);
        }
        finish(block, sums, bias_shift, out);
    }
}

/// `round(value · m / 2³²)`, where the low 16 bits of `m` are zero: what SMMULR does, in 32 bits.
#[inline]
#[must_use]
pub const fn scale(value: i32, m: i32) -> i32 {
    let m = m >> 16;
    let low = ((value & 0xFFFF).wrapping_mul(m).wrapping_add(0x8000)) >> 16;
    (value >> 16).wrapping_mul(m).wrapping_add(low)
}

/// `out[r] = Σ_c w[r,c]·x[c]` of a matrix without biases and multipliers (`bare.rs`), of `columns`.
///
/// `x`: fours of `columns`, or fewer, |Σ w·x| < 2²³ · `out`: `[rows]` or shorter; nothing is written if
/// there are fewer words.
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let stride = stride(columns);
    if !holds(words.len(), columns, out.len(), x.len()) {
        return;
    }
    let mut words = words;
    for out in out.chunks_mut(BLOCK_ROWS) {
        let Some((block, behind)) = words.split_at_checked(stride) else { break };
        words = behind;
        let [(p0, l0), (p1, l1)] = sum_groups(block, x, &[0; GROUP]);
        let sums = [p0.wrapping_sub(l0) >> 8, l0, p1.wrapping_sub(l1) >> 8, l1];
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = sum;
        }
    }
}
