//! A matrix with two vectors a and b at once: each word of weights is read once.
//!
//! ```text
//! for each block of four rows                                       (layout: `rows.rs`)
//!     for each half h = 256·w + w′ of a row pair, with a, b of its column, and X = a + 2¹⁶·b
//!         P += h·X        256·Dₐ + D′ₐ + 2¹⁶·Q
//!         Q += h·b        256·D_b + D′_b
//!         R += w·X        Dₐ + 2¹⁶·D_b               all modulo 2³²; w = ⌊h/256 + ½⌋
//! ```
//! Three sums of 32 bits hold four of 24: three products and additions where one vector after the other
//! takes four of each. They come apart at the end: P − 2¹⁶·Q − 256·R is D′ₐ in its low 24 bits; then
//! Dₐ follows from P, 2¹⁶·D_b from R, D′_b from Q in its low 24 bits, and D_b.
//!
//! | a0–a2 | a4, a6 | t6, t5 | a3, a5, a7 | s0–s11, t0–t4, ra |
//! |---|---|---|---|---|
//! | weights of three blocks | x and its end | X, b | products | P Q R of both row pairs of each block |

use super::asm::{at, begin, end, op};
use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;

/// Blocks that share each load of x.
const BLOCKS: usize = 3;

/// What is computed with every block; the assembly knows the order.
#[repr(C)]
struct Job {
    x: *const [u32; 2],
    end: *const [u32; 2],
    /// Where the next four results of both vectors go.
    out: [*mut [i32; BLOCK_ROWS]; 2],
    /// Bytes of a block.
    stride: usize,
    /// Of both vectors: half of 2^shift, and the shift of biases.
    halves: [i32; 2],
    shifts: [u32; 2],
    /// How often three blocks are left.
    threes: usize,
    /// How many blocks are left then.
    ones: usize,
}

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let [a, b] = out;
    let words = rows.columns().div_ceil(GROUP).wrapping_mul(2);
    let Some(x) = x.get(..words) else { return };
    let count = a.len().min(b.len()).min(rows.rows());
    let range = x.as_ptr_range();
    let shifts = bias_shifts.map(|shift| shift & 31);
    let mut job = Job {
        x: range.start,
        end: range.end,
        out: [core::ptr::null_mut(); 2],
        stride: rows.block(0).map_or(0, size_of_val::<[u32]>),
        halves: shifts.map(|shift| ((1u32 << shift) >> 1) as i32),
        shifts,
        threes: 0,
        ones: 0,
    };
    let (whole_a, part_a) = a[..count].as_chunks_mut::<BLOCK_ROWS>();
    let (whole_b, part_b) = b[..count].as_chunks_mut::<BLOCK_ROWS>();
    let last = rows.block(whole_a.len());
    blocks(rows.words(), [whole_a, whole_b], &mut job);
    if !part_a.is_empty()
        && let Some(last) = last
    {
        let (mut four_a, mut four_b) = ([[0; BLOCK_ROWS]], [[0; BLOCK_ROWS]]);
        blocks(last, [&mut four_a, &mut four_b], &mut job);
        for (part, four) in [(part_a, four_a), (part_b, four_b)] {
            for (to, from) in part.iter_mut().zip(four.as_flattened()) {
                *to = *from;
            }
        }
    }
}

/// As many blocks from the start of `words` as both of `out` have.
fn blocks(words: &[u32], [a, b]: [&mut [[i32; BLOCK_ROWS]]; 2], job: &mut Job) {
    (job.threes, job.ones) = (a.len() / BLOCKS, a.len() % BLOCKS);
    job.out = [a.as_mut_ptr(), b.as_mut_ptr()];
    // SAFETY: `matvec_pair` made `job` for a matrix of which `words` are whole blocks, one for each
    // element of both halves of `out`, which are equally long. Groups lie behind four biases.
    unsafe { run(words.as_ptr().wrapping_add(BLOCK_ROWS), job) };
}

/// The next column of both vectors: X to t6, b to t5.
macro_rules! inputs {
    ($a:literal, $b:literal) => {
        concat!(
            at!("lh", "t5", $b, "a4"),
            at!("lh", "t6", $a, "a4"),
            op!("slli", "a5", "t5", "16"),
            op!("add", "t6", "t6", "a5"),
        )
    };
}

