//! What surrounds the sums of two blocks, eight rows, in whatever layout: biases, results, and the rows that are
//! left over. r9 points into the `Job`, r3 and r5 at the words of the blocks, r11 to where results go.

/// The biases of both blocks, rounded: q4, q5.
macro_rules! biases {
    () => {
        concat!(
            "vldrw.u32 q4, [r3], #16\n",
            "vldrw.u32 q5, [r5], #16\n",
            "vrshl.s32 q4, r0\n",
            "vrshl.s32 q5, r0\n",
        )
    };
}

/// 256·D in q0, q1, by the multipliers in q2, q3, and the biases: to where they go; then the next blocks, at
/// `2:`.
macro_rules! results {
    () => {
        concat!(
            "vrmulh.s32 q0, q0, q2\n",
            "vrmulh.s32 q1, q1, q3\n",
            "vadd.i32 q0, q0, q4\n",
            "vadd.i32 q1, q1, q5\n",
            "ldmdb r9, {{r0, r2, r4}}\n", // bias_shift, stride, out_end
            "vstrw.32 q0, [r11], #16\n",
            "vstrw.32 q1, [r11], #16\n",
            "mov r3, r5\n",
            "add r5, r5, r2\n",
            "cmp r11, r4\n",
            "bne 2b\n",
        )
    };
}

/// Fewer than eight rows are left, or none, or they are in the dump: once there, from the registers to their
/// place. `$rest`, `$rest_out`, `$dump`: where the `Job` has these.
macro_rules! left_over {
    ($rest:literal, $rest_out:literal, $dump:literal) => {
        concat!(
            "ldrd r1, r2, [r9, #",
            $rest,
            "]\ncbnz r2, 7f\n",
            "cbz r1, 8f\n",
            "str r11, [r9, #",
            $rest_out,
            "]\ncmp r1, #4\n",
            "it le\n",
            "movle r5, r3\n",
            "add r11, r9, #",
            $dump,
            "\nadd r4, r11, #32\n",
            "str r4, [r9, #-4]\n",
            "b 2b\n",
            "7:\n",
            "vctp.32 r1\n",
            "vpst\n",
            "vstrwt.32 q0, [r2], #16\n",
            "subs r1, r1, #4\n",
            "ble 8f\n",
            "vctp.32 r1\n",
            "vpst\n",
            "vstrwt.32 q1, [r2]\n",
            "8:\n",
        )
    };
}

pub(super) use {biases, left_over, results};
