//! The three sums of a block, of `mod.rs`: what they gather, and how they are taken apart.

/// Where H, M and F of a block start, for an X.
pub(super) const fn starts(sum_x: i32) -> [i32; 3] {
    [sum_x.wrapping_mul(-2184), sum_x.wrapping_mul(-2056), sum_x.wrapping_mul(-2056)]
}

/// `sum += w · x`
macro_rules! mac {
    ($sum:literal, $w:literal, $x:literal) => {
        concat!("vmladava.s16 ", $sum, ", ", $w, ", ", $x, "\n")
    };
}

/// `m = w & 0F0F`
macro_rules! odd {
    ($m:literal, $w:literal) => {
        concat!("vand ", $m, ", ", $w, ", q6\n")
    };
}

/// `w` becomes f.
macro_rules! twice {
    ($w:literal, $m:literal) => {
        concat!("vsri.16 ", $w, ", ", $m, ", #8\n")
    };
}

/// `to = from − operand`
macro_rules! sub {
    ($to:literal, $from:literal, $operand:literal $(, $shift:literal)?) => {
        concat!("sub ", $to, ", ", $from, ", ", $operand, $(", ", $shift,)? "\n")
    };
}

/// 4096·D₀ in `f`, 256·D₁ in `m`, 16·D₂ in `h`, 4096·D₃ in `t`, of the sums.
macro_rules! separate {
    ($h:literal, $m:literal, $f:literal, $t:literal) => {
        concat!(
            sub!($t, $f, $f, "lsl #8"), // D₁, modulo 2¹²
            sub!($t, $m, $t, "lsl #8"), // D₃, modulo 2²⁰
            "lsl ",
            $t,
            ", ",
            $t,
            ", #12\n",
            sub!($h, $h, $m),
            sub!($m, $m, $t, "asr #12"),
            sub!($f, $f, $m),
            sub!($f, $f, $m, "asr #8"),
            sub!($h, $h, $f),
        )
    };
}

pub(super) use {mac, odd, separate, sub, twice};
