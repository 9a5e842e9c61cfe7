//! The multiply-accumulates of PCs and servers: sixteen rows at a time, eight columns at once.
//!
//! ```text
//! for four blocks of four rows                                      (layout: `layout.rs`)
//!     for eight columns x: x₀₁ x₀₁ x₂₃ x₂₃ x₄₅ x₄₅ x₆₇ x₆₇           a lane for each word of two groups
//!         for each block, its next eight words w
//!             A += madd(w, x)                                       256·D + D′, modulo 2³²
//!             L += madd(w << 8, x)                                  256·D′: halves shift on their own
//!     add the lanes of a row pair; the rows are A − (L >> 8), L
//!     out = round(rows · M / 2³²) + bias
//! ```
//! madd multiplies halves and adds two products: VPMADDWD with VPADDD behind it, or VPDPWSSD, which is
//! both (`unit.rs` asks the processor, once). Neither rounds nor saturates: a sum of products wraps
//! around 32 bits as those of `portable` do. VPMADDUBSW and VPDPBUSD are not used, for x has 16 bits.
//!
//! Five instructions and a load, or three, for 32 products. `portable` serves a processor without AVX2.

#![expect(
    unsafe_code,
    reason = "functions compiled for AVX2 are called where the processor has it"
)]

#[cfg(feature = "int4")]
pub mod fours;
mod lanes;
mod matrix;
mod pair;
mod unit;
mod vector {
    super::super::loops::loops!("avx2");
}

use super::portable;
pub use super::portable::*; // What this set has not.
use super::rows::{GROUP, Rows};
use unit::{EVEX, MADD, VEX, unit};

/// Calls the function of the unit that the processor has, or that of the module in front.
macro_rules! matrices {
    ($slow:path, $module:ident::$function:ident($($argument:expr),*)) => {{
        use $slow as slow;
        match unit() {
            // SAFETY: a processor of each of these units has AVX2.
            MADD => unsafe { $module::$function::<MADD>($($argument),*) },
            // SAFETY: as above.
            VEX => unsafe { $module::$function::<VEX>($($argument),*) },
            // SAFETY: as above.
            EVEX => unsafe { $module::$function::<EVEX>($($argument),*) },
            _ => slow::$function($($argument),*),
        }
    }};
}

#[cfg(feature = "int4")]
use matrices;

/// Calls the function for AVX2, if the processor has it.
macro_rules! vectors {
    ($function:ident($($argument:expr),*)) => {
        match unit() {
            // SAFETY: a processor of each of these units has AVX2.
            MADD | VEX | EVEX => unsafe { vector::$function($($argument),*) },
            _ => portable::$function($($argument),*),
        }
    };
}

/// See [`portable::matvec`].
pub fn matvec(rows: &Rows<'_>, x: &[i16], bias_shift: u32, out: &mut [i32]) {
    matrices!(portable, matrix::matvec(rows, x, bias_shift, out));
}

/// See [`portable::matvec_pair`].
pub fn matvec_pair(rows: &Rows<'_>, x: &[[u32; 2]], bias_shifts: [u32; 2], out: [&mut [i32]; 2]) {
    matrices!(portable, pair::matvec_pair(rows, x, bias_shifts, out));
}

/// See [`portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    matrices!(portable, matrix::dots(words, columns, x, out));
}

/// See [`portable::magnitude`].
#[must_use]
pub fn magnitude(values: &[i32]) -> u32 {
    vectors!(magnitude(values))
}

/// See [`portable::width`].
#[must_use]
pub fn width(values: &[i32]) -> u32 {
    32 - magnitude(values).leading_zeros()
}

/// See [`portable::narrow`].
pub fn narrow(values: &[i32], shift: u32, limit: i32, out: &mut [i16]) {
    vectors!(narrow(values, shift, limit, out));
}

/// See [`portable::add_scaled`].
pub fn add_scaled(wide: &mut [i32], shift: u32, x: &[i16], factor: i32) {
    vectors!(add_scaled(wide, shift, x, factor));
}

/// See [`portable::moments`].
#[must_use]
pub fn moments(x: &[i16]) -> (i32, u64) {
    vectors!(moments(x))
}

/// See [`portable::norm`].
pub fn norm(norm: Norm, x: &[i16], gammas: &[u32], betas: &[u32], out: &mut [i32]) {
    vectors!(norm(norm, x, gammas, betas, out));
}
