//! An MLA for each row, with the feature `cortex-m3`: more instructions, and fewer cycles of a Cortex-M3.
//!
//! ```text
//! for each half h and its column x                                  in place of A and B of `mod.rs`
//!     P₀ += h · x    P₁ += (h >> 4) · x    P₂ += (h >> 8) · x    P₃ += (h >> 12) · x
//! D = P₃, P₂ − 16·P₃, P₁ − 16·P₂, P₀ − 16·P₁                        P₀ modulo 2³²
//! ```
//! P₀ P₂ P₁ P₃ are in the registers of A and B.

/// Where P₀, P₂, P₁ and P₃ of a block start, for an X.
pub(super) const fn starts(sum_x: i32) -> [u32; 4] {
    let x = sum_x as u32;
    [
        x.wrapping_mul(2184).wrapping_neg(),
        x.wrapping_mul(8).wrapping_neg(),
        x.wrapping_mul(136).wrapping_neg(),
        0,
    ]
}

/// `to = bits of word` from one on, with their sign; `sum += to · x`, for one x or two.
macro_rules! digits {
    ($to:literal, $word:literal, $from:literal, $count:literal $(, $sum:literal, $x:literal)+) => {
        concat!(
            "sbfx ", $to, ", ", $word, ", #", $from, ", #", $count, "\n",
            $("mla ", $sum, ", ", $to, ", ", $x, ", ", $sum, "\n",)+
        )
    };
}

/// Two columns of four rows: 18 instructions for 8 products.
macro_rules! columns {
    ($word:literal) => {
        concat!(
            "ldrsh r5, [r1], #2\n",
            "ldrsh r6, [r1], #2\n",
            digits!("r4", $word, 0, 16, "r8", "r5"),
            digits!("r4", $word, 4, 12, "r10", "r5"),
            digits!("r4", $word, 8, 8, "r9", "r5"),
            digits!("r4", $word, 12, 4, "r11", "r5"),
            digits!("r4", $word, 16, 16, "r8", "r6"),
            digits!("r4", $word, 20, 12, "r10", "r6"),
            digits!("r4", $word, 24, 8, "r9", "r6"),
            digits!("r4", $word, 28, 4, "r11", "r6"),
        )
    };
}

/// Two columns of both vectors, as `pair.rs` has its registers: 29 instructions for 16 products.
macro_rules! columns_of_both {
    () => {
        concat!(
            "ldr r2, [r0], #4\n",
            "ldrsh r5, [r1, #4]\n",
            "ldrsh r4, [r1], #8\n",
            digits!("r3", "r2", 0, 16, "r6", "r4", "r10", "r5"),
            digits!("r3", "r2", 4, 12, "r8", "r4", "r12", "r5"),
            digits!("r3", "r2", 8, 8, "r7", "r4", "r11", "r5"),
            digits!("r3", "r2", 12, 4, "r9", "r4", "lr", "r5"),
            "ldrsh r4, [r1, #-6]\n",
            "ldrsh r5, [r1, #-2]\n",
            digits!("r3", "r2", 16, 16, "r6", "r4", "r10", "r5"),
            digits!("r3", "r2", 20, 12, "r8", "r4", "r12", "r5"),
            digits!("r3", "r2", 24, 8, "r7", "r4", "r11", "r5"),
            digits!("r3", "r2", 28, 4, "r9", "r4", "lr", "r5"),
        )
    };
}

/// 256·D₃, 256·D₁, 256·D₂, 256·D₀ of P₀, P₂, P₁, P₃.
macro_rules! separate {
    ($p0:literal, $p2:literal, $p1:literal, $p3:literal) => {
        concat!(
            separate!($p0, $p1), // Before that is changed.
            separate!($p1, $p2),
            separate!($p2, $p3),
            "lsl ",
            $p3,
            ", ",
            $p3,
            ", #8\n",
        )
    };
    ($sum:literal, $next:literal) => {
        concat!(
            "sub ",
            $sum,
            ", ",
            $sum,
            ", ",
            $next,
            ", lsl #4\n",
            "lsl ",
            $sum,
            ", ",
            $sum,
            ", #8\n",
        )
    };
}

pub(super) use {columns, columns_of_both, digits, separate};
