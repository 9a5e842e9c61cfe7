//! How instructions are written where their operands are those of a macro.

/// Before the instructions of a function: what the target can do, which the assembler forgets where
/// everything is linked as one.
#[cfg(target_feature = "c")]
macro_rules! begin {
    () => {
        ".option push; .option arch, +m, +c"
    };
}
#[cfg(not(target_feature = "c"))]
macro_rules! begin {
    () => {
        ".option push; .option arch, +m"
    };
}

/// Behind them.
macro_rules! end {
    () => {
        ".option pop"
    };
}

/// An instruction of two or three operands.
macro_rules! op {
    ($op:literal, $to:expr, $a:expr) => {
        concat!($op, " ", $to, ", ", $a, "\n")
    };
    ($op:literal, $to:expr, $a:expr, $b:expr) => {
        concat!($op, " ", $to, ", ", $a, ", ", $b, "\n")
    };
}

/// A load or store, so many bytes behind a pointer.
macro_rules! at {
    ($op:literal, $register:expr, $offset:expr, $pointer:expr) => {
        concat!($op, " ", $register, ", ", $offset, "(", $pointer, ")\n")
    };
}

pub(super) use {at, begin, end, op};
