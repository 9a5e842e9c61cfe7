//! An MLA for each row, with the feature `cortex-m3`: more instructions, and fewer cycles of a Cortex-M3.
//!
//! In place of the two halves of a 64-bit sum stand the sums of `dsp/mod.rs`, 256·D + D′ and D′.

/// Two columns of four rows, in r6 and lr: 18 instructions for 8 products.
macro_rules! columns {
    ($even:literal, $odd:literal) => {
        concat!(
            "ldrsh r6, [r1], #2\n",
            "ldrsh lr, [r1], #2\n",
            columns!("r8", "r9", $even),
            columns!("r10", "r11", $odd),
        )
    };
    ($both:literal, $low:literal, $word:literal) => {
        concat!(
            "sxth r7, ",
            $word,
            "\n",
            mla!($both, "r7", "r6"),
            "sxtb r7, ",
            $word,
            "\n",
            mla!($low, "r7", "r6"),
            "asrs ",
            $word,
            ", ",
            $word,
            ", #16\n",
            mla!($both, $word, "lr"),
            "sxtb ",
            $word,
            ", ",
            $word,
            "\n",
            mla!($low, $word, "lr"),
        )
    };
}

/// `sum += w · x`
macro_rules! mla {
    ($sum:literal, $w:literal, $x:literal) => {
        concat!("mla ", $sum, ", ", $w, ", ", $x, ", ", $sum, "\n")
    };
}

/// Two columns of both vectors, as `pair.rs` has its registers: 32 instructions for 16 products.
macro_rules! columns_of_both {
    () => {
        concat!(
            "ldrd r2, r3, [r0], #8\n",
            "ldrsh r5, [r1, #8]!\n",
            "sxth r4, r2\n",
            mla!("r10", "r4", "r5"),
            "ldrsh r5, [r1, #-4]\n",
            mla!("r6", "r4", "r5"),
            "sxtb r4, r2\n",
            mla!("r7", "r4", "r5"),
            "ldrsh r5, [r1]\n",
            mla!("r11", "r4", "r5"),
            "sxth r4, r3\n",
            mla!("r12", "r4", "r5"),
            "ldrsh r5, [r1, #-4]\n",
            mla!("r8", "r4", "r5"),
            "sxtb r4, r3\n",
            mla!("r9", "r4", "r5"),
            "ldrsh r5, [r1]\n",
            mla!("lr", "r4", "r5"),
            "ldrsh r4, [r1, #-2]\n",
            "ldrsh r5, [r1, #2]\n",
            "asrs r2, r2, #16\n",
            mla!("r6", "r2", "r4"),
            mla!("r10", "r2", "r5"),
            "sxtb r2, r2\n",
            mla!("r7", "r2", "r4"),
            mla!("r11", "r2", "r5"),
            "asrs r3, r3, #16\n",
            mla!("r8", "r3", "r4"),
            mla!("r12", "r3", "r5"),
            "sxtb r3, r3\n",
            mla!("r9", "r3", "r4"),
            mla!("lr", "r3", "r5"),
        )
    };
}

/// `both, low` = 256·D, D′ of 256·D + D′ and D′; no scratch.
macro_rules! split {
    ($both:literal, $low:literal, $a:literal, $b:literal, $c:literal) => {
        concat!("sub ", $both, ", ", $both, ", ", $low, "\n")
    };
}

pub(super) use {columns, columns_of_both, mla, split};
