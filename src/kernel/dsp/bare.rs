//! Keys and values on the cores of `mod.rs`: the loop of `matvec` over blocks that are groups alone.
//!
//! A round takes two groups, 33 instructions for 32 products; an odd group comes last. A block costs 22
//! more.

use super::{GROUP_BYTES, cpu, group, low, mac};
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
    /// Where x stands when the loop of two groups ends.
    loop_end: *const i16,
    /// 1 if a group is left then.
    odd: usize,
    /// Bytes of a block behind the last group that x reaches.
    skip: usize,
}

/// See [`crate::kernel::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let (stride, groups) = (stride(columns), x);
    if !holds(words.len(), columns, out.len(), x.len()) {
        return;
    }
    let looped = groups.len() & !1;
    let mut job = Job {
        out: core::ptr::null_mut(),
        out_end: core::ptr::null_mut(),
        x: x.as_ptr().cast(),
        loop_end: groups.as_ptr().wrapping_add(looped).cast(),
        odd: groups.len() & 1,
        skip: (stride / GROUP).wrapping_sub(groups.len()).wrapping_mul(GROUP_BYTES),
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
/// at least one. `job.x` has the groups that `loop_end` and `odd` say, at any address.
#[unsafe(naked)]
unsafe extern "C" fn run(words: *const u32, job: &Job) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldm r1, {{r2-r7}}",
        "push {{r2-r7}}",
        "2:",                    // a block
        "ldrd r1, r2, [sp, #8]", // x, loop_end
        "mov r10, #0",
        "mov r11, #0",
        "mov r12, #0",
        "mov lr, #0",
        "cmp r1, r2",
        "beq 4f",
        "3:",               // 8 columns
        "ldr r6, [r1], #4", // At any address; LDM would fault.
        "ldr r7, [r1], #4",
        "ldr r8, [r1], #4",
        "ldr r9, [r1], #4",
        "ldm r0!, {{r2-r5}}",
        group!("r6", "r7"),
        "ldm r0!, {{r2-r5}}",
        group!("r8", "r9"),
        "ldr r2, [sp, #12]", // loop_end
        "cmp r1, r2",
        "bne 3b",
        "4:",
        "ldrd r6, r7, [sp, #16]", // odd, skip
        "cbz r6, 5f",
        "ldm r0!, {{r2-r5}}",
        "ldr r8, [r1]",
        "ldr r9, [r1, #4]",
        group!("r8", "r9"),
        "5:",
        "add r0, r0, r7",
        "ldrd r8, r9, [sp]", // out, out_end
        "sub r10, r10, r11",
        "asr r10, r10, #8",
        "sub r12, r12, lr",
        "asr r12, r12, #8",
        "stm r8!, {{r10, r11, r12, lr}}",
        "str r8, [sp]",
        "cmp r8, r9",
        "bne 2b",
        "add sp, sp, #24",
        "pop {{r4-r11, pc}}",
    )
}
