//! Quantised attention encoder–decoders on microcontrollers: integers only, one fixed buffer, the
//! same bits on every core.
//!
//! ```text
//!  words,  ─► encoder ─► memory ─► decoder step ─► logits ─► greedy ─► words
//!  picture       ▲      (read-only)   ▲   ▲                     └────► alignment, a row per word
//!                └──── weights ───────┘   └── state (caches)
//! ```
//! What is known is the [`Model`], read in place from flash. What is read is the memory, written
//! once by the encoder: a row per source token, or per place of a [`Picture`]. What is being said is
//! the decoder's state. All of it lies in one [`Arena`]
//! whose size the model file states and the compiler checks.
//!
//! ```no_run
//! use regard::{Arena, Error, Model, Transformer, include_model};
//!
//! static MODEL: Model = include_model!(concat!(
//!     env!("CARGO_MANIFEST_DIR"), "/models/eng-fra-tiny/eng-fra-tiny.rgd"
//! )); // a bad file is a build error
//! static ARENA: Arena<{ MODEL.arena_bytes() }> = Arena::new(); // sized by the file
//!
//! fn main() -> Result<(), Error> {
//!     let mut translator = Transformer::new(&MODEL, ARENA.take()?)?;
//!     for word in translator.translate("I drink milk")? {
//!         println!("{} {:?}", word.text, word.alignment);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A model that reads pictures describes them, in the pixel formats of cameras:
//! ```no_run
//! # use regard::{Captioner, Error, Picture};
//! # fn of(captioner: &mut Captioner<'_>, frame: &[u8]) -> Result<(), Error> {
//! for word in captioner.describe(&Picture::rgb565(160, 120, frame)?)? {
//!     println!("{} {:?}", word.text, word.alignment); // a weight per place of the picture
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Who may panic
//! Nobody, for data. Malformed files, unknown words and sizes that do not fit are [`Error`]s.

#![cfg_attr(not(test), no_std)]
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

#[cfg(any(feature = "emit", test))]
extern crate alloc;

#[forbid(unsafe_code)]
mod arena;
#[doc(hidden)]
#[forbid(unsafe_code)]
pub mod attention;
#[cfg(any(test, feature = "conformance"))]
#[doc(hidden)]
#[forbid(unsafe_code)]
pub mod conformance;
#[doc(hidden)]
#[forbid(unsafe_code)]
pub mod convolution;
#[forbid(unsafe_code)]
pub mod decoder;
#[forbid(unsafe_code)]
mod encoder;
#[forbid(unsafe_code)]
mod error;
#[forbid(unsafe_code)]
pub mod family;
#[cfg(feature = "far-flash")]
#[forbid(unsafe_code)]
pub mod far;
#[forbid(unsafe_code)]
pub mod format;
#[forbid(unsafe_code)]
mod frame;
#[forbid(unsafe_code)]
mod gate;
pub mod kernel; // The one place of `unsafe`: each use is expected where it stands.
#[forbid(unsafe_code)]
mod layer;
#[forbid(unsafe_code)]
pub mod number;
#[forbid(unsafe_code)]
pub mod observe;
#[forbid(unsafe_code)]
mod parts;
#[forbid(unsafe_code)]
mod picture;
#[forbid(unsafe_code)]
#[allow(clippy::float_arithmetic, reason = "real numbers live here, and only here")]
pub mod real;
#[doc(hidden)]
#[forbid(unsafe_code)]
pub mod recurrent;
#[forbid(unsafe_code)]
mod saved;
#[forbid(unsafe_code)]
pub mod search;
#[forbid(unsafe_code)]
mod self_test;
#[forbid(unsafe_code)]
mod seq2seq;
#[forbid(unsafe_code)]
pub mod text;
#[forbid(unsafe_code)]
mod work;

pub use arena::Arena;
pub use error::Error;
pub use format::Model;
pub use picture::Picture;
#[doc(hidden)]
pub use picture::luma;
pub use saved::Saved;
pub use self_test::SelfTest;
pub use seq2seq::{Seq2Seq, Word, Words};
pub use work::{Progress, Work};

/// A Transformer, end to end; links no recurrent code.
pub type Transformer<'m> = Seq2Seq<'m, family::Attention>;
/// A recurrent encoder–decoder, end to end; links no code of the Transformer.
pub type Recurrent<'m> = Seq2Seq<'m, family::Recurrence>;

/// A convolutional encoder and a recurrent decoder, end to end; links no code of others.
pub type Captioner<'m> = Seq2Seq<'m, family::Vision>;

/// An index into a vocabulary.
pub type Token = u16;

/// The weight 1 in alignment rows: α = row · 2⁻¹⁵.
pub const ALIGNMENT_ONE: u16 = 1 << 15;
