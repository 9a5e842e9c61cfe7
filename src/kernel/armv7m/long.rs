//! Both rows of a pair in one SMLAL: the sums of `mod.rs`.

/// `to = h + (h << 24)` of the lower half of a word.
macro_rules! low {
    ($to:literal, $word:literal) => {
        concat!("sxth ", $to, ", ", $word, "\n", "add ", $to, ", ", $to, ", ", $to, ", lsl #24\n",)
    };
}

/// The same of the upper half, in place.
macro_rules! high {
    ($word:literal) => {
        concat!(
            "asrs ",
            $word,
            ", ",
            $word,
            ", #16\n",
            "add ",
            $word,
            ", ",
            $word,
            ", ",
            $word,
            ", lsl #24\n",
        )
    };
}

/// Two columns of four rows, in r6 and lr: 14 instructions for 8 products.
macro_rules! columns {
    ($even:literal, $odd:literal) => {
        concat!(
            "ldrsh r6, [r1], #2\n",
            "ldrsh lr, [r1], #2\n",
            low!("r7", $even),
            "smlal r8, r9, r7, r6\n",
            low!("r7", $odd),
            "smlal r10, r11, r7, r6\n",
            high!($even),
            "smlal r8, r9, ",
            $even,
            ", lr\n",
            high!($odd),
            "smlal r10, r11, ",
            $odd,
            ", lr\n",
        )
    };
}

/// Two columns of both vectors, as `pair.rs` has its registers: 22 instructions for 16 products.
macro_rules! columns_of_both {
    () => {
        concat!(
            "ldrd r2, r3, [r0], #8\n",
            "ldrsh r5, [r1, #8]!\n",
            low!("r4", "r2"),
            "smlal r10, r11, r4, r5\n",
            "ldrsh r5, [r1, #-4]\n",
            "smlal r6, r7, r4, r5\n",
            low!("r4", "r3"),
            "smlal r8, r9, r4, r5\n",
            "ldrsh r5, [r1]\n",
            "smlal r12, lr, r4, r5\n",
            "ldrsh r4, [r1, #-2]\n",
            "ldrsh r5, [r1, #2]\n",
            high!("r2"),
            "smlal r6, r7, r2, r4\n",
            "smlal r10, r11, r2, r5\n",
            high!("r3"),
            "smlal r8, r9, r3, r4\n",
            "smlal r12, lr, r3, r5\n",
        )
    };
}

/// `low, high` = 256·D, D′ of A = 2³²·high + low = 2²⁴·D′ + S, with S = 256·D + D′; `a`, `b`, `c`: scratch.
///
/// ```text
/// a = low − (low << 24)               S, modulo 2³²: the lowest byte of A is that of D′
/// b = a − (high << 8)                 S − 256·high, of less than 2³¹: A / 2²⁴ lies in 256·high + 0…256,
///                                     D′ is A / 2²⁴ − S / 2²⁴, and so S − 256·high = 256·D + 0…256 − D / 2¹⁶ ± ½
/// c = b − (low >> 24) + (b >> 24)     the second and third of these taken off, rounded: 256·D and −1, 0 or 1
/// ```
macro_rules! split {
    ($low:literal, $high:literal, $a:literal, $b:literal, $c:literal) => {
        concat!(
            "sub ",
            $a,
            ", ",
            $low,
            ", ",
            $low,
            ", lsl #24\n",
            "sub ",
            $b,
            ", ",
            $a,
            ", ",
            $high,
            ", lsl #8\n",
            "sub ",
            $c,
            ", ",
            $b,
            ", ",
            $low,
            ", lsr #24\n",
            "add ",
            $c,
            ", ",
            $c,
            ", ",
            $b,
            ", asr #24\n",
            "sxtb ",
            $b,
            ", ",
            $c,
            "\n",
            "sub ",
            $low,
            ", ",
            $c,
            ", ",
            $b,
            "\n",
            "sub ",
            $high,
            ", ",
            $a,
            ", ",
            $low,
            "\n",
        )
    };
}

pub(super) use {columns, columns_of_both, high, low, split};
