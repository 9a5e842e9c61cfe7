//! What a matrix of [`Layout::Fours`](crate::kernel::Layout) means: int4, four rows in a half-word.
//!
//! ```text
//! half = 4096·w₀ + 256·u₁ + 16·u₂ + u₃                       u = w + 8, 0…15
//!
//! a = Σ half·x             a − b = 4096·D₀                   all modulo 2³², right as long as
//! b = Σ (half & FFF)·x     b − c =  256·(D₁ + 8·X)           |D| < 2¹⁹
//! c = Σ (half & FF)·x      c − d =   16·(D₂ + 8·X)
//! d = Σ (half & F)·x           d =       D₃ + 8·X            X = Σ x, the same for all rows
//! ```

use super::scale_sums;
use crate::kernel::front::filled_up;
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};

/// [`super::matvec`] of such a matrix. `x`: such that every |Σ w·x| < 2¹⁹.
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    let x = x.get(..rows.columns()).unwrap_or(x);
    let (quads, rest) = x.as_chunks::<GROUP>();
    let tail: [i16; GROUP] = filled_up(rest);
    let sum_x = x.iter().fold(0i32, |sum, &x| sum.wrapping_add(x.into()));
    let count = out.len().min(rows.rows());
    for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
        let groups = block.get(BLOCK_ROWS..).unwrap_or(&[]).as_chunks::<2>().0;
        let mut sums = [0; BLOCK_ROWS];
        for (group, x) in groups.iter().zip(quads) {
            sums = add_group(sums, group, x);
        }
        if let Some(group) = groups.get(quads.len()).filter(|_| !rest.is_empty()) {
            sums = add_group(sums, group, &tail);
        }
        scale_sums(block, separate(sums, sum_x), bias_shift, out);
    }
}

/// [`super::matvec_pair`] of such a matrix.
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let x = x.get(..rows.columns().div_ceil(2)).unwrap_or(x);
    for ((which, bias_shift), out) in [0, 1].into_iter().zip(bias_shifts).zip(out) {
        let columns = |x: &[u32; 2]| {
            let word = x.get(which).copied().unwrap_or(0);
            [word as i16, (word >> 16) as i16]
        };
        let sum_x = x.iter().flat_map(columns).fold(0i32, |sum, x| sum.wrapping_add(x.into()));
        let count = out.len().min(rows.rows());
        for (block, out) in rows.blocks().zip(out[..count].chunks_mut(BLOCK_ROWS)) {
            let words = block.get(BLOCK_ROWS..).unwrap_or(&[]);
            let mut sums = [0; BLOCK_ROWS];
            for (word, x) in words.iter().zip(x) {
                let [x0, x1] = columns(x);
                sums = add(add(sums, *word, x0), *word >> 16, x1);
            }
            scale_sums(block, separate(sums, sum_x), bias_shift, out);
        }
    }
}

/// Four columns more.
#[inline(always)] // As in `matvec` of row pairs.
fn add_group(sums: [i32; BLOCK_ROWS], &[a, b]: &[u32; 2], x: &[i16; GROUP]) -> [i32; BLOCK_ROWS] {
    let &[x0, x1, x2, x3] = x;
    add(add(add(add(sums, a, x0), a >> 16, x1), b, x2), b >> 16, x3)
}

/// One column more. `half`: its weights, in the lower half.
#[inline(always)]
fn add([a, b, c, d]: [i32; BLOCK_ROWS], half: u32, x: i16) -> [i32; BLOCK_ROWS] {
    let add = |sum: i32, half: i32| sum.wrapping_add(half.wrapping_mul(x.into()));
    [
        add(a, (half as i16).into()),
        add(b, (half & 0xFFF) as i32),
        add(c, (half & 0xFF) as i32),
        add(d, (half & 0xF) as i32),
    ]
}

/// 256·D of each row.
fn separate(sums: [i32; BLOCK_ROWS], sum_x: i32) -> [i32; BLOCK_ROWS] {
    let [a, b, c, d] = sums;
    let eights = sum_x << 11;
    [
        a.wrapping_sub(b) >> 4,
        b.wrapping_sub(c).wrapping_sub(eights),
        (c.wrapping_sub(d) << 4).wrapping_sub(eights),
        (d << 8).wrapping_sub(eights),
    ]
}
