//! A matrix with two vectors at once: three multiplications for each two rows and two vectors, not four.
//!
//! ```text
//! w = 256·a + b, the weights of two rows                          (layout: `layout.rs`)
//! A += w·x,  B += w·y                                             256·D + D′ of each vector, modulo 2³²
//! T += a·(x + 2¹⁶·y)                                              Dₓ + 2¹⁶·D_y, modulo 2³²
//! ```
//! Every |D| and |D′| is below 2²³, so three sums of 32 bits hold all four of 24 bits, exactly:
//!
//! ```text
//! A − 256·T = D′ₓ modulo 2²⁴, for T = Dₓ modulo 2¹⁶               so D′ₓ, and 256·Dₓ = A − D′ₓ
//! T − Dₓ = 2¹⁶·D_y                                                so D_y modulo 2¹⁶, and as before
//! ```
//! A multiplication overwrites one of its factors. Here it is x, which is loaded for each row pair
//! anew, three numbers at a time, so that no weight is copied: 42 instructions, loads included, for 16
//! products.
//!
//! | r0 | r1 | r2, r3 | r4–r6 | r7 | r8–r10 | r11, r12, lr | stack |
//! |---|---|---|---|---|---|---|---|
//! | weights | x | two words | x, y, x + 2¹⁶·y | a half | A, B, T | of the second row pair | [`Job`] |

mod run;

use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::mem::MaybeUninit;
use run::{Job, Wide, run, widen};

/// Groups that are widened at once, 48 bytes each on the stack.
const CHUNK: usize = 16;

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let groups = rows.columns().div_ceil(GROUP);
    let Some(x) = x.get(..groups.wrapping_mul(GROUP / 2)) else { return };
    let [a, b] = out;
    let count = a.len().min(b.len()).min(rows.rows());
    let (whole_a, part_a) = a[..count].as_chunks_mut::<BLOCK_ROWS>();
    let (whole_b, part_b) = b[..count].as_chunks_mut::<BLOCK_ROWS>();
    let stride = rows.stride();
    let last = rows.words().get(whole_a.len().wrapping_mul(stride)..).unwrap_or(&[]);
    let (mut four_a, mut four_b) = ([[0; BLOCK_ROWS]], [[0; BLOCK_ROWS]]);
    let mut wide = [const { MaybeUninit::<Wide>::uninit() }; CHUNK];
    let mut first = 0usize;
    loop {
        let (_, x) = x.split_at_checked(first.wrapping_mul(GROUP / 2)).unwrap_or_default();
        let left = x.len() / (GROUP / 2);
        let count = left.min(CHUNK);
        if count > 0 {
            // SAFETY: x has at least `count` groups, and `wide` places for as many.
            unsafe { widen(x.as_ptr(), wide.as_mut_ptr().cast(), count.wrapping_mul(GROUP / 2)) }
        }
        let groups = BLOCK_ROWS.wrapping_add(first.wrapping_mul(GROUP));
        let mut job = Job {
            stride: stride.wrapping_mul(size_of::<u32>()),
            lead: groups.wrapping_mul(size_of::<u32>()),
            x: wide.as_ptr().cast(),
            x_end: wide.as_ptr().wrapping_add(count).cast(),
            mode: u32::from(first > 0) | u32::from(count < left) << 1,
            out: [core::ptr::null_mut(); 2],
            out_end: core::ptr::null_mut(),
            bias_shifts,
        };
        blocks(rows.words(), [whole_a, whole_b], &mut job);
        if !part_a.is_empty() {
            blocks(last, [&mut four_a, &mut four_b], &mut job);
        }
        first = first.wrapping_add(CHUNK);
        if left <= CHUNK {
            break;
        }
    }
    for (part, four) in [(part_a, four_a), (part_b, four_b)] {
        for (to, from) in part.iter_mut().zip(four.as_flattened()) {
            *to = *from;
        }
    }
}

/// As many blocks from the start of `words` as both of `out` have, at least one.
fn blocks(words: &[u32], out: [&mut [[i32; BLOCK_ROWS]]; 2], job: &mut Job) {
    let [a, b] = out;
    if a.is_empty() {
        return;
    }
    let range = a.as_mut_ptr_range();
    (job.out, job.out_end) = ([range.start.cast(), b.as_mut_ptr().cast()], range.end.cast());
    // SAFETY: `matvec_pair` made `job` for a matrix of which `words` are whole blocks, at least one
    // for each element of the two of `out`, which are equally long, with as many groups as x; x and
    // out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}
