//! Lines of assembly whose registers are named later.

/// An instruction and its operands.
macro_rules! op {
    ($name:literal, $first:literal $(, $next:literal)*) => {
        concat!($name, " ", $first $(, ", ", $next)*, "\n")
    };
}

/// `sum += factor · x`; the factor is lost.
macro_rules! mac {
    ($sum:literal, $factor:literal, $x:literal) => {
        concat!(op!("muls", $factor, $x, $factor), op!("add", $sum, $factor))
    };
}

/// `value` = round(value · m / 2¹⁶), m a multiplier; `low`: scratch. The carry of a shift is its rounding.
macro_rules! scale {
    ($value:literal, $m:literal, $low:literal) => {
        concat!(
            op!("uxth", $low, $value),
            op!("muls", $low, $m, $low),
            op!("asrs", $value, $value, "#16"),
            op!("muls", $value, $m, $value),
            op!("asrs", $low, $low, "#16"),
            op!("adcs", $value, $low),
        )
    };
}

/// `value += round(shifted / 2^shift)`.
macro_rules! add_shifted {
    ($value:literal, $shifted:literal, $shift:literal) => {
        concat!(op!("asrs", $shifted, $shift), op!("adcs", $value, $shifted))
    };
}

pub(super) use {add_shifted, mac, op, scale};
