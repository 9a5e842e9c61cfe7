//! What surrounds the sums of a block, of int8 and of int4: where the loop is entered, biases, rounds and
//! results. The stack is that of `mod.rs`, or, with two vectors, of `pair.rs`.

/// Makes the address where a block enters the loop at `3:` of the steps that its first round leaves out. The
/// 2^`log` steps have one length: entry = start + entry · (end − start) / 2^log, in Thumb state.
macro_rules! enter {
    ($entry:literal, $end:literal, $log:literal) => {
        concat!(
            "adr.w r1, 3f\n",
            "adr.w r12, ",
            $end,
            "\nsub r12, r12, r1\n",
            "lsr r12, r12, #",
            $log,
            "\norr r1, r1, #1\n",
            "mla ",
            $entry,
            ", ",
            $entry,
            ", r12, r1\n",
        )
    };
}

/// The biases of a block, rounded to the bits of the sums; then x and where it ends.
macro_rules! biases {
    () => {
        concat!(
            "ldm r0!, {{r2-r5}}\n",
            "ldrd r6, r7, [sp, #40]\n", // half, bias_shift
            "adds r2, r2, r6\n",
            "asrs r2, r7\n",
            "adds r3, r3, r6\n",
            "asrs r3, r7\n",
            "adds r4, r4, r6\n",
            "asrs r4, r7\n",
            "adds r5, r5, r6\n",
            "asrs r5, r7\n",
            "stm sp, {{r2-r5}}\n",
            "ldrd r1, r12, [sp, #28]\n", // x, loop_end
        )
    };
}

/// The same for each vector; then x.
macro_rules! biases_of_two {
    () => {
        concat!(
            "ldm r0!, {{r6-r9}}\n",
            "add r12, sp, #52\n",
            "ldm r12, {{r2-r5}}\n", // bias
            "add r10, r6, r2\n",
            "asr r10, r10, r3\n",
            "add r11, r7, r2\n",
            "asr r11, r11, r3\n",
            "add r12, r8, r2\n",
            "asr r12, r12, r3\n",
            "add lr, r9, r2\n",
            "asr lr, lr, r3\n",
            "stm sp, {{r10-r12, lr}}\n",
            "adds r6, r6, r4\n",
            "asrs r6, r5\n",
            "adds r7, r7, r4\n",
            "asrs r7, r5\n",
            "add r8, r8, r4\n",
            "asr r8, r8, r5\n",
            "add r9, r9, r4\n",
            "asr r9, r9, r5\n",
            "add r1, sp, #16\n",
            "stm r1, {{r6-r9}}\n",
            "ldr r1, [sp, #44]\n", // x
        )
    };
}

/// The loop from `3:` to `5:`, 16 columns a round, and the last columns in the last step of another.
macro_rules! rounds {
    () => {
        concat!(
            "ldr pc, [sp, #48]\n", // entry
            ".p2align 2\n",
            "3:\n",
            step!(),
            step!(),
            step!(),
            "4:\n",
            step!(),
            "5:\n",
            "cmp r1, r12\n",
            "bne 3b\n",
            "ldr r6, [sp, #36]\n", // tail
            "cbz r6, 6f\n",
            "add r7, r6, #8\n",
            "cmp r7, r12\n", // Was that it?
            "beq 6f\n",
            "mov r1, r6\n",
            "mov r12, r7\n",
            "b 4b\n",
            "6:\n",
        )
    };
}

/// The loop from `3:` to `4:` of two vectors, 8 columns a round.
macro_rules! rounds_of_two {
    () => {
        concat!(
            "ldr pc, [sp, #68]\n", // entry
            ".p2align 2\n",
            "3:\n",
            step!(),
            step!(),
            "4:\n",
            "ldr r2, [sp, #48]\n", // loop_end
            "cmp r1, r2\n",
            "bne 3b\n",
        )
    };
}

/// The results of the sums in these registers, one of r8–r11 for each row, to where they go; then the next
/// block, at `2:`.
macro_rules! results {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "ldm sp, {{r5, r6, r7, r12, lr}}\n", // biases, skip
            "add r0, r0, lr\n",
            "ldm r0!, {{r1-r4}}\n", // multipliers
            finish!("r5", $a, "r1", "lr"),
            finish!("r6", $b, "r2", "lr"),
            finish!("r7", $c, "r3", "lr"),
            finish!("r12", $d, "r4", "lr"),
            "ldrd r1, r2, [sp, #20]\n", // out, out_end
            "stm r1!, {{r5, r6, r7, r12}}\n",
            "str r1, [sp, #20]\n",
            "cmp r1, r2\n",
            "bne 2b\n",
        )
    };
}

/// The same of two vectors, whose sums of the rows are in these registers.
macro_rules! results_of_two {
    ([$a0:literal, $a1:literal, $a2:literal, $a3:literal], [$b0:literal, $b1:literal, $b2:literal, $b3:literal]) => {
        concat!(
            "ldr r1, [sp, #32]\n", // out
            "ldr r4, [sp, #36]\n",
            row!($a0, $b0, "0", "16"),
            row!($a1, $b1, "4", "20"),
            row!($a2, $b2, "8", "24"),
            row!($a3, $b3, "12", "28"),
            "ldr r3, [sp, #40]\n", // out_end
            "strd r1, r4, [sp, #32]\n",
            "cmp r1, r3\n",
            "bne 2b\n",
        )
    };
}

/// A row of both vectors, whose sums are in `a` and `b`: its biases wait at `at_a` and `at_b`.
macro_rules! row {
    ($a:literal, $b:literal, $at_a:literal, $at_b:literal) => {
        concat!(
            "ldr r2, [r0], #4\n", // multiplier
            "ldr r3, [sp, #",
            $at_a,
            "]\n",
            finish!("r3", $a, "r2", "r5"),
            "str r3, [r1], #4\n",
            "ldr r3, [sp, #",
            $at_b,
            "]\n",
            finish!("r3", $b, "r2", "r5"),
            "str r3, [r4], #4\n",
        )
    };
}

pub(super) use {
    biases, biases_of_two, enter, results, results_of_two, rounds, rounds_of_two, row,
};
