//! The multiply-accumulate of WebAssembly's fixed-width SIMD: sixteen rows at a time, four columns.
//!
//! ```text
//! for four blocks of four rows                                      (layout: `layout.rs`)
//!     for four columns x: x₀₁ x₀₁ x₂₃ x₂₃                            a lane for each word of a group
//!         for each block, its next group w
//!             A += i32x4.dot_i16x8_s(w, x)                          256·D + D′, modulo 2³²
//!             L += i32x4.dot_i16x8_s(w << 8, x)                     256·D′: halves shift on their own
//!     add the lanes of a row pair; the rows are A − (L >> 8), L
//!     out = round(rows · M / 2³²) + bias
//! ```
//! Five instructions and a load for 16 products. Relaxed SIMD is not used, for its results depend on the
//! machine. A module with SIMD is invalid to an engine without, and no module can ask: the feature
//! `wasm-simd128` chooses this folder, or `simd128` among the features of the compiler.

#[cfg(feature = "int4")]
pub mod fours;
mod lanes;
mod matrix;
mod pair;
mod vector {
    super::super::loops::loops!("simd128");
}

pub use super::portable::*; // What this set has not.
use super::rows::{GROUP, Rows};

/// See [`super::portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    matrix::matvec(rows, x, bias_shift, out);
}

/// See [`super::portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    pair::matvec_pair(rows, x, bias_shifts, out);
}

/// See [`super::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    matrix::dots(words, columns, x, out);
}

/// See [`super::portable::magnitude`].
#[must_use]
pub fn magnitude(values: &[i32]) -> u32 {
    vector::magnitude(values)
}

/// See [`super::portable::width`].
#[must_use]
pub fn width(values: &[i32]) -> u32 {
    32 - magnitude(values).leading_zeros()
}

/// See [`super::portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    vector::narrow(values, shift, limit, out);
}

/// See [`super::portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    vector::add_scaled(wide, shift, x, factor);
}

/// See [`super::portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    vector::moments(x)
}

/// See [`super::portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    vector::norm(norm, x, gammas, betas, out);
}
