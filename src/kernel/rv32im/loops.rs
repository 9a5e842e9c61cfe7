//! The loops of `mod.rs`: four blocks at a time, then one at a time, of any layout with four sums a
//! block.
//!
//! | a0–a3 | a4, a5 | t6 | a6, a7, t0, t1 | s0–s11, t2–t5 | ra |
//! |---|---|---|---|---|---|
//! | weights of four blocks | x and its end | a column | products | four sums of each block | `Job` |

/// A column of one block.
macro_rules! single {
    ($column:ident, $x:literal, $u:literal, $v:literal) => {
        concat!(at!("lh", "t6", $x, "a4"), $column!("a0", $u, $v, "s0", "s1", "s2", "s3"))
    };
}

/// A column of four blocks.
macro_rules! columns {
    ($column:ident, $x:literal, $u:literal, $v:literal) => {
        concat!(
            single!($column, $x, $u, $v),
            $column!("a1", $u, $v, "s4", "s5", "s6", "s7"),
            $column!("a2", $u, $v, "s8", "s9", "s10", "s11"),
            $column!("a3", $u, $v, "t2", "t3", "t4", "t5"),
        )
    };
}

/// The pointers of four blocks, so many bytes on.
macro_rules! forward {
    ($bytes:expr) => {
        concat!(
            op!("addi", "a0", "a0", $bytes),
            op!("addi", "a1", "a1", $bytes),
            op!("addi", "a2", "a2", $bytes),
            op!("addi", "a3", "a3", $bytes),
        )
    };
}

/// The next block, whose sums and pointer are these, to its ending.
macro_rules! next {
    ($a0:literal, $l0:literal, $a1:literal, $l1:literal, $p:literal) => {
        concat!(
            op!("mv", "s0", $a0),
            op!("mv", "s1", $l0),
            op!("mv", "s2", $a1),
            op!("mv", "s3", $l1),
            op!("mv", "a0", $p),
            ending!(),
        )
    };
}

/// The ending of the job: with `t0` as link.
macro_rules! ending {
    () => {
        "lw t0, 40(ra)\njalr t0, t0"
    };
}

/// The body of a function of [`Loops`](super::job::Loops).
///
/// `column`: the instructions of a column, with a pointer, two offsets, the four sums · `start4`,
/// `start1`: where the sums of four blocks, of one, start · `group`, `two`: bytes of a group, of
/// two · `columns`: the offsets of x and the two of weights, for the columns of a group, and of the
/// next.
macro_rules! loops {
    (
        $column:ident, start4 $start4:expr, start1 $start1:expr,
        group $group:literal, two $two:literal,
        columns $(($x0:literal, $u0:literal, $v0:literal))+,
        $(($x1:literal, $u1:literal, $v1:literal))+
    ) => {
        naked_asm!(
            begin!(),
            "addi sp, sp, -64",
            "sw ra, 48(sp); sw s0, 0(sp); sw s1, 4(sp); sw s2, 8(sp); sw s3, 12(sp)",
            "mv ra, a1",
            "lw a2, 24(ra)", // fours
            "beqz a2, 7f",
            "sw s4, 16(sp); sw s5, 20(sp); sw s6, 24(sp); sw s7, 28(sp); sw s8, 32(sp)",
            "sw s9, 36(sp); sw s10, 40(sp); sw s11, 44(sp)",
            "2:",            // four blocks
            "lw a7, 16(ra)", // stride
            "lw a4, 0(ra)",  // x, end
            "lw a5, 4(ra)",
            "add a1, a0, a7",
            "add a2, a1, a7",
            "add a3, a2, a7",
            $start4,
            "sub a6, a5, a4",
            "beqz a6, 9f",
            "andi a6, a6, 8",
            "bnez a6, 5f", // An odd number of groups?
            "3:",          // eight columns
            $(columns!($column, $x0, $u0, $v0),)+
            "6:", // four columns
            $(columns!($column, $x1, $u1, $v1),)+
            forward!($two),
            "addi a4, a4, 16",
            "bne a4, a5, 3b",
            "9:",
            "lw a6, 8(ra)", // last
            "beq a5, a6, 4f",
            "mv a5, a6", // A group elsewhere.
            "addi a4, a6, -8",
            "5:",
            forward!(concat!("-", $group)),
            "addi a4, a4, -8",
            "j 6b",
            "4:",
            "lw a4, 20(ra)", // out
            "lw t1, 32(ra)", // half, shift
            "lw t6, 36(ra)",
            ending!(),
            next!("s4", "s5", "s6", "s7", "a1"),
            next!("s8", "s9", "s10", "s11", "a2"),
            next!("t2", "t3", "t4", "t5", "a3"),
            "sw a4, 20(ra)",
            "lw a2, 24(ra)",
            "addi a2, a2, -1",
            "sw a2, 24(ra)",
            "bnez a2, 2b",
            "lw s4, 16(sp); lw s5, 20(sp); lw s6, 24(sp); lw s7, 28(sp); lw s8, 32(sp)",
            "lw s9, 36(sp); lw s10, 40(sp); lw s11, 44(sp)",
            "7:",
            "lw a1, 28(ra)", // ones
            "beqz a1, 10f",
            "8:",           // a block
            "lw a4, 0(ra)", // x, end
            "lw a5, 4(ra)",
            $start1,
            "beq a4, a5, 9f",
            "3:", // four columns
            $(single!($column, $x0, $u0, $v0),)+
            concat!("addi a0, a0, ", $group),
            "addi a4, a4, 8",
            "bne a4, a5, 3b",
            "9:",
            "lw a6, 8(ra)", // last
            "beq a5, a6, 4f",
            "mv a5, a6", // A group elsewhere.
            "addi a4, a6, -8",
            "j 3b",
            "4:",
            "lw a4, 20(ra)", // out
            "lw t1, 32(ra)", // half, shift
            "lw t6, 36(ra)",
            ending!(),
            "sw a4, 20(ra)",
            "addi a1, a1, -1",
            "bnez a1, 8b",
            "10:",
            "lw s0, 0(sp); lw s1, 4(sp); lw s2, 8(sp); lw s3, 12(sp); lw ra, 48(sp)",
            "addi sp, sp, 64",
            "ret",
            end!(),
        )
    };
}

pub(super) use {columns, ending, forward, loops, next, single};
