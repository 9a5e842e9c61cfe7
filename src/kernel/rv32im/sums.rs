//! The loops of `mod.rs`: four blocks at a time, then one at a time.
//!
//! | a0–a3 | a4, a5 | t6 | a6, a7, t0, t1 | s0–s11, t2–t5 | ra |
//! |---|---|---|---|---|---|
//! | weights of four blocks | x and its end | a column | products | A₀ L₀ A₁ L₁ of each block | [`Job`] |
//!
//! Eight columns take 398 instructions for 128 products, four of a single block 55 for 16.

use super::asm::{at, begin, end, op};
use super::endings::{plain, scaled};
use crate::kernel::rows::{BLOCK_ROWS, GROUP};
use core::arch::naked_asm;

/// Bytes of the weights of one group: a word per two rows and two columns.
const GROUP_BYTES: usize = 4 * GROUP;
/// Blocks that share each load of x.
const BLOCKS: usize = 4;

/// What is computed with every block; the assembly knows the order.
#[repr(C)]
pub(super) struct Job {
    /// Whole groups of x, up to `end`.
    x: *const i16,
    end: *const i16,
    /// Behind the group that is read last, which may lie elsewhere.
    last: *const i16,
    /// Bytes from the last group that is read to the groups of the next block.
    skip: usize,
    /// Bytes of a block.
    stride: usize,
    /// Where the next four results go.
    out: *mut [i32; BLOCK_ROWS],
    /// How often four blocks are left.
    fours: usize,
    /// How many blocks are left then.
    ones: usize,
    /// Half of 2^shift.
    half: i32,
    /// Of biases.
    shift: u32,
    /// A routine of `endings.rs`.
    ending: unsafe extern "C" fn(),
}

impl Job {
    /// Blocks of `stride` words. `tail`: a group behind all others.
    pub(super) fn new(groups: &[[i16; GROUP]], tail: Option<&[i16; GROUP]>, stride: usize) -> Self {
        let (range, stride) = (groups.as_ptr_range(), stride.wrapping_mul(4));
        let tail = tail.map(core::slice::from_ref).unwrap_or_default();
        let last = if tail.is_empty() { range.end } else { tail.as_ptr_range().end };
        let read = groups.len().wrapping_add(tail.len());
        Self {
            x: range.start.cast(),
            end: range.end.cast(),
            last: last.cast(),
            skip: stride.wrapping_sub(read.wrapping_mul(GROUP_BYTES)),
            stride,
            out: core::ptr::null_mut(),
            fours: 0,
            ones: 0,
            half: 0,
            shift: 0,
            ending: plain,
        }
    }

    /// With multipliers, and biases in front.
    pub(super) fn scaled(self, bias_shift: u32) -> Self {
        let shift = bias_shift & 31;
        Self { half: ((1u32 << shift) >> 1) as i32, shift, ending: scaled, ..self }
    }

    /// Results of as many blocks as `out` has, the groups of the first at `words`.
    ///
    /// # Safety
    ///
    /// From `words` on, and from each `stride` words behind, there are as many groups as x has, for as
    /// many blocks as `out`; where results are scaled, four biases in front of them and four
    /// multipliers at the end of `stride`. What x was made of is still there.
    pub(super) unsafe fn run(&mut self, words: *const u32, out: &mut [[i32; BLOCK_ROWS]]) {
        (self.fours, self.ones) = (out.len() / BLOCKS, out.len() % BLOCKS);
        self.out = out.as_mut_ptr();
        // SAFETY: as above.
        unsafe { run(words, self) }
    }
}

/// A column of a block at pointer `$p`, whose words lie at `$w01` and `$w23`: 12 instructions for four
/// products.
macro_rules! column {
    ($p:literal, $w01:literal, $w23:literal, $a0:literal, $l0:literal, $a1:literal, $l1:literal) => {
        concat!(
            at!("lh", "a6", $w01, $p),
            at!("lb", "a7", $w01, $p),
            at!("lh", "t0", $w23, $p),
            at!("lb", "t1", $w23, $p),
            op!("mul", "a6", "a6", "t6"),
            op!("mul", "a7", "a7", "t6"),
            op!("mul", "t0", "t0", "t6"),
            op!("mul", "t1", "t1", "t6"),
            op!("add", $a0, $a0, "a6"),
            op!("add", $l0, $l0, "a7"),
            op!("add", $a1, $a1, "t0"),
            op!("add", $l1, $l1, "t1"),
        )
    };
}

/// A column of one block.
macro_rules! single {
    ($x:literal, $w01:literal, $w23:literal) => {
        concat!(at!("lh", "t6", $x, "a4"), column!("a0", $w01, $w23, "s0", "s1", "s2", "s3"),)
    };
}

/// A column of four blocks.
macro_rules! columns {
    ($x:literal, $w01:literal, $w23:literal) => {
        concat!(
            single!($x, $w01, $w23),
            column!("a1", $w01, $w23, "s4", "s5", "s6", "s7"),
            column!("a2", $w01, $w23, "s8", "s9", "s10", "s11"),
            column!("a3", $w01, $w23, "t2", "t3", "t4", "t5"),
        )
    };
}

