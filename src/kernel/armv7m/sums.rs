//! What sums of 64 bits (`long.rs`) and of 32 (`short.rs`) have in common.

/// A group.
macro_rules! step {
    () => {
        concat!("ldm r0!, {{r2-r5}}\n", columns!("r2", "r3"), columns!("r4", "r5"))
    };
}

/// `sum = round(value · m / 2³²) + sum`; `low`: scratch.
macro_rules! finish {
    ($sum:literal, $value:literal, $m:literal, $low:literal) => {
        concat!(
            "mov ",
            $low,
            ", #0x80000000\n",
            "smlal ",
            $low,
            ", ",
            $sum,
            ", ",
            $value,
            ", ",
            $m,
            "\n",
        )
    };
}

pub(super) use {finish, step};
