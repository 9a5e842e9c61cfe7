//! Arithmetic bodies, a file or folder per architecture, all with the same meaning.
//!
//! ```text
//!  matvec       ─┐            ┌ portable   the meaning, safe Rust, every core
//!  matvec_pair  ─┴─ selected ─┼ dsp        SMLAD on M4, M7 (by target) and M33 (feature `cortex-m33`)
//!                             ├ m7         the same in the order of an M7 (feature `cortex-m7`)
//!                             ├ mve        Helium on M55, M85 (feature `cortex-m55`)
//!                             ├ armv7m     SMLAL on M3 and Armv8-M without those features
//!                             ├ armv6m     MULS on M0 and M0+
//!                             ├ rv32im     MUL on RISC-V (by target)
//!                             ├ x86_64     AVX2 or VNNI, asked at run time
//!                             └ wasm32     fixed-width SIMD (feature `wasm-simd128`)
//! ```
//! [`portable`] says what each kernel computes; the others compute the same bits faster. `build.rs`
//! selects (`REGARD_KERNEL=portable` in its environment forces the fallback). This folder imports
//! nothing of the engine, and is the only one that may hold `unsafe`, `asm!` and target `cfg`s.

#![allow(unreachable_pub, reason = "kernels are public where they are selected")]

mod bare;
#[cfg(any(regard_kernel = "armv7m", regard_kernel = "dsp", regard_kernel = "m7"))]
mod blocks;
mod bytes;
#[doc(hidden)]
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod exp2;
mod front;
mod layout;
#[cfg(any(regard_kernel = "x86_64", regard_kernel = "wasm32"))]
mod loops;
pub mod portable;
mod rows;

#[cfg(regard_kernel = "armv6m")]
mod armv6m;
#[cfg(regard_kernel = "armv6m")]
use armv6m as selected;
#[cfg(regard_kernel = "armv7m")]
mod armv7m;
#[cfg(regard_kernel = "armv7m")]
use armv7m as selected;
#[cfg(any(regard_kernel = "dsp", regard_kernel = "m7"))]
#[cfg_attr(
    regard_kernel = "m7",
    allow(dead_code, unused_imports, reason = "`m7` has products of its own")
)]
mod dsp;
#[cfg(regard_kernel = "dsp")]
use dsp as selected;
#[cfg(regard_kernel = "m7")]
mod m7;
#[cfg(regard_kernel = "m7")]
use m7 as selected;
#[cfg(regard_kernel = "mve")]
mod mve;
#[cfg(regard_kernel = "mve")]
use mve as selected;
#[cfg(regard_kernel = "portable")]
use portable as selected;
#[cfg(regard_kernel = "rv32im")]
mod rv32im;
#[cfg(regard_kernel = "rv32im")]
use rv32im as selected;
#[cfg(regard_kernel = "wasm32")]
mod wasm32;
#[cfg(regard_kernel = "wasm32")]
use wasm32 as selected;
#[cfg(regard_kernel = "x86_64")]
mod x86_64;
#[cfg(regard_kernel = "x86_64")]
use x86_64 as selected;

/// The product of a matrix with a vector, as [`portable::matvec`] defines it.
#[inline]
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    match rows.layout() {
        Layout::Pairs => selected::matvec(rows, x, bias_shift, out),
        #[cfg(feature = "int4")]
        Layout::Fours => selected::fours::matvec(rows, x, bias_shift, out),
        #[cfg(feature = "bytes")]
        Layout::Bytes => selected::bytes::matvec(rows, x, bias_shift, out),
    }
}

/// The product of a matrix with two vectors, as [`portable::matvec_pair`] defines it.
#[inline]
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    match rows.layout() {
        Layout::Pairs => selected::matvec_pair(rows, x, bias_shifts, out),
        #[cfg(feature = "int4")]
        Layout::Fours => selected::fours::matvec_pair(rows, x, bias_shifts, out),
        #[cfg(feature = "bytes")]
        Layout::Bytes => selected::bytes::matvec_pair(rows, x, bias_shifts, out),
    }
}

/// The product of keys with a query, of values with weights; what softmax is made of; and what writes keys
/// and values: as [`portable`] defines them.
pub use selected::{dots, energies, mantissas, powers, put_column, put_row};

/// What is done to each number of a vector, as [`portable`] defines it.
pub use selected::{
    add_scaled, interleave, magnitude, moments, narrow, narrow_short, norm, relu, scale, width,
    width_short,
};

/// The ends of steps of recurrent cells, as [`portable`] defines them.
pub use selected::{bend, gru, lstm, rnn};

pub use bare::bare_words;
pub use bytes::bytes_of;
pub use exp2::{EXP2_FRACTION, exp2_neg};
pub use layout::Layout;
pub use portable::{Arguments, Norm, depthwise, reset, update};
pub(crate) use rows::BLOCK_ROWS;
pub use rows::Rows;

/// The name of the kernel set that this build uses.
pub const NAME: &str = env!("REGARD_KERNEL_NAME");
