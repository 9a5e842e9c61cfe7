//! The float reference: the same models from the same weights, in `f32`, for reading and comparing.
//!
//! ```text
//! model.json ──────────► Description ┐
//!                                    ├─► Model ─► Memory ─► Decoder ─► logits, alignment
//! weights.safetensors ─► Weights ────┘     └─── an Observer sees every layer ───┘
//! ```
//! Either side is a [`transformer`] or [`recurrent`]; an encoder of pictures is [`convolutional`].
//! docs/WEIGHTS.md lists what both files hold.
//! Written to be read beside the papers: one sentence at a time, no batches, no dropout, no
//! training. It agrees with Keras and PyTorch within 1e-4, and the integer engine is measured
//! against it.
//!
//! ```no_run
//! # fn main() -> Result<(), twin::Error> {
//! let description = twin::Description::read("model.json".as_ref())?;
//! let weights = twin::Weights::read("weights.safetensors".as_ref())?;
//! let model = twin::Model::new(description, weights)?;
//! let steps = model.greedy(&[7, 12, 9, 2], &mut ())?;
//! println!("{:?}", steps.iter().map(|step| step.token).collect::<Vec<_>>());
//! # Ok(()) }
//! ```

mod alignment;
pub mod convolutional;
mod decoder;
mod description;
pub mod error;
pub mod file;
mod json;
mod linear;
mod memory;
mod model;
mod nearest;
mod observer;
pub mod recurrent;
mod scores;
mod show_attend_tell;
mod source;
pub mod tokenizer;
pub mod transformer;
mod trim;
mod weights;
mod words;

pub use decoder::Decoder;
pub use description::{DecoderKind, Description, EncoderKind};
pub use error::Error;
pub use linear::Linear;
pub use memory::Memory;
pub use model::{DecoderWeights, EncoderWeights, Model, Output, Step};
pub use nearest::nearest;
pub use observer::{Observer, Site};
pub use scores::{argmax, log_probability};
pub use source::{Picture, Source};
pub use weights::{Weights, unravel};
pub use words::{SourceTable, TargetTable};
