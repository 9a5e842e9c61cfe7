//! The step of `mod.rs` in assembly, for `matvec` and `dots`.

/// Four columns but for the last load: 17 instructions.
macro_rules! most {
    () => {
        concat!(
            "smlad r8, r4, r7, r8\n",
            "ldr r2, [r0], #16\n",
            "smlad r10, r5, r7, r10\n",
            "sxtb16 r4, r4\n",
            "ldr r6, [r1], #8\n",
            "sxtb16 r5, r5\n",
            "smlad r9, r4, r7, r9\n",
            "ldr r3, [r0, #-12]\n",
            "smlad r11, r5, r7, r11\n",
            "ldr r4, [r0, #-8]\n",
            "smlad r8, r2, r6, r8\n",
            "sxtb16 r2, r2\n",
            "smlad r10, r3, r6, r10\n",
            "sxtb16 r3, r3\n",
            "smlad r9, r2, r6, r9\n",
            "ldr r7, [r1, #-4]\n",
            "smlad r11, r3, r6, r11\n",
        )
    };
}

/// Four columns: 18 instructions, 9 cycles at best, for 16 products.
macro_rules! step {
    () => {
        concat!(most!(), "ldr r5, [r0, #-4]\n")
    };
}

/// The step at the end of the loop, two bytes longer: whether there is another round.
macro_rules! last_step {
    () => {
        concat!(most!(), "cmp r1, r12\n", "ldr r5, [r0, #-4]\n")
    };
}

/// `entry`, the number of steps left out, becomes an address in Thumb state: the steps from `3:` to `7:`
/// have one length, the last two bytes more.
macro_rules! enter {
    ($entry:literal) => {
        concat!(
            "adr.w r1, 3f\n",
            "adr.w r12, 7f\n",
            "sub r12, r12, r1\n",
            "orr r1, r1, #1\n",
            "mla r1, ",
            $entry,
            ", r12, r1\n",
            "lsr ",
            $entry,
            ", ",
            $entry,
            ", #2\n",
            "add ",
            $entry,
            ", r1, ",
            $entry,
            ", lsl #1\n",
        )
    };
}

/// What the last step left.
macro_rules! drain {
    () => {
        concat!(
            "smlad r8, r4, r7, r8\n",
            "sxtb16 r4, r4\n",
            "smlad r10, r5, r7, r10\n",
            "sxtb16 r5, r5\n",
            "smlad r9, r4, r7, r9\n",
            "smlad r11, r5, r7, r11\n",
        )
    };
}

pub(super) use {drain, enter, last_step, most, step};
