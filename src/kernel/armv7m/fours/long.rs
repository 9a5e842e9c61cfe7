//! Four rows in two SMLAL: the sums of `mod.rs`.

/// Where A and B of a block start, for an X: low word, high word of each.
#[inline(never)] // Two long products, once for each vector.
pub(super) const fn starts(sum_x: i32) -> [u32; 4] {
    let eights = (sum_x as i64).wrapping_mul(-8);
    let a = eights.wrapping_mul(0x0101_0001);
    let b = eights.wrapping_mul(0x0111_0011);
    [a as u32, (a >> 32) as u32, b as u32, (b >> 32) as u32]
}

/// `v` of the lower half of a word.
macro_rules! low {
    ($v:literal, $word:literal) => {
        concat!("uxtb ", $v, ", ", $word, "\nadd ", $v, ", ", $v, ", ", $word, ", lsl #16\n")
    };
}

/// The same of the upper half, in place; `t`: scratch.
macro_rules! high {
    ($word:literal, $t:literal) => {
        concat!("ubfx ", $t, ", ", $word, ", #16, #8\nbfi ", $word, ", ", $t, ", #0, #16\n")
    };
}

/// The digits of rows 1 and 3 of `v`, in place.
macro_rules! odd {
    ($v:literal) => {
        concat!("and ", $v, ", ", $v, ", #0x0F0F0F0F\n")
    };
}

/// `sum += v · x`, of 64 bits.
macro_rules! mac {
    ($low:literal, $high:literal, $v:literal, $x:literal) => {
        concat!("smlal ", $low, ", ", $high, ", ", $v, ", ", $x, "\n")
    };
}

/// Two columns of four rows: 12 instructions for 8 products.
macro_rules! columns {
    ($word:literal) => {
        concat!(
            "ldrsh r5, [r1], #2\n",
            "ldrsh r6, [r1], #2\n",
            low!("r4", $word),
            mac!("r10", "r11", "r4", "r5"),
            odd!("r4"),
            mac!("r8", "r9", "r4", "r5"),
            high!($word, "r4"),
            mac!("r10", "r11", $word, "r6"),
            odd!($word),
            mac!("r8", "r9", $word, "r6"),
        )
    };
}

/// `v`, a column of four rows, with both x.
macro_rules! both {
    ($v:literal) => {
        concat!(
            mac!("r8", "r9", $v, "r4"),
            mac!("r12", "lr", $v, "r5"),
            odd!($v),
            mac!("r6", "r7", $v, "r4"),
            mac!("r10", "r11", $v, "r5"),
        )
    };
}

/// Two columns of both vectors, as `pair.rs` has its registers: 19 instructions for 16 products.
macro_rules! columns_of_both {
    () => {
        concat!(
            "ldr r2, [r0], #4\n",
            "ldrsh r5, [r1, #4]\n",
            "ldrsh r4, [r1], #8\n",
            low!("r3", "r2"),
            both!("r3"),
            "ldrsh r4, [r1, #-6]\n",
            "ldrsh r5, [r1, #-2]\n",
            high!("r2", "r3"),
            both!("r2"),
        )
    };
}

/// 256·D₀ in `b1`, 256·D₁ in `a1`, 256·D₂ in `b0`, 256·D₃ in `a0`, of A = 2³²·a1 + a0 and B.
macro_rules! separate {
    ($a0:literal, $a1:literal, $b0:literal, $b1:literal) => {
        concat!(
            "subs ",
            $b0,
            ", ",
            $b0,
            ", ",
            $a0,
            "\nsbc ",
            $b1,
            ", ",
            $b1,
            ", ",
            $a1,
            "\n",
            separate!($a0, $a1, 16, 16, 8),
            separate!($b0, $b1, 20, 12, 4),
        )
    };
    // `sum` = 2^right · (256·D + D′ + D′ / 2¹⁶); what is less than D′ is cut off.
    ($low:literal, $high:literal, $right:literal, $left:literal, $scale:literal) => {
        concat!(
            "lsl ",
            $high,
            ", ",
            $high,
            ", #",
            $left,
            "\norr ",
            $high,
            ", ",
            $high,
            ", ",
            $low,
            ", lsr #",
            $right,
            "\nsub ",
            $low,
            ", ",
            $low,
            ", ",
            $low,
            ", lsl #16\nlsl ",
            $low,
            ", ",
            $low,
            ", #",
            $scale,
            "\nsub ",
            $high,
            ", ",
            $high,
            ", ",
            $low,
            ", asr #8\nsub ",
            $high,
            ", ",
            $high,
            ", ",
            $low,
            ", asr #24\n",
        )
    };
}

pub(super) use {both, columns, columns_of_both, high, low, mac, odd, separate};
