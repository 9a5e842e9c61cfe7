//! Keys and values on a Cortex-M7: the steps of `matvec` over blocks that are groups alone.

use super::step::{drain, enter, last_step, most, step};
use super::{GROUP_BYTES, STEPS, entry};
use crate::kernel::bare::{holds, stride};
use crate::kernel::blocks::{Places, in_blocks};
use crate::kernel::rows::GROUP;
use core::arch::naked_asm;

/// What `run` keeps on its stack, in that order.
#[repr(C)]
struct Job {
    /// Where four results go, up to `out_end`.
    out: *mut i32,
    out_end: *mut i32,
    x: *const i16,
    /// Where x stands when the loop ends.
    loop_end: *const i16,
    /// Bytes of a block behind the last group that x reaches.
    skip: usize,
    /// As in `mod.rs`.
    entry: usize,
}

/// See [`crate::kernel::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let stride = stride(columns);
    if !holds(words.len(), columns, out.len(), x.len()) {
        return;
    }
    let range = x.as_ptr_range();
    let mut job = Job {
        out: core::ptr::null_mut(),
        out_end: core::ptr::null_mut(),
        x: range.start.cast(),
        loop_end: range.end.cast(),
        skip: (stride / GROUP).wrapping_sub(x.len()).wrapping_mul(GROUP_BYTES),
        entry: entry::<STEPS>(x.len()),
    };
    in_blocks(words, stride, out, |words, out| run_blocks(words, out, &mut job));
}

/// As many blocks from the start of `words` as `out` has, at least one.
fn run_blocks(words: &[u32], out: &mut Places, job: &mut Job) {
    let range = out.as_mut_ptr_range();
    (job.out, job.out_end) = (range.start.cast(), range.end.cast());
    // SAFETY: `dots` has seen that `words` hold a block for each element of `out`, at least one, and
    // that x is no longer than a block; x and out outlive the call.
    unsafe { run(words.as_ptr(), job) }
}

/// # Safety
///
/// From `words` on there are as many blocks as `job.out..job.out_end` has places for four results,
/// at least one. `job.x` has the groups that `entry` and `loop_end` say.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r7}}",
        enter!("r7"),
        "push {{r2-r7}}",
        "2:",               // a block
        "ldr r1, [sp, #8]", // x
        "mov r8, #0",
        "mov r9, #0",
        "ldr r12, [sp, #12]", // loop_end
        "mov r10, #0",
        "mov r11, #0",
        "movs r7, #0",       // Sets Z, for a loop without rounds.
        "ldr pc, [sp, #20]", // entry
        ".p2align 3",
        "3:", // 16 columns
        step!(),
        "7:",
        step!(),
        step!(),
        last_step!(),
        "bne 3b",
        "ldr r1, [sp, #16]", // skip
        drain!(),
        "ldr r2, [sp]", // out
        "sub r8, r8, r9",
        "add r0, r0, r1",
        "ldr r3, [sp, #4]", // out_end
        "asr r8, r8, #8",
        "sub r10, r10, r11",
        "strd r8, r9, [r2], #8",
        "asr r10, r10, #8",
        "strd r10, r11, [r2], #8",
        "cmp r2, r3",
        "str r2, [sp]",
        "bne 2b",
        "add sp, sp, #24",
        "pop {{r4-r11, pc}}",
    )
}