/// A column of a row pair: 9 instructions for four products.
macro_rules! pair {
    ($p:literal, $w:literal, $sp:literal, $sq:literal, $sr:literal) => {
        concat!(
            at!("lh", "a7", $w, $p),
            op!("addi", "a5", "a7", "128"),
            op!("srai", "a5", "a5", "8"),
            op!("mul", "a3", "a7", "t6"),
            op!("mul", "a7", "a7", "t5"),
            op!("mul", "a5", "a5", "t6"),
            op!("add", $sp, $sp, "a3"),
            op!("add", $sq, $sq, "a7"),
            op!("add", $sr, $sr, "a5"),
        )
    };
}

/// A column of one block.
macro_rules! single {
    ($a:literal, $b:literal, $w01:literal, $w23:literal) => {
        concat!(
            inputs!($a, $b),
            pair!("a0", $w01, "s0", "s1", "s2"),
            pair!("a0", $w23, "s3", "s4", "s5"),
        )
    };
}

/// A column of three blocks.
macro_rules! columns {
    ($a:literal, $b:literal, $w01:literal, $w23:literal) => {
        concat!(
            single!($a, $b, $w01, $w23),
            pair!("a1", $w01, "s6", "s7", "s8"),
            pair!("a1", $w23, "s9", "s10", "s11"),
            pair!("a2", $w01, "t0", "t1", "t2"),
            pair!("a2", $w23, "t3", "t4", "ra"),
        )
    };
}

/// P, Q, R become 256·(Dₐ, D_b, D′_b), and a fourth register 256·D′ₐ.
macro_rules! separate {
    ($p:literal, $q:literal, $r:literal, $low:literal) => {
        concat!(
            op!("slli", "t2", $q, "16"),
            op!("sub", $p, $p, "t2"),
            op!("slli", "t2", $r, "8"),
            op!("sub", "t2", $p, "t2"),
            op!("slli", $low, "t2", "8"),
            op!("srai", "t2", $low, "8"),
            op!("sub", $p, $p, "t2"),
            op!("srai", "t2", $p, "8"),
            op!("sub", $r, $r, "t2"),
            op!("srai", $r, $r, "8"),
            op!("sub", $r, $q, $r),
            op!("slli", $r, $r, "8"),
            op!("srai", "t2", $r, "8"),
            op!("sub", $q, $q, "t2"),
        )
    };
}

/// 256 times a sum, the multiplier in t2 and the bias in t3, scaled and rounded to t4.
macro_rules! scale {
    ($sum:literal, $half:literal, $shift:literal) => {
        concat!(
            op!("mul", "t4", $sum, "t2"),
            op!("mulh", $sum, $sum, "t2"),
            op!("srli", "t4", "t4", "31"),
            op!("add", $sum, $sum, "t4"),
            op!("add", "t4", "t3", $half),
            op!("sra", "t4", "t4", $shift),
            op!("add", "t4", "t4", $sum),
        )
    };
}

/// A row of both vectors.
macro_rules! row {
    ($a:literal, $b:literal, $at:literal) => {
        concat!(
            at!("lw", "t2", $at, "a0"),
            at!("lw", "t3", concat!("16+", $at), "t0"),
            scale!($a, "a1", "a2"),
            at!("sw", "t4", $at, "a5"),
            scale!($b, "a3", "a4"),
            at!("sw", "t4", $at, "a6"),
        )
    };
}

