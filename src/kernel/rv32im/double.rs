//! The loops for two vectors a and b: three blocks at a time, then one at a time, of any layout
//! with three sums P, Q, R for each half of a block.
//!
//! | a0–a2 | a4, a6 | t6, t5 | a3, a5, a7 | s0–s11, t0–t4, ra |
//! |---|---|---|---|---|
//! | weights of three blocks | x and its end | a + 2¹⁶·b, b | products | P Q R of both halves of each block |

use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};

/// Blocks that share each load of x.
const BLOCKS: usize = 3;

/// One product; the assembly knows the order.
#[repr(C)]
pub(super) struct Job {
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
    /// Where sums start that start at other than zero.
    #[cfg(feature = "int4")]
    pub(super) starts: [i32; 4],
}

/// Loops over the blocks of a job, the groups of the first at the pointer.
pub(super) type Loops = unsafe extern "C" fn(*const u32, &mut Job);

/// What `matvec_pair` reads of x, if it is there.
pub(super) fn whole<'x>(rows: &Rows<'_>, x: &'x [[u32; 2]]) -> Option<&'x [[u32; 2]]> {
    x.get(..rows.columns().div_ceil(GROUP).wrapping_mul(2))
}

impl Job {
    /// `x`: [`whole`].
    pub(super) fn new(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2]) -> Self {
        let (range, shifts) = (x.as_ptr_range(), bias_shifts.map(|shift| shift & 31));
        Self {
            x: range.start,
            end: range.end,
            out: [core::ptr::null_mut(); 2],
            stride: rows.block(0).map_or(0, size_of_val::<[u32]>),
            halves: shifts.map(|shift| ((1u32 << shift) >> 1) as i32),
            shifts,
            threes: 0,
            ones: 0,
            #[cfg(feature = "int4")]
            starts: [0; 4],
        }
    }

    /// Results of as many rows as both of `out` have.
    ///
    /// # Safety
    ///
    /// `loops` are those of the layout of `rows`, for which the job was made; x is still there.
    pub(super) unsafe fn run(&mut self, loops: Loops, rows: &Rows<'_>, [a, b]: [&mut [i32]; 2]) {
        let count = a.len().min(b.len()).min(rows.rows());
        let (whole_a, part_a) = a[..count].as_chunks_mut::<BLOCK_ROWS>();
        let (whole_b, part_b) = b[..count].as_chunks_mut::<BLOCK_ROWS>();
        let (words, blocks) = (rows.words().as_ptr().wrapping_add(BLOCK_ROWS), whole_a.len());
        (self.threes, self.ones) = (blocks / BLOCKS, blocks % BLOCKS);
        self.out = [whole_a.as_mut_ptr(), whole_b.as_mut_ptr()];
        // SAFETY: `rows` has a block for every four of both, whose groups lie behind four biases.
        unsafe { loops(words, self) }
        if !part_a.is_empty() {
            let (mut four_a, mut four_b) = ([0; BLOCK_ROWS], [0; BLOCK_ROWS]);
            (self.ones, self.out) = (1, [&raw mut four_a, &raw mut four_b]);
            // SAFETY: there is a block for the part, too; none of `threes` is left.
            unsafe { loops(words.wrapping_byte_add(blocks.wrapping_mul(self.stride)), self) }
            for (part, four) in [(part_a, four_a), (part_b, four_b)] {
                for (to, from) in part.iter_mut().zip(four) {
                    *to = from;
                }
            }
        }
    }
}

/// The next column of both vectors: X to t6, b to t5.
macro_rules! inputs {
    ($a:literal, $b:literal) => {
        concat!(
            at!("lh", "t5", $b, "a4"),
            at!("lh", "t6", $a, "a4"),
            op!("slli", "a3", "t5", "16"),
            op!("add", "t6", "t6", "a3"),
        )
    };
}

/// A column of one block; `$before` is R of the last half of a column.
macro_rules! single {
    (
        $upper:ident, $lower:ident, $a:literal, $b:literal, $u:literal, $l:literal, $before:literal
    ) => {
        concat!(
            inputs!($a, $b),
            $upper!("a0", $u, $before, "s0", "s1"),
            $lower!("a0", $l, "s2", "s3", "s4"),
        )
    };
}

/// A column of three blocks.
macro_rules! columns {
    ($upper:ident, $lower:ident, $a:literal, $b:literal, $u:literal, $l:literal) => {
        concat!(
            single!($upper, $lower, $a, $b, $u, $l, "ra"),
            $upper!("a1", $u, "s5", "s6", "s7"),
            $lower!("a1", $l, "s8", "s9", "s10"),
            $upper!("a2", $u, "s11", "t0", "t1"),
            $lower!("a2", $l, "t2", "t3", "t4"),
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

/// The body of a function of [`Loops`].
///
/// `halves`: the instructions of a column of the upper half, of the lower, with a pointer, an
/// offset, R of the half before, P and Q · `separate`: what makes of P, Q, R 256·(Dₐ, D_b, D′_b),
/// and of a fourth register 256·D′ₐ · `start3`, `start1`: where the sums of three blocks, of one,
/// start, the job in a1 · `group`: bytes of a group · `columns`: the offsets of a, b and both
/// halves.
macro_rules! double {
    (
        halves $upper:ident $lower:ident, separate $separate:ident,
        start3 $start3:expr, start1 $start1:expr, group $group:literal,
        columns $(($a:literal, $b:literal, $u:literal, $l:literal))+
    ) => {
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
            $start3,
            "lw a5, 16(a1)", // stride
            "add a1, a0, a5",
            "add a2, a1, a5",
            "li a5, 0",
            "beq a4, a6, 9f", // No columns?
            "3:",             // four columns
            $(columns!($upper, $lower, $a, $b, $u, $l),)+
            op!("addi", "a0", "a0", $group),
            op!("addi", "a1", "a1", $group),
            op!("addi", "a2", "a2", $group),
            "addi a4, a4, 16",
            "bne a4, a6, 3b",
            "9:",
            "add ra, ra, a5",
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
            $start1,
            "li a5, 0",
            "beq a4, a6, 9f",
            "5:", // four columns
            $(single!($upper, $lower, $a, $b, $u, $l, "s5"),)+
            op!("addi", "a0", "a0", $group),
            "addi a4, a4, 16",
            "bne a4, a6, 5b",
            "9:",
            "add s5, s5, a5",
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
            $separate!("s0", "s1", "s2", "s6"),
            $separate!("s3", "s4", "s5", "s7"),
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
    };
}

pub(super) use {columns, double, inputs, row, scale, single};
