//! Arithmetic bodies, one file per architecture, all with the same meaning.
//!
//! ```text
//!  matvec       ─┐            ┌ portable   the meaning, safe Rust, every core
//!  matvec_pair  ─┴─ selected ─┤
//!                             ├ dsp        SMLAD on M4, M7 (by target) and M33 (feature `cortex-m33`)
//!                             ├ x86_64     AVX2 or VNNI, asked at run time
//!                             └ wasm32     fixed-width SIMD (feature `wasm-simd128`)
//! ```
//! [`portable`] says what each kernel computes; the others compute the same bits faster. `build.rs`
//! selects (`REGARD_KERNEL=portable` in its environment forces the fallback). This folder imports
//! nothing of the engine, and is the only one that may hold `unsafe`, `asm!` and target `cfg`s.

mod bare;
mod bytes;
#[doc(hidden)]
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(any(regard_kernel = "x86_64", regard_kernel = "wasm32"))]
mod loops;
pub mod portable;
mod rows;

#[cfg(regard_kernel = "dsp")]
mod dsp;
#[cfg(regard_kernel = "dsp")]
use dsp as selected;
#[cfg(regard_kernel = "portable")]
use portable as selected;
#[cfg(regard_kernel = "wasm32")]
mod wasm32;
#[cfg(regard_kernel = "wasm32")]
use wasm32 as selected;
#[cfg(regard_kernel = "x86_64")]
mod x86_64;
#[cfg(regard_kernel = "x86_64")]
use x86_64 as selected;

/// The product of a matrix with a vector, as [`portable::matvec`] defines it.
pub use selected::matvec;
/// The product of a matrix with two vectors, as [`portable::matvec_pair`] defines it.
pub use selected::matvec_pair;

/// Products, and what is done to each number of a vector, as [`portable`] defines them.
pub use selected::{add_scaled, magnitude, moments, narrow, norm, scale};

/// The product of keys with a query, of values with weights, as [`portable::dots`] defines it.
pub use selected::dots;

pub use bare::{bare_words, put_column, put_row};
pub use bytes::bytes_of;
pub use portable::{Norm, depthwise};
pub use rows::Rows;

/// The name of the kernel set that this build uses.
pub const NAME: &str = env!("REGARD_KERNEL_NAME");
