//! A matrix with two vectors at once: three multiplications for each two rows and two vectors, not four.
//!
//! ```text
//! w = 256·a + b, the weights of two rows                          (layout: `rows.rs`)
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

use crate::kernel::rows::{BLOCK_ROWS, GROUP, Rows};
use core::arch::naked_asm;
use core::mem::MaybeUninit;

/// Groups that are widened at once, 48 bytes each on the stack.
const CHUNK: usize = 16;

/// x, y and x + 2¹⁶·y of four columns.
type Wide = [[i32; 3]; GROUP];

/// What `run` keeps on its stack, in that order, but for `words`.
#[repr(C)]
struct Job {
    /// Bytes of a block.
    stride: usize,
    /// Bytes of a block before its first group.
    lead: usize,
    /// Widened columns.
    x: *const Wide,
    x_end: *const Wide,
    /// 1 if `out` holds sums of the columns before, 2 if it gets sums to which others will be added.
    mode: u32,
    /// Where four results of each vector go, the first up to `out_end`.
    out: [*mut i32; 2],
    out_end: *mut i32,
    /// 2…31, of each vector.
    bias_shifts: [u32; 2],
}

/// See [`crate::kernel::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    let groups = rows.columns().div_ceil(GROUP);
    let Some(x) = x.get(..groups.wrapping_mul(GROUP / 2)) else { return };
    let [a, b] = out;
    let count = a.len().min(b.len()).min(rows.rows());
    let (whole_a, part_a) = a[..count].as_chunks_mut::<BLOCK_ROWS>();
    let (whole_b, part_b) = b[..count].as_chunks_mut::<BLOCK_ROWS>();
    let stride = Rows::words_needed(1, rows.columns());
    let last = rows.words().get(whole_a.len().wrapping_mul(stride)..).unwrap_or(&[]);
    let (mut four_a, mut four_b) = ([[0; BLOCK_ROWS]], [[0; BLOCK_ROWS]]);
    let mut wide = [const { MaybeUninit::<Wide>::uninit() }; CHUNK];
    let mut first = 0usize;
    loop {
        let (_, x) = x.split_at_checked(first.wrapping_mul(GROUP / 2)).unwrap_or_default();
        let left = x.len() / (GROUP / 2);
        let count = left.min(CHUNK);
        if count > 0 {
            // SAFETY: x has more than `count` groups, and `wide` places for as many.
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

/// As many blocks from the start of `words` as both of `out` have.
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

/// Two columns of both vectors, as they lie side by side, become six words.
///
/// # Safety
///
/// There are so many `pairs` of columns, at least one, and places for them at `to`.
#[unsafe(naked)]
unsafe extern "C" fn widen(x: *const [u32; 2], to: *mut Wide, pairs: usize) {
    naked_asm!(
        "push {{r4-r7}}",
        "2:",
        "ldm r0!, {{r6, r7}}",
        "sxth r3, r6",
        "sxth r4, r7",
        "lsls r5, r7, #16",
        "adds r5, r5, r3",
        "stm r1!, {{r3-r5}}",
        "asrs r3, r6, #16",
        "asrs r4, r7, #16",
        "lsls r5, r4, #16",
        "adds r5, r5, r3",
        "stm r1!, {{r3-r5}}",
        "subs r2, r2, #1",
        "bne 2b",
        "pop {{r4-r7}}",
        "bx lr",
    )
}

/// A column of a row pair, its half in `w`, which is lost.
macro_rules! half {
    ($w:literal, $a:literal, $b:literal, $t:literal) => {
        concat!(
            "muls r4, ",
            $w,
            ", r4\n",
            "add ",
            $a,
            ", r4\n",
            "muls r5, ",
            $w,
            ", r5\n",
            "add ",
            $b,
            ", r5\n",
            "adds ",
            $w,
            ", #128\n",
            "asrs ",
            $w,
            ", ",
            $w,
            ", #8\n",
            "muls ",
            $w,
            ", r6, ",
            $w,
            "\n",
            "add ",
            $t,
            ", ",
            $w,
            "\n",
        )
    };
}

/// Two columns of a row pair, its word in `w`, which is lost.
macro_rules! word {
    ($w:literal, $a:literal, $b:literal, $t:literal) => {
        concat!(
            "ldm r1!, {{r4-r6}}\n",
            "sxth r7, ",
            $w,
            "\n",
            half!("r7", $a, $b, $t),
            "ldm r1!, {{r4-r6}}\n",
            "asrs ",
            $w,
            ", ",
            $w,
            ", #16\n",
            half!($w, $a, $b, $t),
        )
    };
}

/// Two columns of a block.
macro_rules! columns {
    () => {
        concat!(
            "ldm r0!, {{r2, r3}}\n",
            word!("r2", "r8", "r9", "r10"),
            "subs r1, #24\n",
            word!("r3", "r11", "r12", "lr"),
        )
    };
}

/// `value` = round(value · multiplier / 2¹⁶) + round(bias / 2^shift): the carry of a shift is its rounding.
macro_rules! result {
    ($value:literal, $row:literal, $shift:literal) => {
        concat!(
            "ldrh r6, [r0, #2+4*",
            $row,
            "]\n",
            "uxth r7, ",
            $value,
            "\n",
            "muls r7, r6, r7\n",
            "asrs ",
            $value,
            ", ",
            $value,
            ", #16\n",
            "muls ",
            $value,
            ", r6, ",
            $value,
            "\n",
            "asrs r7, r7, #16\n",
            "adcs ",
            $value,
            ", r7\n",
            "ldr r7, [r1, #4*",
            $row,
            "]\n",
            "ldr r6, [sp, #",
            $shift,
            "]\n",
            "asrs r7, r6\n",
            "adcs ",
            $value,
            ", r7\n",
        )
    };
}

/// # Safety
///
/// From `words` on there are as many blocks of `job.stride` bytes as `job.out[0]..job.out_end` has
/// places for four results, at least one, and `job.out[1]` has as many places. Each has four biases,
/// groups, those of `job.x..job.x_end` behind `job.lead` bytes, and four multipliers.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4-r7}}",
        "adds r1, #20",
        "ldm r1!, {{r2-r6}}", // out, out_end, bias_shifts
        "push {{r2-r6}}",
        "subs r1, #40",
        "ldm r1, {{r1-r5}}", // stride, lead, x, x_end, mode
        "push {{r0-r5}}",
        "b 2f",
        "3:", // 4 columns
        columns!(),
        columns!(),
        "4:",
        "ldr r2, [sp, #16]", // x_end
        "cmp r1, r2",
        "bne 3b",
        "ldr r1, [sp]",     // words
        "ldr r0, [sp, #4]", // stride
        "adds r0, r0, r1",
        "str r0, [sp]",
        "ldr r2, [sp, #20]", // mode
        "cmp r2, #1",
        "bhi 8f",
        "subs r0, #16",
        "5:", // a row pair: 256·D and 256·D′ of the first vector, of the second
        "mov r6, r10",
        "mov r2, r8",
        "lsls r3, r6, #8",
        "subs r3, r2, r3",
        "lsls r3, r3, #8",
        "asrs r7, r3, #8",
        "subs r2, r2, r7",
        "asrs r7, r2, #8",
        "subs r6, r6, r7",
        "lsrs r6, r6, #8",
        "mov r4, r9",
        "subs r5, r4, r6",
        "lsls r5, r5, #8",
        "asrs r7, r5, #8",
        "subs r4, r4, r7",
        result!("r2", "0", "36"),
        result!("r3", "1", "36"),
        result!("r4", "0", "40"),
        result!("r5", "1", "40"),
        "ldr r6, [sp, #24]", // out
        "ldr r7, [sp, #28]",
        "stm r6!, {{r2, r3}}",
        "stm r7!, {{r4, r5}}",
        "str r6, [sp, #24]",
        "str r7, [sp, #28]",
        "adds r0, #8",
        "adds r1, #8",
        "mov r8, r11",
        "mov r9, r12",
        "mov r10, lr",
        "ldr r2, [sp]", // words: the next block
        "cmp r0, r2",
        "bne 5b",
        "6:",
        "ldr r7, [sp, #32]", // out_end
        "cmp r6, r7",
        "beq 9f",
        "2:",                // a block
        "ldr r1, [sp, #12]", // x
        "ldr r2, [sp, #8]",  // lead
        "adds r0, r0, r2",
        "ldr r2, [sp, #20]", // mode
        "lsrs r2, r2, #1",
        "bcs 7f",
        "movs r2, #0",
        "mov r8, r2",
        "mov r9, r2",
        "mov r10, r2",
        "mov r11, r2",
        "mov r12, r2",
        "mov lr, r2",
        "b 4b",
        "7:", // sums of the columns before
        "ldr r6, [sp, #24]",
        "ldm r6!, {{r2-r5}}",
        "mov r8, r2",
        "mov r9, r3",
        "mov r10, r4",
        "mov r11, r5",
        "ldr r6, [sp, #28]",
        "ldm r6!, {{r2, r3}}",
        "mov r12, r2",
        "mov lr, r3",
        "b 4b",
        "8:", // sums, of which there is only a part
        "mov r2, r8",
        "mov r3, r9",
        "mov r4, r10",
        "mov r5, r11",
        "ldr r6, [sp, #24]",
        "ldr r7, [sp, #28]",
        "stm r6!, {{r2-r5}}",
        "mov r2, r12",
        "mov r3, lr",
        "stm r7!, {{r2, r3}}",
        "adds r7, #8",
        "str r6, [sp, #24]",
        "str r7, [sp, #28]",
        "b 6b",
        "9:",
        "add sp, #44",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
    )
}
