//! Quantised attention encoder–decoders on microcontrollers: integers only, one fixed buffer, the
//! same bits on every core.
//!
//! ```text
//!  words ─► encoder ─► memory ─► decoder step ─► logits ─► greedy ─► words
//!              ▲      (read-only)   ▲   ▲                     └────► alignment, a row per word
//!              └──── weights ───────┘   └── state (caches)
//! ```
//! What is known is the [`Model`], read in place from flash. What is read is the memory, written
//! once by the encoder. What is being said is the decoder's state. All of it lies in one [`Arena`]
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
//! # Who may panic
//! Nobody, for data. Malformed files, unknown words and sizes that do not fit are [`Error`]s.

#![cfg_attr(not(test), no_std)]
#![warn(missing_docs)]

#[cfg(any(feature = "emit", test))]
extern crate alloc;

mod arena;
mod attention;
pub mod decoder;
pub mod encoder;
mod error;
pub mod format;
#[deny(unsafe_code)]
pub mod kernel;
mod layer;
pub mod number;
pub mod observe;
pub mod real;
pub mod search;
pub mod text;
mod transformer;

pub use arena::Arena;
pub use error::Error;
pub use format::Model;
pub use transformer::{SelfTest, Transformer, Word, Words};

/// An index into a vocabulary.
pub type Token = u16;

/// The exponent of alignment rows: α = row · 2⁻¹⁵, so 32768 is 1.
pub const ALIGNMENT_ONE: u16 = 1 << 15;