/// # Safety
///
/// From `words` on there are the groups of three blocks for each of `job.threes`, and of `job.ones`,
/// `job.stride` apart, between biases and multipliers; `job.out` has places for as many.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        begin!(),
        "addi sp, sp, -128",
        "sw s0, 72(sp); sw s1, 76(sp); sw s2, 80(sp); sw s3, 84(sp); sw s4, 88(sp)",
        "sw s5, 92(sp); sw s6, 96(sp); sw s7, 100(sp); sw s8, 104(sp); sw s9, 108(sp)",
        "sw s10, 112(sp); sw s11, 116(sp); sw ra, 120(sp)",
        "sw a1, 124(sp)", // job
        "2:",
        "lw a1, 124(sp)",
        "lw a4, 0(a1)", // x, end
        "lw a6, 4(a1)",
        "lw a3, 36(a1)", // threes
        "beqz a3, 4f",
        "addi a3, a3, -1",
        "sw a3, 36(a1)",
        "lw a5, 16(a1)", // stride
        "add a1, a0, a5",
        "add a2, a1, a5",
        "li s0, 0; li s1, 0; li s2, 0; li s3, 0; li s4, 0; li s5, 0; li s6, 0; li s7, 0",
        "li s8, 0; li s9, 0; li s10, 0; li s11, 0; li t0, 0; li t1, 0; li t2, 0; li t3, 0",
        "li t4, 0; li ra, 0",
        "beq a4, a6, 9f", // No columns?
        "3:",             // four columns
        columns!("0", "4", "0", "4"),
        columns!("2", "6", "2", "6"),
        columns!("8", "12", "8", "12"),
        columns!("10", "14", "10", "14"),
        "addi a0, a0, 16; addi a1, a1, 16; addi a2, a2, 16; addi a4, a4, 16",
        "bne a4, a6, 3b",
        "9:",
        "sw s0, 0(sp); sw s1, 4(sp); sw s2, 8(sp); sw s3, 12(sp); sw s4, 16(sp)",
        "sw s5, 20(sp); sw s6, 24(sp); sw s7, 28(sp); sw s8, 32(sp); sw s9, 36(sp)",
        "sw s10, 40(sp); sw s11, 44(sp); sw t0, 48(sp); sw t1, 52(sp); sw t2, 56(sp)",
        "sw t3, 60(sp); sw t4, 64(sp); sw ra, 68(sp)",
        "li t1, 3",
        "j 6f",
        "4:",
        "lw a3, 40(a1)", // ones
        "beqz a3, 8f",
        "addi a3, a3, -1",
        "sw a3, 40(a1)",
        "li s0, 0; li s1, 0; li s2, 0; li s3, 0; li s4, 0; li s5, 0",
        "beq a4, a6, 9f",
        "5:", // four columns
        single!("0", "4", "0", "4"),
        single!("2", "6", "2", "6"),
        single!("8", "12", "8", "12"),
        single!("10", "14", "10", "14"),
        "addi a0, a0, 16",
        "addi a4, a4, 16",
        "bne a4, a6, 5b",
        "9:",
        "sw s0, 0(sp); sw s1, 4(sp); sw s2, 8(sp); sw s3, 12(sp); sw s4, 16(sp)",
        "sw s5, 20(sp)",
        "li t1, 1",
        "6:", // the endings of t1 blocks, the multipliers of the first at a0
        "lw ra, 124(sp)",
        "mv t5, sp",
        "lw a5, 8(ra)", // out
        "lw a6, 12(ra)",
        "lw a7, 16(ra)", // stride
        "lw a1, 20(ra)", // halves
        "lw a3, 24(ra)",
        "lw a2, 28(ra)", // shifts
        "lw a4, 32(ra)",
        "7:",
        "lw s0, 0(t5); lw s1, 4(t5); lw s2, 8(t5); lw s3, 12(t5); lw s4, 16(t5)",
        "lw s5, 20(t5)",
        "addi t5, t5, 24",
        "sub t0, a0, a7",
        separate!("s0", "s1", "s2", "s6"),
        separate!("s3", "s4", "s5", "s7"),
        row!("s0", "s1", "0"),
        row!("s6", "s2", "4"),
        row!("s3", "s4", "8"),
        row!("s7", "s5", "12"),
        "addi a5, a5, 16",
        "addi a6, a6, 16",
        "add a0, a0, a7",
        "addi t1, t1, -1",
        "bnez t1, 7b",
        "sw a5, 8(ra)",
        "sw a6, 12(ra)",
        "addi a0, t0, 32",
        "add a0, a0, a7",
        "j 2b",
        "8:",
        "lw s0, 72(sp); lw s1, 76(sp); lw s2, 80(sp); lw s3, 84(sp); lw s4, 88(sp)",
        "lw s5, 92(sp); lw s6, 96(sp); lw s7, 100(sp); lw s8, 104(sp); lw s9, 108(sp)",
        "lw s10, 112(sp); lw s11, 116(sp); lw ra, 120(sp)",
        "addi sp, sp, 128",
        "ret",
        end!(),
    )
}