/// The next block, whose sums and pointer are these, to its ending.
macro_rules! next {
    ($a0:literal, $l0:literal, $a1:literal, $l1:literal, $p:literal) => {
        concat!(
            op!("mv", "s0", $a0),
            op!("mv", "s1", $l0),
            op!("mv", "s2", $a1),
            op!("mv", "s3", $l1),
            op!("mv", "a0", $p),
            ending!(),
        )
    };
}

macro_rules! ending {
    () => {
        "lw t0, 40(ra)\njalr t0, t0"
    };
}

/// # Safety
///
/// As [`Job::run`] says.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &mut Job) {
    naked_asm!(
        begin!(),
        "addi sp, sp, -64",
        "sw ra, 48(sp); sw s0, 0(sp); sw s1, 4(sp); sw s2, 8(sp); sw s3, 12(sp)",
        "mv ra, a1",
        "lw a2, 24(ra)", // fours
        "beqz a2, 7f",
        "sw s4, 16(sp); sw s5, 20(sp); sw s6, 24(sp); sw s7, 28(sp); sw s8, 32(sp)",
        "sw s9, 36(sp); sw s10, 40(sp); sw s11, 44(sp)",
        "2:",            // four blocks
        "lw a7, 16(ra)", // stride
        "lw a4, 0(ra)",  // x, end
        "lw a5, 4(ra)",
        "add a1, a0, a7",
        "add a2, a1, a7",
        "add a3, a2, a7",
        "li s0, 0; li s1, 0; li s2, 0; li s3, 0; li s4, 0; li s5, 0; li s6, 0; li s7, 0",
        "li s8, 0; li s9, 0; li s10, 0; li s11, 0; li t2, 0; li t3, 0; li t4, 0; li t5, 0",
        "sub a6, a5, a4",
        "beqz a6, 9f",
        "andi a6, a6, 8",
        "bnez a6, 5f", // An odd number of groups?
        "3:",          // eight columns
        columns!("0", "0", "4"),
        columns!("2", "2", "6"),
        columns!("4", "8", "12"),
        columns!("6", "10", "14"),
        "6:", // four columns
        columns!("8", "16", "20"),
        columns!("10", "18", "22"),
        columns!("12", "24", "28"),
        columns!("14", "26", "30"),
        "addi a0, a0, 32; addi a1, a1, 32; addi a2, a2, 32; addi a3, a3, 32",
        "addi a4, a4, 16",
        "bne a4, a5, 3b",
        "9:",
        "lw a6, 8(ra)", // last
        "beq a5, a6, 4f",
        "mv a5, a6", // A group elsewhere.
        "addi a4, a6, -8",
        "5:",
        "addi a0, a0, -16; addi a1, a1, -16; addi a2, a2, -16; addi a3, a3, -16",
        "addi a4, a4, -8",
        "j 6b",
        "4:",
        "lw a4, 20(ra)", // out
        "lw t1, 32(ra)", // half, shift
        "lw t6, 36(ra)",
        ending!(),
        next!("s4", "s5", "s6", "s7", "a1"),
        next!("s8", "s9", "s10", "s11", "a2"),
        next!("t2", "t3", "t4", "t5", "a3"),
        "sw a4, 20(ra)",
        "lw a2, 24(ra)",
        "addi a2, a2, -1",
        "sw a2, 24(ra)",
        "bnez a2, 2b",
        "lw s4, 16(sp); lw s5, 20(sp); lw s6, 24(sp); lw s7, 28(sp); lw s8, 32(sp)",
        "lw s9, 36(sp); lw s10, 40(sp); lw s11, 44(sp)",
        "7:",
        "lw a1, 28(ra)", // ones
        "beqz a1, 10f",
        "8:",           // a block
        "lw a4, 0(ra)", // x, end
        "lw a5, 4(ra)",
        "li s0, 0; li s1, 0; li s2, 0; li s3, 0",
        "beq a4, a5, 9f",
        "3:", // four columns
        single!("0", "0", "4"),
        single!("2", "2", "6"),
        single!("4", "8", "12"),
        single!("6", "10", "14"),
        "addi a0, a0, 16",
        "addi a4, a4, 8",
        "bne a4, a5, 3b",
        "9:",
        "lw a6, 8(ra)", // last
        "beq a5, a6, 4f",
        "mv a5, a6", // A group elsewhere.
        "addi a4, a6, -8",
        "j 3b",
        "4:",
        "lw a4, 20(ra)", // out
        "lw t1, 32(ra)", // half, shift
        "lw t6, 36(ra)",
        ending!(),
        "sw a4, 20(ra)",
        "addi a1, a1, -1",
        "bnez a1, 8b",
        "10:",
        "lw s0, 0(sp); lw s1, 4(sp); lw s2, 8(sp); lw s3, 12(sp); lw ra, 48(sp)",
        "addi sp, sp, 64",
        "ret",
        end!(),
    )
}
